/** Time that runs faster than the machine's, alike for all processes that are given the same scale and zero. */
export class ScaledTime {
	/**
	 * @param scale how many ms pass in one of the machine's
	 * @param zero the machine's ms since 1970 at which both begin
	 * @param start what the scaled wall clock shows then
	 */
	constructor(
		readonly scale: number,
		readonly zero: number,
		readonly start: number,
	) {}

	/** ms since 1970, with fractions. */
	readonly now = (): number => this.start + (machineNow() - this.zero) * this.scale;

	readonly after = (ms: number, run: () => void): (() => void) => {
		const timer = setTimeout(run, ms / this.scale);
		return () => clearTimeout(timer);
	};

	/** For the environment of a process that preloads `scaleGlobals`. */
	get env(): Readonly<Record<string, string>> {
		return { KEYPOOL_BENCH_TIME: JSON.stringify([this.scale, this.zero, this.start]) };
	}
}

const { timeOrigin } = performance;
const monotonic = performance.now.bind(performance);

/** More exact than `Date.now`, and not scaled by `scaleGlobals`. */
export function machineNow(): number {
	return timeOrigin + monotonic();
}
