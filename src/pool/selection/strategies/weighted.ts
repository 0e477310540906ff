import { lowest, type CandidateStats, type Strategy } from './strategy';

/** What each key has earned and not yet paid, by index; 0 beyond its end. */
export type CurrentWeights = readonly number[];

/**
 * Smooth weighted round robin: at each grant every key that can serve earns its weight, and the richest goes and pays what
 * all earned. Weights 5, 1, 1 interleave as a a b a c a a. A key that cannot serve earns nothing and loses what it had.
 */
export const weighted: Strategy<CurrentWeights> = {
	start: [],
	rank: (input, current) => {
		const poverty = (candidate: CandidateStats): number => {
			const weight = weightOf(candidate);
			// Without a weight it has no turn while another key has one.
			return weight === 0 ? Infinity : -((current[candidate.index] ?? 0) + weight);
		};
		return lowest(input, poverty, ({ place = 0 }) => place);
	},
	onGranted: (current, granted, input) => {
		const next: number[] = [];
		let earned = 0;
		for (const candidate of input) {
			const weight = weightOf(candidate);
			while (next.length < candidate.index) next.push(0);
			next.push((current[candidate.index] ?? 0) + weight);
			earned += weight;
		}
		next[granted.index] = (next[granted.index] ?? 0) - earned;
		return next;
	},
	onReordered: () => [],
};

/** A finite number above 0, or 0, which is no turn while another key has one. */
function weightOf({ key: { weight } }: CandidateStats): number {
	return Number.isFinite(weight) && weight > 0 ? weight : 0;
}
