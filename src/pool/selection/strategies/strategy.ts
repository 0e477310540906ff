import type { Random } from '../../types/clock';
import type { Key, KeyId } from '../../types/key';
import type { EpochMs } from '../../types/stateStore';

/** What a strategy may rank by: one number for each key in each column, by its place in the order of all keys. */
export interface CandidateStats {
	/** The most of used/limit over the known windows, 0 to 1; 0 where none is known. */
	readonly usedShare: Float64Array;
	/** When it was chosen last, ms since 1970; 0 when never. */
	readonly lastUsed: Float64Array;
	/** 0 to 100. */
	readonly score: Float64Array;
	/** At score 0: from when one request may try it; 0 where that is at once. */
	readonly probeAt: Float64Array;
	/** As `turnsOf` has it. */
	readonly weight: Float64Array;
	/** 1 for a backup, 0 for a primary. */
	readonly isBackup: Uint8Array;
}

/** Keys that could take the request now. The facts may be stale: the ledger decides. */
export interface RankingInput {
	readonly stats: CandidateStats;
	/** From `start` up to `end`, in key order. */
	readonly places: Int32Array;
	readonly start: number;
	readonly end: number;
}

/** Whom the ledger granted. */
export interface Granted {
	/** Its place. */
	readonly index: number;
	readonly key: Pick<Key, 'id' | 'role'>;
}

/** A weight as turns: a finite number above 0, or 0, which is no turn while another key has one. */
export function turnsOf({ weight }: Pick<Key, 'weight'>): number {
	return Number.isFinite(weight) && weight > 0 ? weight : 0;
}

/** More are never ranked: when eight are denied, the ranking is made anew from fresher facts. */
export const maxRanked = 8;

/**
 * Which key next: a pure ranking. Facts such as score and last use are the ledger's; only the memo is the strategy's own.
 */
export interface Strategy<M> {
	readonly start: M;
	/** Places, best first, at most `mostRanked`. */
	rank(field: RankingInput, memo: M, random: Random, now: EpochMs): readonly number[];
	/** Credits whom the ledger granted, not whom we wished. The memo that is given may be reused for the new one. */
	onGranted(memo: M, granted: Granted, field: RankingInput): M;
	/** Keys came, went or moved: places in the order mean something else now. */
	onReordered(memo: M, order: readonly KeyId[]): M;
	/** The index of the key that is next in turn, for strategies that have turns; for views and tests. */
	next?(memo: M, order: readonly KeyId[]): number;
}

/**
 * The places with the lowest `first`, and among equals with the lowest `second`, then in order; lowest first, in one pass.
 * It compares numbers instead of calling a comparison, because it runs over thousands of keys for each choice.
 */
export function lowest(
	{ places, start, end }: RankingInput,
	first: Float64Array,
	second: Float64Array,
): readonly number[] {
	const top: number[] = [];
	// What the last of eight has: nobody above it enters.
	let bar = Infinity;
	let tieBar = Infinity;
	for (let n = start; n < end; n++) {
		const place = places[n] ?? 0;
		const value = first[place] ?? 0;
		if (value > bar) continue;
		const tie = second[place] ?? 0;
		if (top.length === maxRanked && value === bar && tie >= tieBar) continue;
		let at = Math.min(top.length, maxRanked - 1);
		for (; at > 0; at--) {
			const above = top[at - 1] ?? 0;
			const aboveValue = first[above] ?? 0;
			if (aboveValue < value || (aboveValue === value && (second[above] ?? 0) <= tie)) break;
			top[at] = above;
		}
		top[at] = place;
		const last = top[maxRanked - 1];
		if (last === undefined) continue;
		bar = first[last] ?? 0;
		tieBar = second[last] ?? 0;
	}
	return top;
}
