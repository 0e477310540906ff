import { DisposableStore, type Disposable } from '../dispose';
import type { Words } from '../words';
import type { KeyActionsParts } from './keyActions';
import type { KeyActs } from './keyActs';
import { KeysTree } from './keysTree';
import { LastFailures, type CallHistory } from './lastFailures';
import { createNotices } from './notices';
import type { PoolView, ViewClock, WhichKeys } from './poolView';
import { showNotice } from './showNotice';
import { createStatusBar } from './statusBar';
import { tellSteps } from './stepsDone';

export type { KeyActs } from './keyActs';
export type { CallHistory } from './lastFailures';
export type { PoolView, ViewClock } from './poolView';

export interface ViewsParts {
	readonly pool: PoolView;
	readonly history: CallHistory;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly acts: KeyActs;
	readonly which: () => WhichKeys;
}

/** The views, with what their commands need: those are read at their first use, by `keyActions`. */
export interface Views extends Disposable {
	readonly forActions: KeyActionsParts;
}

/** Registers keys tree, status bar and notices, synchronously: call it in `activate`. */
export function createViews({ pool, history, words, clock, acts, which }: ViewsParts): Views {
	const store = new DisposableStore();
	const failures = store.add(new LastFailures(history));
	const rows = store.add(
		new KeysTree({
			pool,
			words,
			clock,
			isSimulated: () => which() === 'simulated',
			move: ({ keys, before }) => {
				acts.move(keys, before).catch((error: unknown) => acts.failed(error));
			},
		}),
	);
	store.add(tellSteps(pool, clock));
	store.add(createStatusBar(pool, words, clock, which));
	store.add(
		createNotices(pool, words, clock, (notice) => {
			showNotice(notice).catch((error: unknown) => acts.failed(error));
		}),
	);
	const failureOf = (...of: Parameters<LastFailures['of']>) => failures.of(...of);
	return {
		forActions: { pool, words, clock, acts, rows, which, failureOf },
		dispose: () => store.dispose(),
	};
}
