import { lowest, type Strategy } from './strategy';

/** Most remaining quota first; where nothing is known, a key counts as untouched. Ties go to the least recently used. */
export const headroom: Strategy<null> = {
	start: null,
	rank: (field) => lowest(field, field.stats.usedShare, field.stats.lastUsed),
	onGranted: () => null,
	onReordered: () => null,
};
