/** ms of the processor that it takes at best: what else the machine does, and the first run's compilation, only add to it. */
export function best(act: () => void): number {
	const times = Array.from({ length: 3 }, () => {
		const before = process.cpuUsage();
		act();
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1_000;
	});
	return Math.min(...times);
}

/**
 * How many times as long one takes as another. A cost that grows with the square, or that reads each character a thousand
 * times, is found whatever machine this is: give both so much to do that it takes milliseconds.
 */
export function timesAsLong(act: () => void, than: () => void): number {
	return best(act) / Math.max(best(than), 0.5);
}
