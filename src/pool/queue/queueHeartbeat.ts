import type { Clock, Off } from '../types/clock';
import type { StateStore, WindowQueue, QueueRecord } from '../types/stateStore';
import { beatMs, mostTold } from './sharedQueue';

/** Tells the other windows who waits in this one, as long as somebody does. */
export class QueueHeartbeat {
	private told: string | undefined;
	private timer: Off | undefined;

	/** `waiters` gives those that wait now, in the order they came. */
	constructor(
		private readonly ledger: StateStore,
		private readonly clock: Clock,
		private readonly window: string,
		private readonly waiters: () => readonly QueueRecord[],
	) {}

	/** Writes the line down where it has changed. */
	update(): void {
		const waiters = this.waiters().slice(0, mostTold);
		const told = waiters.length === 0 ? undefined : JSON.stringify(waiters);
		if (told === this.told) return;
		this.told = told;
		this.write(waiters);
	}

	/** Those who waited have left before. */
	dispose(): void {
		this.timer?.();
	}

	private write(waiters: readonly QueueRecord[]): void {
		this.timer?.();
		this.timer = undefined;
		const { window } = this;
		// A ledger that is down has no other windows either.
		this.ledger
			.transact((tx, now) => {
				const before = tx.windowQueues().get(window);
				const chatStreak = before?.chatStreak ?? 0;
				const doc: WindowQueue = { v: 2, heartbeatAt: now, requests: waiters, chatStreak };
				if (waiters.length === 0 && chatStreak === 0) tx.drop({ kind: 'windowQueue', id: window });
				else tx.put({ kind: 'windowQueue', id: window, doc });
			})
			.catch(() => undefined);
		if (waiters.length === 0) return;
		this.timer = this.clock.after(beatMs, () => this.write(this.waiters().slice(0, mostTold)));
	}
}
