import { DisposableStore, type Disposable } from '../dispose';
import type { Translate, Words } from '../words';
import type { KeyActionsParts } from './keyActions';
import type { KeyActs } from './keyActs';
import { KeysView } from './keysView';
import { LastFailures, type CallHistory } from './lastFailures';
import { createNotices } from './notices';
import type { PoolView, ViewClock, WhichKeys } from './poolView';
import { createStatusBar } from './statusBar';
import { tellSteps } from './stepsDone';

export type { KeyActs } from './keyActs';
export type { CallHistory } from './lastFailures';
export type { PoolView, ViewClock } from './poolView';

export interface ViewsParts {
	readonly pool: PoolView;
	readonly history: CallHistory;
	readonly t: Translate;
	/** Read with whatever shows sentences. */
	readonly words: () => Promise<Words>;
	readonly clock: ViewClock;
	/** Read with the first act. */
	readonly acts: () => Promise<KeyActs>;
	/** Words a failure, and logs it. */
	readonly failed: (error: unknown) => void;
	readonly which: () => WhichKeys;
}

/** The views, with what their commands need: those are read at their first use, by `keyActions`. */
export interface Views extends Disposable {
	readonly forActions: () => Promise<KeyActionsParts>;
}

/** Registers keys tree, status bar and notices, synchronously: call it in `activate`. What shows sentences is read then. */
export function createViews({ pool, history, t, words, clock, acts, which, failed }: ViewsParts): Views {
	const store = new DisposableStore();
	const failures = store.add(new LastFailures(history));
	const keys = store.add(
		new KeysView({
			...{ pool, t, clock },
			load: async (stage) => {
				const [{ KeysTree }, said] = await Promise.all([import('./keysTree'), words()]);
				return new KeysTree(stage, {
					...{ pool, words: said, clock, isSimulated: () => which() === 'simulated' },
					move: ({ keys, before }) => {
						acts()
							.then((room) => room.move(keys, before))
							.catch(failed);
					},
				});
			},
		}),
	);
	store.add(tellSteps(pool, clock));
	store.add(
		createStatusBar({
			...{ pool, t, clock, which, failed },
			load: async () => {
				const [{ statusOf }, { linkedCommands }, said] = await Promise.all([
					import('./status'),
					import('../ui/markdown'),
					words(),
				]);
				return { linked: linkedCommands, of: (snapshot, now, whose) => statusOf(snapshot, said, now, whose) };
			},
		}),
	);
	store.add(
		createNotices(pool, clock, (snapshot, now) => {
			const show = async (): Promise<void> => {
				const [{ showNotice }, said] = await Promise.all([import('./showNotice'), words()]);
				await showNotice(snapshot, said, now);
			};
			show().catch(failed);
		}),
	);
	const failureOf = (...of: Parameters<LastFailures['of']>) => failures.of(...of);
	return {
		forActions: async () => {
			const [rows, said, room] = await Promise.all([keys.tree(), words(), acts()]);
			return { pool, words: said, clock, acts: room, rows, which, failureOf };
		},
		dispose: () => store.dispose(),
	};
}
