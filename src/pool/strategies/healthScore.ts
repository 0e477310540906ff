import type { Random } from '../clock';
import type { Wall } from '../ledger';
import { mostRanked, type Candidate, type Strategy } from './strategy';

/** The last of a few are drawn for nothing too often: after so many tries they follow in their order. */
const mostTries = 64;

/**
 * Chosen at random in proportion to the score. A key at 0 gets one request when its probe is due; besides, it is the last
 * resort, never starved and never the reason for a prompt to fail.
 */
export const healthScore: Strategy<null> = {
	start: null,
	rank: (from, _, random, now) => {
		const healthy = from.filter(({ score }) => score > 0);
		const zero = healthy.length === from.length ? [] : from.filter(({ score }) => score <= 0);
		const due = zero.filter(({ record }) => isDue(record.probe?.at, now)).slice(0, 1);
		const ranked = [...due, ...inProportion(healthy, random, mostRanked - due.length)];
		for (const candidate of zero) {
			if (ranked.length >= mostRanked) break;
			if (!ranked.includes(candidate)) ranked.push(candidate);
		}
		return ranked;
	},
	took: () => null,
	moved: () => null,
};

function isDue(at: Wall | undefined, now: Wall): boolean {
	return at === undefined || at <= now;
}

/** Drawn without putting back. */
function inProportion<T extends Candidate>(from: readonly T[], random: Random, count: number): T[] {
	// Sums up to and with each candidate: a draw is a search. Who was drawn before is drawn for nothing, and again.
	const sums = new Float64Array(from.length);
	let total = 0;
	from.forEach(({ score }, index) => (sums[index] = total += score));
	const drawn = new Set<T>();
	for (let tries = 0; drawn.size < Math.min(count, from.length) && tries < mostTries; tries++) {
		const candidate = from[firstAbove(sums, random() * total)];
		if (candidate) drawn.add(candidate);
	}
	for (const candidate of from) {
		if (drawn.size >= count) break;
		drawn.add(candidate);
	}
	return [...drawn];
}

/** The place of the first sum above `point`. */
function firstAbove(sums: Float64Array, point: number): number {
	let low = 0;
	let high = sums.length - 1;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sums[middle] ?? Infinity) > point) high = middle;
		else low = middle + 1;
	}
	return low;
}
