import { DisposableStore, type Disposable } from '../common/dispose';
import type { Translate, Words } from '../localization/words';
import type { KeyActionsParts } from './commands/keyActions';
import type { KeyActs } from './commands/keyActs';
import { KeysView } from './tree/keysView';
import { LastFailures, type CallHistory } from './shared/lastFailures';
import { createNotices } from './notices/notices';
import type { PoolView, ViewClock, WhichKeys } from './shared/poolView';
import { createStatusBar } from './statusBar/statusBar';
import { tellSteps } from './shared/stepsDone';

export type { KeyActs } from './commands/keyActs';
export type { CallHistory } from './shared/lastFailures';
export type { PoolView, ViewClock } from './shared/poolView';

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
	/** The setting that says when the order of the keys is rotated. */
	readonly rotation: () => string;
}

/** The views, with what their commands need: those are read at their first use, by `keyActions`. */
export interface Views extends Disposable {
	readonly forActions: () => Promise<KeyActionsParts>;
}

/** Registers keys tree, status bar and notices, synchronously: call it in `activate`. What shows sentences is read then. */
export function createViews({ pool, history, t, words, clock, acts, which, rotation, failed }: ViewsParts): Views {
	const store = new DisposableStore();
	const failures = store.add(new LastFailures(history));
	const keys = store.add(
		new KeysView({
			...{ pool, t, clock },
			load: async (stage) => {
				const [{ KeysTree }, said] = await Promise.all([import('./tree/keysTree'), words()]);
				return new KeysTree(stage, {
					...{ pool, words: said, clock, isSimulated: () => which() === 'simulated' },
					arrange: (order) => {
						acts()
							.then((room) => room.arrange(order))
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
					import('./statusBar/status'),
					import('../ui/markdown'),
					words(),
				]);
				return {
					linked: linkedCommands,
					of: (snapshot, now, whose) => statusOf(snapshot, said, now, whose, rotation()),
				};
			},
		}),
	);
	store.add(
		createNotices(pool, clock, (snapshot, now, revoked) => {
			const show = async (): Promise<void> => {
				const [{ showNotice }, said] = await Promise.all([import('./notices/showNotice'), words()]);
				await showNotice(snapshot, said, now, revoked);
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
