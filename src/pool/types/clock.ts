/** Time comes in from outside, so that a day of traffic runs in seconds. */
export interface Clock {
	/** ms since 1970; can jump. */
	readonly wall: () => number;
	/** ms, never goes backwards; only differences mean something. */
	readonly monotonic: () => number;
	/** Runs once after `ms`; long delays are re-armed in steps so that a machine's sleep is noticed. */
	readonly after: (ms: number, run: () => void) => Dispose;
}

/** Ends a registration. Calling it twice does nothing. */
export type Dispose = () => void;

/** Uniform in [0, 1). */
export type Random = () => number;
