import { DisposableStore, type Disposable } from '../common/dispose';
import type { Words } from '../localization/words';
import type { keyCommands } from './commands/keyCommands';
import type { KeyOperations } from './commands/keyOperations';
import { createNotices } from './notices/notices';
import { LastFailures, type CallHistory } from './shared/lastFailures';
import type { PoolView, ViewClock, WhichKeys } from './shared/poolView';
import { updateMenus } from './shared/updateMenus';
import { updateWalkthrough } from './shared/updateWalkthrough';
import { createStatusBar } from './statusBar/statusBar';
import { KeysTree } from './tree/keysTree';
import { KeysView } from './tree/keysView';

export interface ViewsParts {
	readonly pool: PoolView;
	readonly history: CallHistory;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly acts: KeyOperations;
	readonly which: () => WhichKeys;
	/** The setting that says when the order of the keys is rotated. */
	readonly rotation: () => string;
}

export interface Views extends Disposable {
	/** The commands on rows and on the pool, read at the first use of one. */
	readonly commands: () => Promise<ReturnType<typeof keyCommands>>;
}

/** Registers keys tree, status bar and notices, synchronously: call it in `activate`. */
export function createViews({ pool, history, words, clock, acts, which, rotation }: ViewsParts): Views {
	const store = new DisposableStore();
	const failed = (error: unknown): void => acts.failed(error);
	const failures = store.add(new LastFailures(history));
	const keys = store.add(
		new KeysView({
			...{ pool, t: words.t, clock },
			make: (stage) =>
				new KeysTree(stage, {
					...{ pool, words, clock, isSimulated: () => which() === 'simulated' },
					arrange: (order) => {
						acts.arrange(order).catch(failed);
					},
				}),
		}),
	);
	store.add(updateWalkthrough(pool, clock));
	store.add(updateMenus(pool, clock));
	store.add(createStatusBar({ pool, words, clock, which, rotation }));
	store.add(
		createNotices(pool, clock, (snapshot, now, revoked) => {
			const about = { revoked, gateway: pool.gateway?.(), pool };
			// Most windows never show one.
			import('./notices/showNotice').then(({ showNotice }) => showNotice(snapshot, words, now, about)).catch(failed);
		}),
	);
	return {
		commands: async () => {
			const { keyCommands: keyActions } = await import('./commands/keyCommands');
			const failureOf = (...of: Parameters<LastFailures['of']>) => failures.of(...of);
			return keyActions({ pool, words, clock, acts, rows: keys.tree(), which, failureOf });
		},
		dispose: () => store.dispose(),
	};
}
