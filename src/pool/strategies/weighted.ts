import { best, type Candidate, type Strategy } from './strategy';

/** Credit by place in the key order. */
export type Credit = Float64Array;

/** Turns in proportion to weight. A weight that is no number above 0 gets none while another key has one. */
function weightOf({ key }: Candidate): number {
	return Number.isFinite(key.weight) && key.weight > 0 ? key.weight : 0;
}

function creditOf(credit: Credit, candidate: Candidate): number {
	return (credit[candidate.index] ?? 0) + weightOf(candidate);
}

/**
 * Smooth weighted round robin: at each turn everyone who can serve earns its weight, the richest goes and pays what was
 * earned. Weights 5, 1, 1 interleave as a a b a c a a. Who cannot serve earns nothing and loses what it had.
 */
export const weighted: Strategy<Credit> = {
	start: new Float64Array(0),
	rank: (from, credit) =>
		best(from, (a, b) => {
			const weightA = weightOf(a);
			const weightB = weightOf(b);
			if (weightA === 0 || weightB === 0) return weightA > weightB;
			return (credit[a.index] ?? 0) + weightA > (credit[b.index] ?? 0) + weightB;
		}),
	took: (credit, granted, from) => {
		const size = (from.at(-1)?.index ?? granted.index) + 1;
		const next = new Float64Array(Math.max(size, granted.index + 1));
		let earned = 0;
		for (const candidate of from) {
			next[candidate.index] = creditOf(credit, candidate);
			earned += weightOf(candidate);
		}
		next[granted.index] = (next[granted.index] ?? 0) - earned;
		return next;
	},
	moved: () => new Float64Array(0),
};
