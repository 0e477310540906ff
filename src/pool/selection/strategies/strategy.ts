import type { Random } from '../../types/clock';
import type { Key, KeyId } from '../../types/key';
import type { EpochMs, KeyRecord } from '../../types/stateStore';
import type { QuotaStatus } from '../../quota/admissionChecks';

/** A key as a strategy sees it. Its facts may be stale: the store decides. */
export interface CandidateStats {
	/** Its position in the order of all keys. */
	readonly index: number;
	readonly key: Pick<Key, 'id' | 'role' | 'weight'>;
	readonly record: Pick<KeyRecord, 'lastUsed' | 'score' | 'probe'>;
	readonly status: Pick<QuotaStatus, 'headroom' | 'isDayShort'>;
	/** Where others choose as well and are known late: the place among keys that are about equally good, by chance. */
	readonly place?: number | undefined;
}

/** Keys that could take the request now, in key order. */
export type RankingInput<C extends CandidateStats = CandidateStats> = readonly C[];

/** A ranking holds no more keys. When all of them reject, the next one is made from fresher facts. */
export const maxRanked = 8;

/** Which key next: a pure ranking. Only the memo, such as a position in turn, is the strategy's own. */
export interface Strategy<M> {
	readonly start: M;
	/** Best first, at most `maxRanked`. */
	rank<C extends CandidateStats>(input: RankingInput<C>, memo: M, random: Random, now: EpochMs): readonly C[];
	/** Credits the key that the store granted, which need not be the best of the ranking. */
	onGranted(memo: M, granted: CandidateStats, input: RankingInput): M;
	/** Keys came, went or moved: an index means something else now. */
	onReordered(memo: M, order: readonly KeyId[]): M;
	/** The index of the key that is next in turn, where the strategy has turns; for views and tests. */
	next?(memo: M, order: readonly KeyId[]): number;
}

/** A strategy with its memo: the only thing about it that changes. */
export interface RunningStrategy {
	rank<C extends CandidateStats>(input: RankingInput<C>, random: Random, now: EpochMs): readonly C[];
	onGranted(granted: CandidateStats, input: RankingInput): void;
	next(order: readonly KeyId[]): number | undefined;
	/** Keys came, went or moved. */
	onReordered(order: readonly KeyId[]): void;
}

/** Starts a strategy. */
export function running<M>(strategy: Strategy<M>): RunningStrategy {
	let memo = strategy.start;
	return {
		rank: (input, random, now) => strategy.rank(input, memo, random, now),
		onGranted: (granted, input) => {
			memo = strategy.onGranted(memo, granted, input);
		},
		next: (order) => strategy.next?.(memo, order),
		onReordered: (order) => {
			memo = strategy.onReordered(memo, order);
		},
	};
}

/** Those with the lowest `first`, then the lowest `second`, then in key order; at most `maxRanked`, in one pass. */
export function lowest<C extends CandidateStats>(
	input: RankingInput<C>,
	first: (candidate: C) => number,
	second: (candidate: C) => number,
): readonly C[] {
	const top: { readonly candidate: C; readonly value: number; readonly tie: number }[] = [];
	for (const candidate of input) {
		const value = first(candidate);
		const last = top[maxRanked - 1];
		if (last && value > last.value) continue;
		const tie = second(candidate);
		if (last && value === last.value && tie >= last.tie) continue;
		let at = Math.min(top.length, maxRanked - 1);
		for (; at > 0; at--) {
			const above = top[at - 1];
			if (!above || above.value < value || (above.value === value && above.tie <= tie)) break;
			top[at] = above;
		}
		top[at] = { candidate, value, tie };
	}
	return top.map(({ candidate }) => candidate);
}
