import { best, type Strategy } from './strategy';

/** Most remaining quota first; where nothing is known, a key counts as untouched. Ties go to the least recently used. */
export const headroom: Strategy<null> = {
	start: null,
	rank: (from) =>
		best(from, (a, b) => a.headroom > b.headroom || (a.headroom === b.headroom && a.lastUsed < b.lastUsed)),
	took: () => null,
	moved: () => null,
};
