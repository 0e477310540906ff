const MINUTE = 60_000;

/**
 * Where the minutes of one project begin: 60 s windows from a hidden moment, one after the other. After a whole window in
 * which nothing was counted, the next one begins with the request that comes.
 */
export class MinutePhase {
	/** The last window in which something was counted, or the one in which the service began. */
	private lastUsed: number;

	/** @param begin of one of the windows; ms since 1970. */
	constructor(begin: number) {
		this.lastUsed = begin;
	}

	/** When the window began that a request belongs to which arrives now; ms since 1970. */
	windowAt(now: number): number {
		const elapsed = now - this.lastUsed;
		return elapsed >= 2 * MINUTE ? now : now - (elapsed % MINUTE);
	}

	/** Something is counted now, of whatever model. */
	use(now: number): void {
		this.lastUsed = this.windowAt(now);
	}
}
