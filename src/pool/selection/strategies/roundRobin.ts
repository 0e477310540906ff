import type { KeyId } from '../../types/key';
import { maxRanked, type CandidateStats, type RankingInput, type Strategy } from './strategy';

/** The key that was granted last: its index, and its id, so that the turn survives keys that come and go. */
export interface RoundRobinCursor {
	readonly index: number;
	readonly key?: KeyId;
}

/** Each key in turn, skipping those that cannot serve. */
export const roundRobin: Strategy<RoundRobinCursor> = {
	start: { index: -1 },
	rank: inTurn,
	onGranted: (_, { index, key }) => ({ index, key: key.id }),
	next: (cursor, order) => (order.length === 0 ? 0 : (indexOf(cursor, order) + 1) % order.length),
	onReordered: (cursor, order) => ({ ...cursor, index: indexOf(cursor, order) }),
};

/** Where the cursor's key is now; where it was, once it is gone. */
export function indexOf({ key, index }: RoundRobinCursor, order: readonly KeyId[]): number {
	const found = key === undefined ? -1 : order.indexOf(key);
	return found >= 0 ? found : index;
}

/** From the first key after the cursor on, once around. */
function inTurn<C extends CandidateStats>(input: RankingInput<C>, cursor: RoundRobinCursor): readonly C[] {
	const last = cursor.key === undefined ? startOf(input) : cursor.index;
	const next = input.findIndex(({ index }) => index > last);
	if (next <= 0) return input.slice(0, maxRanked);
	return [...input.slice(next, next + maxRanked), ...input.slice(0, next)].slice(0, maxRanked);
}

/** Before the first key; where others begin as well, before one by chance. */
function startOf(input: RankingInput): number {
	const [first] = input.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0));
	return first?.place === undefined ? -1 : first.index - 1;
}
