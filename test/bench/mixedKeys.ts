import {
	bucketId,
	type BucketId,
	type Key,
	type KeyId,
	type LeaseId,
	type Project,
	type ProjectId,
} from '../../src/pool/types/key';
import { initialKeyRecord } from '../../src/pool/health/initialRecords';
import type { Bucket, KeyRecord } from '../../src/pool/types/stateStore';
import { initialBucket } from '../../src/pool/quota/bucket';
import { KeySet } from '../../src/pool/types/keySet';
import type { StoreData } from '../support/pool/inMemoryStore';

export const model = 'gemini-3.8-flash';

/** Keys in every state that a filter asks for, each in a project of its own, and the documents that put them there. */
export interface MixedKeys {
	readonly roster: KeySet;
	readonly data: StoreData;
	/** How each bucket stands at another time: of the same kind, with another part used. */
	readonly others: ReadonlyMap<BucketId, Bucket>;
	/** Usable, if the request had not left them for others. */
	readonly spentKeys: ReadonlySet<KeyId>;
	/** Of those that rest: they refused the request in this round. */
	readonly spentBuckets: ReadonlySet<BucketId>;
	/** Of those that are used up: the ledger denied them to the request. */
	readonly denied: ReadonlySet<BucketId>;
}

/** Input tokens of a request for which one key in ten has no room. */
export const likely = 100;

const tokensAMinute = 250_000;
/** As many as are ranked at a time: so many may be denied before the ranking is made anew. */
const mostSpent = 8;

/** A kind of key that no filter takes away. */
const usable = 4;

/**
 * Of ten keys one is switched off, one is quarantined, one rests, one has used up its minute, one has no room for the tokens of
 * the request; two are paid, one of them with a daily cap; the rest are free with known limits of which a part is used, as
 * is one that is alone. At most eight of a kind, the last ones, are spent or denied besides.
 */
export function mixedKeys(count: number, chance: () => number, now: number): MixedKeys {
	const keys: Key[] = [];
	const projects: Project[] = [];
	const records: [KeyId, KeyRecord][] = [];
	const buckets: [BucketId, Bucket][] = [];
	const others = new Map<BucketId, Bucket>();
	for (let n = 0; n < count; n++) {
		const id = `k${n}` as KeyId;
		const project = `p${n}` as ProjectId;
		const kind = count === 1 ? usable : n % 10;
		projects.push({
			id: project,
			tier: kind === 8 || kind === 9 ? 'paid' : 'free',
			...(kind === 9 ? { dailyCap: { requests: 1_000_000 } } : {}),
		});
		keys.push({
			id,
			project,
			label: id,
			mask: id,
			sortOrder: String(n).padStart(6, '0'),
			role: kind < 5 ? 'primary' : 'backup',
			weight: 1 + (n % 3),
			enabled: kind !== 0,
		});
		const state: KeyRecord['status'] =
			kind === 1
				? { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: false }
				: { state: 'verified', since: now };
		records.push([
			id,
			{ ...initialKeyRecord, status: state, score: 5 * (4 + (n % 17)), lastUsed: now - Math.floor(chance() * 1e6) },
		]);
		buckets.push([bucketId(project, model), bucketOf(kind, chance, now)]);
		others.set(bucketId(project, model), bucketOf(kind, chance, now));
		if (kind === 9) buckets.push([bucketId(project, '*'), initialBucket(now)]);
	}
	const last = (kind: number): readonly Key[] => keys.filter((_, n) => count > 1 && n % 10 === kind).slice(-mostSpent);
	const bucketsOf = (kind: number): ReadonlySet<BucketId> =>
		new Set(last(kind).map(({ project }) => bucketId(project, model)));
	return {
		roster: new KeySet(keys, projects),
		data: { bucket: buckets, key: records, model: [], pool: { v: 2 } },
		others,
		spentKeys: new Set(last(5).map(({ id }) => id)),
		spentBuckets: bucketsOf(2),
		denied: bucketsOf(3),
	};
}

function bucketOf(kind: number, chance: () => number, now: number): Bucket {
	const fresh = initialBucket(now);
	const rests: Bucket['status'] = {
		state: 'coolingDown',
		reason: 'rpm',
		since: now,
		until: now + 30_000,
		backoffLevel: 0,
	};
	const limit = { value: 100, source: 'stated', at: now, retestAt: now + 600_000, retestMs: 600_000 } as const;
	const used = kind === 3 ? 100 : 1 + Math.floor(chance() * 90);
	const input = kind === 7 ? tokensAMinute - likely / 2 : used * 100;
	return {
		...fresh,
		status: kind === 2 ? rests : fresh.status,
		limits: { rpm: limit, tpm: { ...limit, value: tokensAMinute }, rpd: { ...limit, value: 10_000 } },
		minute: minuteOf(used, input, now),
		day: { ...fresh.day, requests: used, input },
		leases: [leaseOf(now)],
	};
}

/** So many sends over the last 50 s; as many of one moment as make 20 moments. */
function minuteOf(used: number, input: number, now: number): Bucket['minute'] {
	const moments = Math.min(used, 20);
	const share = (of: number, n: number): number =>
		Math.floor((of * (n + 1)) / moments) - Math.floor((of * n) / moments);
	return Array.from({ length: moments }, (_, n) => {
		const at = now - 50_000 + 2_400 * n;
		return [at, at, share(used, n), share(input, n)];
	});
}

/** A call that is under way. */
function leaseOf(now: number): Bucket['leases'][number] {
	return { id: 'under way' as LeaseId, holder: 'r', input: 100, sentAt: now - 1_000, expiresAt: now + 89_000 };
}
