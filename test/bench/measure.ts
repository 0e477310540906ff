/** The middle of some measurements, and how far apart they lie. */
export interface Sample {
	readonly median: number;
	/** The lower and the upper quartile. */
	readonly spread: readonly [low: number, high: number];
	/** How many measurements there were. */
	readonly count: number;
}

export interface Blocks {
	readonly count: number;
	/** ms that one block takes at least. */
	readonly leastMs: number;
}

/** As many blocks, and as long, as a figure that is quoted is made of. */
export function blocksFor(quick: boolean): Blocks {
	return quick ? { count: 5, leastMs: 4 } : { count: 15, leastMs: 20 };
}

export function sampleOf(values: readonly number[]): Sample {
	const sorted = [...values].sort((a, b) => a - b);
	return {
		median: quantile(sorted, 0.5),
		spread: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
		count: sorted.length,
	};
}

/** The 99th of a hundred, with the middle half of all beside it. */
export function worst(values: readonly number[]): Sample {
	const sorted = [...values].sort((a, b) => a - b);
	return { ...sampleOf(values), median: quantile(sorted, 0.99) };
}

/** Of a sorted list, between neighbours in proportion; not a number where it is empty. */
export function quantile(sorted: readonly number[], share: number): number {
	const place = (sorted.length - 1) * share;
	const low = sorted[Math.floor(place)] ?? NaN;
	const high = sorted[Math.ceil(place)] ?? NaN;
	return low + (high - low) * (place - Math.floor(place));
}

/** By how much `y` grows for each 1 of `x`, by least squares. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
	const mean = (of: (point: readonly [number, number]) => number): number =>
		points.reduce((sum, point) => sum + of(point), 0) / points.length;
	const [x, y] = [mean(([at]) => at), mean(([, value]) => value)];
	const above = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
	return above / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

/**
 * µs that each of `runs` takes once, round by round; they await nothing. By the clock, because the runtime tells the time
 * of a thread in whole ticks of some ms. The runs take turns, a block each, so that what else the machine does meets all of
 * them alike, and a round can be compared within itself. The first round warms up.
 */
export function timedInTurn(
	runs: readonly (() => void)[],
	{ count, leastMs }: Blocks,
	now: () => number = () => performance.now(),
): readonly (readonly number[])[] {
	const blocks = runs.map((run) => new Block(run, leastMs, now));
	for (const block of blocks) block.micros();
	const rounds = Array.from({ length: count }, () => blocks.map((block) => block.micros()));
	return runs.map((_, n) => rounds.map((round) => round[n] ?? NaN));
}

/** Repeats something so often that it takes long enough to be timed. */
class Block {
	private times = 1;

	constructor(
		private readonly run: () => void,
		private readonly leastMs: number,
		private readonly now: () => number,
	) {}

	/** µs that one run takes, of a block that took at least `leastMs`. */
	micros(): number {
		const { leastMs } = this;
		for (;;) {
			const ms = this.take();
			if (ms >= leastMs) return (ms * 1_000) / this.times;
			// At most ten times as many: the first ones are slow, and may say anything.
			this.times = Math.ceil(this.times * Math.min(10, (1.2 * leastMs) / Math.max(ms, leastMs / 100)));
		}
	}

	private take(): number {
		const { run, times, now } = this;
		const began = now();
		for (let n = 0; n < times; n++) run();
		return now() - began;
	}
}
