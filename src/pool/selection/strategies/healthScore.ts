import type { Random } from '../../types/clock';
import { maxRanked, type CandidateStats, type Strategy } from './strategy';

/**
 * Drawn at random in proportion to the score. A key at 0 gets one request when its probe is due; else it comes last, so that
 * it is never starved and never the reason for a prompt to fail.
 */
export const healthScore: Strategy<null> = {
	start: null,
	rank: (input, _, random, now) => {
		const healthy = input.filter(({ record }) => record.score > 0);
		const atZero = input.filter(({ record }) => record.score <= 0);
		const due = atZero.find(({ record }) => (record.probe?.at ?? 0) <= now);
		const drawn = draw(healthy, random, maxRanked - (due ? 1 : 0));
		const others = atZero.filter((candidate) => candidate !== due);
		return [...(due ? [due] : []), ...drawn, ...others].slice(0, maxRanked);
	},
	onGranted: () => null,
	onReordered: () => null,
};

/** Draws up to `count` of them in proportion to their scores, without putting back. */
function draw<C extends CandidateStats>(healthy: readonly C[], random: Random, count: number): readonly C[] {
	const drawn = new Set<C>();
	let left = healthy.reduce((sum, { record }) => sum + record.score, 0);
	while (drawn.size < Math.min(count, healthy.length)) {
		let point = random() * left;
		let last: C | undefined;
		for (const candidate of healthy) {
			if (drawn.has(candidate)) continue;
			last = candidate;
			point -= candidate.record.score;
			if (point < 0) break;
		}
		// Where rounding leaves the point beyond the end, the last one is drawn.
		if (!last) break;
		drawn.add(last);
		left -= last.record.score;
	}
	return [...drawn];
}
