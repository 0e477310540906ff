import type { KeyId } from '../../types/key';
import { maxRanked, type RankingInput, type Strategy } from './strategy';

/** Whose turn was last: its place, and who it was, so that the turn survives keys that come and go. */
export interface RoundRobinCursor {
	readonly index: number;
	readonly key?: KeyId;
}

/** Each key in turn, skipping those that cannot serve. */
export const roundRobin: Strategy<RoundRobinCursor> = {
	start: { index: -1 },
	rank: inTurn,
	onGranted: (_, granted) => ({ index: granted.index, key: granted.key.id }),
	next: (turn, order) => (order.length === 0 ? 0 : (place(turn, order) + 1) % order.length),
	onReordered: (turn, order) => ({ ...turn, index: place(turn, order) }),
};

/** Where that key is now; where it was, once it is gone. */
export function place(turn: RoundRobinCursor, order: readonly KeyId[]): number {
	const found = turn.key === undefined ? -1 : order.indexOf(turn.key);
	return found >= 0 ? found : turn.index;
}

/** From the first place after `turn` on, once around. */
function inTurn({ places, start, end }: RankingInput, turn: RoundRobinCursor): readonly number[] {
	let low = start;
	let high = end;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((places[middle] ?? 0) <= turn.index) low = middle + 1;
		else high = middle;
	}
	const ranked: number[] = [];
	for (let n = low; n < end && ranked.length < maxRanked; n++) ranked.push(places[n] ?? 0);
	for (let n = start; n < low && ranked.length < maxRanked; n++) ranked.push(places[n] ?? 0);
	return ranked;
}
