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
			({ status, place }) => -(place === undefined ? status.headroom : magnitude(status.headroom)),
			({ record, place }) => place ?? record.lastUsed,
		),
	onGranted: () => null,
	onReordered: () => null,
};

/** Within a factor of two it is about the same. */
function magnitude(headroom: number): number {
	return Math.floor(Math.log2(headroom + 1));
}
