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

/**
 * µs that one `run` takes, by block; `run` awaits nothing. Counted is the time of this thread on a processor, where the
 * runtime can tell it, so that other work on the machine does not count. The first block warms up.
 */
export function timed(run: () => void, { count, leastMs }: Blocks): Sample {
	let times = 1;
	while (block(run, times) < leastMs) times *= 2;
	const micros: number[] = [];
	while (micros.length < count) {
		const ms = block(run, times);
		if (ms < leastMs) times = Math.ceil((times * leastMs * 1.2) / Math.max(ms, leastMs / 10));
		else micros.push((ms * 1000) / times);
	}
	return sampleOf(micros);
}

function block(run: () => void, times: number): number {
	const began = threadMs();
	for (let n = 0; n < times; n++) run();
	return threadMs() - began;
}

function threadMs(): number {
	// Node 20, which the types are of, lacks it.
	const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
	if (!threadCpuUsage) return performance.now();
	const { user, system } = threadCpuUsage.call(process);
	return (user + system) / 1000;
}
