import { DisposableStore, type Disposable } from '../dispose';
import type { KeyView } from '../pool/pool';
import type { Words } from '../words';
import { registerKeyActions, type KeyActs } from './keyActions';
import { KeysTree } from './keysTree';
import { createNotices } from './notices';
import type { PoolView, ViewClock } from './poolView';
import { showNotice } from './showNotice';
import { createStatusBar } from './statusBar';

export type { KeyActs } from './keyActions';
export type { PoolView, ViewClock } from './poolView';

export interface Views extends Disposable {
	/** The key of a keys-tree row: a command contributed to the tree gets the row's id, from the palette nothing. */
	keyOf(row: unknown): KeyView | undefined;
}

/** Registers keys tree, status bar, notices and the commands on rows, synchronously: call it in `activate`. */
export function createViews(pool: PoolView, words: Words, clock: ViewClock, acts: KeyActs): Views {
	const store = new DisposableStore();
	const tree = store.add(new KeysTree(pool, words, clock));
	store.add(createStatusBar(pool, words, clock));
	store.add(registerKeyActions(pool, words, acts, (row) => tree.keyOf(row)));
	store.add(
		createNotices(pool, words, clock, (notice) => {
			showNotice(notice).catch((error: unknown) => acts.failed(error));
		}),
	);
	return { keyOf: (row) => tree.keyOf(row), dispose: () => store.dispose() };
}
