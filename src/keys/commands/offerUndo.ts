import { contextKeys } from '../../common/commands';
import type { Disposable } from '../../common/dispose';
import type { Keyring } from '../keyring/keyring';

/** Shows the undo command in menus only while a removal can be undone. */
export function offerUndo(keyring: Keyring): Disposable {
	const setContext = contextKeys();
	return keyring.onDidChangeRemoved(() => setContext('keypool.canUndoRemove', keyring.removed().length > 0));
}
