import { commands } from 'vscode';
import type { Disposable } from '../../common/dispose';
import type { Keyring } from '../keyring/keyring';

/** Shows the undo command in menus only while a removal can be undone. */
export function offerUndo(keyring: Keyring): Disposable {
	let offered = false;
	return keyring.onDidChangeRemoved(() => {
		const possible = keyring.removed().length > 0;
		if (possible !== offered) {
			offered = possible;
			void commands.executeCommand('setContext', 'keypool.canUndoRemove', possible);
		}
	});
}
