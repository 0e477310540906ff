import type { Random } from '../types/clock';

/** ms. Bounds of the random delay between retries, which grows each time. */
const firstRetryMs = 2;
const maxRetryMs = 25;
/** ms. A store that is busy for longer counts as locked. */
const maxBusyMs = 1_500;

/** Decides whether and when to retry while another process holds the store's lock. */
export class BusyBackoff {
	/** When it became busy, by the monotonic clock. */
	private since: number | undefined;
	private retryMs = firstRetryMs;

	constructor(
		private readonly monotonic: () => number,
		private readonly random: Random,
	) {}

	/** Call when the store is busy. False if it has been busy for too long. */
	mayRetry(): boolean {
		this.since ??= this.monotonic();
		return this.monotonic() - this.since < maxBusyMs;
	}

	/** ms until the next retry. */
	nextMs(): number {
		const ms = this.retryMs * (0.5 + this.random());
		this.retryMs = Math.min(maxRetryMs, this.retryMs * 1.5);
		return ms;
	}

	/** Call when the store is no longer busy. */
	reset(): void {
		this.since = undefined;
		this.retryMs = firstRetryMs;
	}
}
