import { best, type Candidate, type Strategy } from './strategy';

/** Credit by place in the key order. */
export type Credit = Float64Array;

function creditOf(credit: Credit, { index, weight }: Candidate): number {
	return (credit[index] ?? 0) + weight;
}

/**
 * Smooth weighted round robin: at each turn everyone who can serve earns its weight, the richest goes and pays what was
 * earned. Weights 5, 1, 1 interleave as a a b a c a a. Who cannot serve earns nothing and loses what it had.
 */
export const weighted: Strategy<Credit> = {
	start: new Float64Array(0),
	rank: (from, credit) =>
		best(from, (a, b) => {
			if (a.weight === 0 || b.weight === 0) return a.weight > b.weight;
			return creditOf(credit, a) > creditOf(credit, b);
		}),
	took: (credit, granted, from) => {
		const size = (from.at(-1)?.index ?? granted.index) + 1;
		const next = new Float64Array(Math.max(size, granted.index + 1));
		let earned = 0;
		for (const candidate of from) {
			next[candidate.index] = creditOf(credit, candidate);
			earned += candidate.weight;
		}
		next[granted.index] = (next[granted.index] ?? 0) - earned;
		return next;
	},
	moved: () => new Float64Array(0),
};
