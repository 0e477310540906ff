import { lowest, type Strategy } from './strategy';

/** Most remaining quota first; where nothing is known, a key counts as untouched. Ties go to the least recently used. */
export const headroom: Strategy<null> = {
	start: null,
	rank: (field) => lowest(field, field.facts.usedShare, field.facts.lastUsed),
	took: () => null,
	moved: () => null,
};
