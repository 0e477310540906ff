import { lowest, type Strategy } from './strategy';

/**
 * The key with the most requests left first, in its minute or its day, so that what is small is kept for the time when the
 * others are used up. Where the day has few left, the key comes last of all: what a minute has left comes back within the minute,
 * and what a day has left does not. A key with no known limit counts as untouched. Ties go to the least recently
 * used. Where others choose as well and are known late, keys that have at least half as much left as the best are equally good:
 * else all would choose that one.
 */
export const headroom: Strategy<null> = {
	start: null,
	rank: (input) => {
		const best = input.reduce((most, { status }) => Math.max(most, status.headroom), 0);
		return lowest(
			input,
			({ status: { headroom: left, isDayShort }, place }) =>
				(isDayShort ? shortDay : 0) + (place === undefined ? -left : halvings(best, left)),
			({ record, place }) => place ?? record.lastUsed,
		);
	},
	onGranted: () => null,
	onReordered: () => null,
};

/** More than what any limit comes to in halvings, and than what a short day has left. */
const shortDay = 1_024;

function halvings(best: number, headroom: number): number {
	return headroom === best ? 0 : Math.min(shortDay - 1, Math.floor(Math.log2((best + 1) / (headroom + 1))));
}
