import type { KeyId } from '../../types/key';
import { maxRanked, type CandidateStats, type RankingInput, type Strategy } from './strategy';

/** The key that was granted last: its index, and its id, so that the turn survives keys that come and go. */
export interface RoundRobinCursor {
	readonly index: number;
	readonly key?: KeyId;
}

interface Turn extends RoundRobinCursor {
	/** The keys when they last came, went or moved. */
	readonly order?: readonly KeyId[];
}

/** Each key in turn, skipping those that cannot serve. */
export const roundRobin: Strategy<Turn> = {
	start: { index: -1 },
	rank: inTurn,
	onGranted: (turn, { index, key }) => ({ ...turn, index, key: key.id }),
	next: (cursor, order) => (order.length === 0 ? 0 : (indexOf(cursor, order) + 1) % order.length),
	onReordered: (turn, order) => ({ ...afterGone(turn, order), order }),
};

/** Where the cursor's key is now; where it was, once it is gone. */
export function indexOf({ key, index }: RoundRobinCursor, order: readonly KeyId[]): number {
	const found = key === undefined ? -1 : order.indexOf(key);
	return found >= 0 ? found : index;
}

/** Where the turn is now; just before the key that was to follow, where its own is gone. */
function afterGone(turn: Turn, order: readonly KeyId[]): RoundRobinCursor {
	const { key, index, order: before = [] } = turn;
	if (key === undefined || order.includes(key)) return { ...turn, index: indexOf(turn, order) };
	const follows = before.slice(before.indexOf(key) + 1).find((one) => order.includes(one));
	return { index: (follows === undefined ? index : order.indexOf(follows)) - 1 };
}

/** From the first key after the cursor on, once around. */
function inTurn<C extends CandidateStats>(input: RankingInput<C>, cursor: RoundRobinCursor): readonly C[] {
	const last = cursor.index < 0 ? startOf(input) : cursor.index;
	const next = input.findIndex(({ index }) => index > last);
	if (next <= 0) return input.slice(0, maxRanked);
	return [...input.slice(next, next + maxRanked), ...input.slice(0, next)].slice(0, maxRanked);
}

/** Before the first key; where others begin as well, before one by chance. */
function startOf(input: RankingInput): number {
	const [first] = input.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0));
	return first?.place === undefined ? -1 : first.index - 1;
}
