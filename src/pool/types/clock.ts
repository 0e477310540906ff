/** Time is injected, so that tests run a day of traffic in seconds. */
export interface Clock {
	/** ms since 1970; jumps when the system clock is set. */
	readonly wall: () => number;
	/** ms; never goes backwards. Only differences are meaningful. */
	readonly monotonic: () => number;
	/** Runs once after `ms`. Long delays are re-armed in steps, so that they notice when the machine slept. */
	readonly after: (ms: number, run: () => void) => Dispose;
}

/** Ends a registration. Calling it twice does nothing. */
export type Dispose = () => void;

/** Something that is done a moment after it is asked for, once for all who ask until then. */
export interface Settled {
	readonly soon: () => void;
	readonly dispose: Dispose;
}

export function settled(clock: Pick<Clock, 'after'>, ms: number, run: () => void): Settled {
	let timer: Dispose | undefined;
	return {
		soon: () => {
			timer ??= clock.after(ms, () => {
				timer = undefined;
				run();
			});
		},
		dispose: () => timer?.(),
	};
}

/** Uniform in [0, 1). */
export type Random = () => number;
