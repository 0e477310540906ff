import type { Clock, Dispose } from '../types/clock';
import type { StateStore, WindowQueue, QueueRecord } from '../types/stateStore';
import { heartbeatMs, maxPublished } from './sharedQueue';

/** Tells the other windows who waits in this one, as long as somebody does. */
export class QueueHeartbeat {
	private published: string | undefined;
	private timer: Dispose | undefined;

	/** `waiters` gives those that wait now, in the order they came. */
	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly window: string,
		private readonly queueRecords: () => readonly QueueRecord[],
	) {}

	/** Writes the line down where it has changed. */
	update(): void {
		const records = this.queueRecords().slice(0, maxPublished);
		const published = records.length === 0 ? undefined : JSON.stringify(records);
		if (published === this.published) return;
		this.published = published;
		this.write(records);
	}

	/** Those who waited have left before. */
	dispose(): void {
		this.timer?.();
	}

	private write(records: readonly QueueRecord[]): void {
		this.timer?.();
		this.timer = undefined;
		const { window } = this;
		// A ledger that is down has no other windows either.
		this.store
			.transact((tx, now) => {
				const before = tx.windowQueues().get(window);
				const chatStreak = before?.chatStreak ?? 0;
				const doc: WindowQueue = { v: 1, heartbeatAt: now, requests: records, chatStreak };
				if (records.length === 0 && chatStreak === 0) tx.drop({ kind: 'windowQueue', id: window });
				else tx.put({ kind: 'windowQueue', id: window, doc });
			})
			.catch(() => undefined);
		if (records.length === 0) return;
		this.timer = this.clock.after(heartbeatMs, () => this.write(this.queueRecords().slice(0, maxPublished)));
	}
}
