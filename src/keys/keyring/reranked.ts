import { rankBetween } from './rank';

interface Ranked {
	readonly rank: string;
}

/**
 * The keys that need another rank for this order, with it: as few as can be, so that another window's move at the same time
 * is not undone. Undefined where there is no room between two of them: then all need a new one.
 */
export function reranked<T extends Ranked>(order: readonly T[]): readonly T[] | undefined {
	const stays = new Set(longestAscent(order));
	const moved: T[] = [];
	let low: string | undefined;
	for (const [place, key] of order.entries()) {
		if (stays.has(key)) {
			low = key.rank;
			continue;
		}
		const high = order.slice(place).find((other) => stays.has(other))?.rank;
		const rank = rankBetween(low, high);
		if (rank === undefined) return undefined;
		moved.push({ ...key, rank });
		low = rank;
	}
	return moved;
}

/** The most of them whose ranks ascend already. */
function longestAscent<T extends Ranked>(order: readonly T[]): readonly T[] {
	/** By length less one: of all ascents of that length the one whose last rank is lowest. */
	const tails: Link<T>[] = [];
	for (const key of order) {
		let at = tails.findIndex(({ last }) => last.rank >= key.rank);
		if (at === -1) at = tails.length;
		tails[at] = { last: key, before: tails[at - 1] };
	}
	const ascent: T[] = [];
	for (let link = tails.at(-1); link; link = link.before) ascent.push(link.last);
	return ascent;
}

interface Link<T> {
	readonly last: T;
	readonly before: Link<T> | undefined;
}
