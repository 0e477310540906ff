import { lowest, type CandidateStats, type Strategy } from './strategy';

const lastUsed = ({ record }: CandidateStats): number => record.lastUsed;

/** The longest unused first. The grant counts as use, so requests at the same moment go to different keys. */
export const leastRecentlyUsed: Strategy<null> = {
	start: null,
	rank: (input) => lowest(input, lastUsed, lastUsed),
	onGranted: () => null,
	onReordered: () => null,
};
