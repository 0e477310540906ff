import { lowest, type Strategy } from './strategy';

/**
 * The key with the most requests left first, in its minute or its day, so that what is small is kept for the time when the
 * others are used up: a small day above all. A key with no known limit counts as untouched. Ties go to the least recently
 * used. Where others choose as well and are known late, keys that have at least half as much left as the best are equally good:
 * else all would choose that one.
 */
export const headroom: Strategy<null> = {
	start: null,
	rank: (input) => {
		const best = input.reduce((most, { status }) => Math.max(most, status.headroom), 0);
		return lowest(
			input,
			({ status, place }) => (place === undefined ? -status.headroom : halvings(best, status.headroom)),
			({ record, place }) => place ?? record.lastUsed,
		);
	},
	onGranted: () => null,
	onReordered: () => null,
};

function halvings(best: number, headroom: number): number {
	return headroom === best ? 0 : Math.floor(Math.log2((best + 1) / (headroom + 1)));
}
