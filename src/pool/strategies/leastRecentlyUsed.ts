import { best, type Strategy } from './strategy';

/** Whoever has rested longest. The moment of choice counts, so simultaneous choices go to different keys. */
export const leastRecentlyUsed: Strategy<null> = {
	start: null,
	rank: (from) => best(from, (a, b) => a.lastUsed < b.lastUsed),
	took: () => null,
	moved: () => null,
};
