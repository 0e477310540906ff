import type { Disposable } from '../../common/dispose';
import type { UnreadKeys } from '../../keys/check/keyringLoader';
import { settled, type Clock, type Snapshot } from '../../pool/pool';

/** What the chat needs to know of the pool. */
export interface ChatPool {
	snapshot(): Snapshot;
	/** Why there may be keys though the snapshot has none. */
	unread(): UnreadKeys | undefined;
	onDidChange(listener: () => void): Disposable;
}

/** ms. Under load the pool changes hundreds of times a second, and with a thousand keys each look at it takes some. */
const settleMs = 100;

/** The same, whose changes are told a moment later, all of that moment once. */
export function settledPool(pool: ChatPool, clock: Pick<Clock, 'after'>): ChatPool {
	return {
		snapshot: () => pool.snapshot(),
		unread: () => pool.unread(),
		onDidChange: (listener) => {
			const { soon, dispose } = settled(clock, settleMs, listener);
			const registration = pool.onDidChange(soon);
			return {
				dispose: () => {
					registration.dispose();
					dispose();
				},
			};
		},
	};
}
