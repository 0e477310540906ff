import type { Dispose } from '../types/clock';
import type { EpochMs, StateStore } from '../types/stateStore';
import { heartbeatEndsAt, isAlive } from './sharedQueue';

/** How many requests wait: those of this window, for a key or through a back-off, and those that other windows publish. */
export class WaitCount {
	private own = 0;

	/**
	 * @param window undefined: it is the only one
	 * @param changed a request of this window has begun or ended to wait
	 */
	constructor(
		private readonly store: StateStore,
		private readonly window: string | undefined,
		private readonly changed: () => void,
	) {}

	/** A request of this window waits until it is told to have stopped. */
	begin(): Dispose {
		let isOver = false;
		this.own++;
		this.changed();
		return () => {
			if (isOver) return;
			isOver = true;
			this.own--;
			this.changed();
		};
	}

	count(now: EpochMs): number {
		let count = this.own;
		for (const { requests, waiting = requests.length } of this.elsewhere(now)) count += waiting;
		return count;
	}

	/** When time alone changes the count: a window that is gone publishes nothing more. */
	changesAt(now: EpochMs): EpochMs {
		return Math.min(...this.elsewhere(now).map(heartbeatEndsAt));
	}

	private elsewhere(now: EpochMs) {
		return [...this.store.replica().windowQueue].flatMap(([id, queue]) =>
			id !== this.window && queue.requests.length > 0 && isAlive(queue, now) ? [queue] : [],
		);
	}
}
