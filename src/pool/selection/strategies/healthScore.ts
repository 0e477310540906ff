import type { Random } from '../../types/clock';
import { maxRanked, type Strategy } from './strategy';

/**
 * Chosen at random in proportion to the score. A key at 0 gets one request when its probe is due; besides, it is the last
 * resort, never starved and never the reason for a prompt to fail.
 */
export const healthScore: Strategy<null> = {
	start: null,
	rank: ({ stats: { score, probeAt }, places, start, end }, _, random, now) => {
		// Sums of the scores before each, and of all: a draw is a search. A score of 0 adds nothing and is never drawn.
		const sums = new Float64Array(end - start + 1);
		const zero: number[] = [];
		let healthy = 0;
		let total = 0;
		let due: number | undefined;
		for (let n = start; n < end; n++) {
			const place = places[n] ?? 0;
			const sum = total + (score[place] ?? 0);
			const isHealthy = sum > total;
			if (isHealthy) total = sum;
			sums[n - start + 1] = total;
			if (isHealthy) healthy++;
			else if (due === undefined && (probeAt[place] ?? 0) <= now) due = place;
			else if (zero.length < maxRanked) zero.push(place);
		}
		const ranked = due === undefined ? [] : [due];
		for (const at of draw(sums, random, Math.min(healthy, maxRanked - ranked.length))) {
			ranked.push(places[start + at] ?? 0);
		}
		for (let n = 0; n < zero.length && ranked.length < maxRanked; n++) ranked.push(zero[n] ?? 0);
		return ranked;
	},
	onGranted: () => null,
	onReordered: () => null,
};

/**
 * Drawn in proportion to the score without putting back: `count` of as many above 0 at least. Where rounding moves a point
 * onto somebody who is gone, that one comes twice, and the second time was denied already.
 */
function draw(sums: Float64Array, random: Random, count: number): readonly number[] {
	const drawn: number[] = [];
	// Those already drawn, in order: their scores are taken out of what is drawn from.
	const gone: number[] = [];
	let left = sums[sums.length - 1] ?? 0;
	while (drawn.length < count) {
		let point = random() * left;
		let before = 0;
		for (; before < gone.length; before++) {
			const at = gone[before] ?? 0;
			if (point < (sums[at] ?? 0)) break;
			point += scoreAt(sums, at);
		}
		const at = lastUpTo(sums, point);
		drawn.push(at);
		left -= scoreAt(sums, at);
		for (let n = gone.length; n > before; n--) gone[n] = gone[n - 1] ?? 0;
		gone[before] = at;
	}
	return drawn;
}

function scoreAt(sums: Float64Array, at: number): number {
	return (sums[at + 1] ?? 0) - (sums[at] ?? 0);
}

/** The last place with a sum of at most `point` before it. */
function lastUpTo(sums: Float64Array, point: number): number {
	let low = 0;
	let high = sums.length - 2;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sums[middle + 1] ?? Infinity) > point) high = middle;
		else low = middle + 1;
	}
	return low;
}
