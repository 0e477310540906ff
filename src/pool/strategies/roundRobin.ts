import type { KeyId } from '../key';
import { mostRanked, type Candidate, type Strategy } from './strategy';

/** Whose turn was last: its place, and who it was, so that the turn survives keys that come and go. */
export interface Turn {
	readonly index: number;
	readonly key?: KeyId;
}

/** Each key in turn, skipping those that cannot serve. */
export const roundRobin: Strategy<Turn> = {
	start: { index: -1 },
	rank: (from, turn) => inTurn(from, turn),
	took: (_, granted) => ({ index: granted.index, key: granted.key.id }),
	next: (turn, order) => (order.length === 0 ? 0 : (place(turn, order) + 1) % order.length),
	moved: (turn, order) => ({ ...turn, index: place(turn, order) }),
};

/** Where that key is now; where it was, once it is gone. */
export function place(turn: Turn, order: readonly KeyId[]): number {
	const found = turn.key === undefined ? -1 : order.indexOf(turn.key);
	return found >= 0 ? found : turn.index;
}

/** From the first candidate after `turn` on, once around. */
export function inTurn<T extends Candidate>(from: readonly T[], turn: Turn): readonly T[] {
	let low = 0;
	let high = from.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const candidate = from[middle];
		if (candidate && candidate.index <= turn.index) low = middle + 1;
		else high = middle;
	}
	const ranked = from.slice(low, low + mostRanked);
	return ranked.length < mostRanked ? [...ranked, ...from.slice(0, Math.min(low, mostRanked - ranked.length))] : ranked;
}
