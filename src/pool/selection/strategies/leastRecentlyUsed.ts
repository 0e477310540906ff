import { lowest, type CandidateStats, type Strategy } from './strategy';

/** ms. Uses by other windows are known this late, with room. */
const lateMs = 1_000;

const lastUsed = ({ record, place }: CandidateStats): number =>
	place === undefined ? record.lastUsed : Math.floor(record.lastUsed / lateMs);

/** The longest unused first. The grant counts as use, so requests at the same moment go to different keys. */
export const leastRecentlyUsed: Strategy<null> = {
	start: null,
	rank: (input) => lowest(input, lastUsed, ({ place = 0 }) => place),
	onGranted: () => null,
	onReordered: () => null,
};
