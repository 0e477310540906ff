import { lowest, type Strategy } from './strategy';

/**
 * The key with the most requests left first, in its minute or its day, so that what is small is kept for the time when the
 * others are used up: a small day above all. A key with no known limit counts as untouched. Ties go to the least recently used.
 */
export const headroom: Strategy<null> = {
	start: null,
	rank: (input) =>
		lowest(
			input,
			({ status }) => -status.headroom,
			({ record }) => record.lastUsed,
		),
	onGranted: () => null,
	onReordered: () => null,
};
