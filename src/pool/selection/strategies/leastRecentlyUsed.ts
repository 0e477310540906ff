import { lowest, type Strategy } from './strategy';

/** Whoever has rested longest. The moment of choice counts, so simultaneous choices go to different keys. */
export const leastRecentlyUsed: Strategy<null> = {
	start: null,
	rank: (field) => lowest(field, field.stats.lastUsed, field.stats.lastUsed),
	onGranted: () => null,
	onReordered: () => null,
};
