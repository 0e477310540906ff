import { lowest, type CandidateStats, type Strategy } from './strategy';

/** By place: what the key lacks to have the next turn; the lowest is the richest. Infinite for one that has no turn. */
export type CurrentWeights = Float64Array;

/**
 * Smooth weighted round robin: at each turn everyone who can serve earns its weight, the richest goes and pays what was
 * earned. Weights 5, 1, 1 interleave as a a b a c a a. Who cannot serve earns nothing and loses what it had.
 */
export const weighted: Strategy<CurrentWeights> = {
	start: new Float64Array(0),
	rank: (field, debt) => {
		const known = debtFor(field.stats, debt);
		return lowest(field, known, known);
	},
	onGranted: (before, granted, { places, start, end, stats: facts }) => {
		const debt = debtFor(facts, before);
		const { weight } = facts;
		let earned = 0;
		let next = 0;
		for (let n = start; n < end; n++) {
			const place = places[n] ?? 0;
			for (; next < place; next++) debt[next] = anew(weight[next]);
			debt[place] = (debt[place] ?? 0) - (weight[place] ?? 0);
			earned += weight[place] ?? 0;
			next++;
		}
		for (; next < debt.length; next++) debt[next] = anew(weight[next]);
		debt[granted.index] = (debt[granted.index] ?? 0) + earned;
		return debt;
	},
	onReordered: () => new Float64Array(0),
};

function debtFor({ weight }: CandidateStats, known: CurrentWeights): CurrentWeights {
	return known.length === weight.length ? known : weight.map(anew);
}

/** Of a key that has earned nothing but the turn to come. */
function anew(weight = 0): number {
	return weight === 0 ? Infinity : -weight;
}
