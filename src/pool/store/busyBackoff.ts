import type { Random } from '../types/clock';

/** ms. A busy store is asked again after one of these by chance, longer each time. */
const firstRetryMs = 2;
const maxRetryMs = 25;
/** ms. A store that has been busy for longer is gone round. */
const maxBusyMs = 1_500;

/** How long a store that another process writes to is asked again, and how soon. */
export class BusyBackoff {
	/** Since when (steady) it has been busy without a break. */
	private since: number | undefined;
	private retryMs = firstRetryMs;

	constructor(
		private readonly monotonic: () => number,
		private readonly random: Random,
	) {}

	/** It is busy once more: false where that has lasted too long. */
	mayRetry(): boolean {
		this.since ??= this.monotonic();
		return this.monotonic() - this.since < maxBusyMs;
	}

	/** ms until it is asked again. */
	nextMs(): number {
		const ms = this.retryMs * (0.5 + this.random());
		this.retryMs = Math.min(maxRetryMs, this.retryMs * 1.5);
		return ms;
	}

	/** It is busy no more. */
	reset(): void {
		this.since = undefined;
		this.retryMs = firstRetryMs;
	}
}
