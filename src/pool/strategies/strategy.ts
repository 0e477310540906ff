import type { Random } from '../clock';
import type { BucketId, Key, KeyId, Project } from '../key';
import type { KeyRecord, Wall } from '../ledger';

/** A key that could take the request now, with the facts a strategy may rank by. They may be stale: the ledger decides. */
export interface Candidate {
	/** Its place in the order of all keys. */
	readonly index: number;
	readonly key: Key;
	readonly project: Project;
	readonly bucketId: BucketId;
	readonly record: KeyRecord;
	/** The least remaining/limit over the known windows, 0 to 1; 1 where none is known. */
	readonly headroom: number;
	/** Out of the record, because they are compared by the thousand. */
	readonly lastUsed: Wall;
	readonly score: number;
	/** As `turnsOf` has it. */
	readonly weight: number;
}

/** A weight as turns: a finite number above 0, or 0, which is no turn while another key has one. */
export function turnsOf({ weight }: Key): number {
	return Number.isFinite(weight) && weight > 0 ? weight : 0;
}

/** More are never ranked: when eight are denied, the ranking is made anew from fresher facts. */
export const mostRanked = 8;

/**
 * Which key next: a pure ranking. Facts such as score and last use are the ledger's; only the memo is the strategy's own.
 * Candidates arrive in key order.
 */
export interface Strategy<M> {
	readonly start: M;
	/** Best first, at most `mostRanked`. */
	rank<T extends Candidate>(from: readonly T[], memo: M, random: Random, now: Wall): readonly T[];
	/** Credits whom the ledger granted, not whom we wished. */
	took(memo: M, granted: Candidate, from: readonly Candidate[]): M;
	/** Keys came, went or moved: places in the order mean something else now. */
	moved(memo: M, order: readonly KeyId[]): M;
	/** The index of the key that is next in turn, for strategies that have turns; for views and tests. */
	next?(memo: M, order: readonly KeyId[]): number;
}

/** The best candidates by `before` (a strict order), best first, in one pass. */
export function best<T extends Candidate>(from: readonly T[], before: (a: T, b: T) => boolean): readonly T[] {
	const top: T[] = [];
	for (const candidate of from) {
		const worst = top[mostRanked - 1];
		if (worst && !before(candidate, worst)) continue;
		let place = Math.min(top.length, mostRanked - 1);
		for (; place > 0; place--) {
			const above = top[place - 1];
			if (!above || !before(candidate, above)) break;
			top[place] = above;
		}
		top[place] = candidate;
	}
	return top;
}
