import { bucketId, type BucketId, type Key, type KeyId, type Project, type ProjectId } from '../../src/pool/key';
import { freshKeyRecord } from '../../src/pool/fresh';
import type { Bucket, KeyRecord } from '../../src/pool/ledger';
import type { LedgerData } from '../../src/pool/memoryLedger';
import { freshBucket } from '../../src/pool/quota/bucket';
import { Roster } from '../../src/pool/roster';

export const model = 'gemini-3.8-flash';

/** Keys in every state that a filter asks for, each in a project of its own, and the documents that put them there. */
export interface MixedKeys {
	readonly roster: Roster;
	readonly data: LedgerData;
}

/** A kind of key that no filter takes away. */
const usable = 4;

/**
 * Of ten keys one is switched off, one is benched, one rests, one has used up its minute; two are paid, one of them with
 * a daily cap; the rest are free with known limits of which a part is used, as is one that is alone.
 */
export function mixedKeys(count: number, chance: () => number, now: number): MixedKeys {
	const keys: Key[] = [];
	const projects: Project[] = [];
	const records: [KeyId, KeyRecord][] = [];
	const buckets: [BucketId, Bucket][] = [];
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
			rank: String(n).padStart(6, '0'),
			role: kind < 5 ? 'primary' : 'backup',
			weight: 1 + (n % 3),
			enabled: kind !== 0,
		});
		const state: KeyRecord['state'] =
			kind === 1
				? { is: 'benched', why: 'badKey', since: now, rechecksLeft: [], hadWorked: false }
				: { is: 'good', since: now };
		records.push([
			id,
			{ ...freshKeyRecord, state, score: 5 * (4 + (n % 17)), lastUsed: now - Math.floor(chance() * 1e6) },
		]);
		buckets.push([bucketId(project, model), bucketOf(kind, chance, now)]);
		if (kind === 9) buckets.push([bucketId(project, '*'), freshBucket(now)]);
	}
	return {
		roster: new Roster(keys, projects),
		data: { bucket: buckets, key: records, model: [], pool: { v: 1 } },
	};
}

function bucketOf(kind: number, chance: () => number, now: number): Bucket {
	const fresh = freshBucket(now);
	const rests: Bucket['state'] = { is: 'resting', why: 'rpm', since: now, until: now + 30_000, repeats: 0 };
	const limit = { value: 100, from: 'taught', at: now, doubtAt: now + 600_000, doubtMs: 600_000 } as const;
	const used = kind === 3 ? 100 : Math.floor(chance() * 90);
	return {
		...fresh,
		state: kind === 2 ? rests : fresh.state,
		limits: { rpm: limit, rpd: { ...limit, value: 10_000 } },
		minute: [[now - 1_000, now - 1_000, used, used * 100]],
		day: { ...fresh.day, requests: used, input: used * 100 },
	};
}
