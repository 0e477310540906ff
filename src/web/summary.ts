import {
	bucketAfterRollback,
	cooldownEnd,
	type Bucket,
	type BucketId,
	type BucketState,
	type Clock,
	type Docs,
	type EpochMs,
	type StateStore,
	type Transaction,
} from '../pool/pool';
import { isDocument } from '../storedDocuments/shapes';

const memoryName = 'keypool.summaryOfWorkspaces';
/** ms between two writes: a summary is best effort. */
const intervalMs = 15_000;
/** Buckets, those of the longest rests and the busiest days. */
const maxBuckets = 200;

/** A workspace's cooldowns, limits and counts of the day. */
type Summary = readonly (readonly [BucketId, Bucket])[];

export interface SummaryMemory {
	get(name: string): unknown;
	update(name: string, value: unknown): PromiseLike<void>;
}

/**
 * On vscode.dev each workspace has an origin of its own, and so a database of its own. What they tell each other lies in the
 * extension's storage: as it was at the last write, and read when a window opens. It makes a new window careful, not exact.
 *
 * @returns the store, which takes the summary in at its first step
 */
export function followSummaries(
	store: StateStore,
	memory: SummaryMemory,
	clock: Pick<Clock, 'after'>,
	report: (error: unknown) => void,
): StateStore {
	const others = readSummary(memory.get(memoryName));
	if (others.length > 0) store.transact((tx, now) => takeIn(tx, others, now)).catch(report);
	let cancel: (() => void) | undefined;
	const save = async (): Promise<void> => {
		cancel = undefined;
		const before = readSummary(memory.get(memoryName));
		await memory.update(memoryName, merged(before, store.replica(), store.now()));
	};
	const off = store.onDidChange((refs) => {
		if (!refs.some(({ kind }) => kind === 'bucket')) return;
		cancel ??= clock.after(intervalMs, () => void save().catch(report));
	});
	return {
		replica: () => store.replica(),
		transact: (step) => store.transact(step),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => {
			off();
			cancel?.();
			return store.close();
		},
	};
}

/** What is valid of a stored summary. */
export function readSummary(stored: unknown): Summary {
	if (!Array.isArray(stored)) return [];
	return stored.slice(0, maxBuckets).flatMap((entry: unknown) => {
		const [id, bucket] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
		return isBucketId(id) && isDocument('bucket', bucket) ? [[id, bucket] as const] : [];
	});
}

/** The summary that is kept, with what this workspace knows. Who sends what at this moment is of no use to another one. */
export function merged(before: Summary, { bucket: buckets }: Docs, now: EpochMs): Summary {
	const all = new Map(before.map(([id, bucket]) => [id, bucketAfterRollback(bucket, now)]));
	for (const [id, bucket] of buckets) {
		const other = all.get(id);
		const mine = { ...bucket, minute: [], leases: [], status: lasting(bucket.status) };
		all.set(id, other ? cautious(mine, other, now) : mine);
	}
	const alive = [...all].filter(
		([, { status, day }]) => cooldownEnd(status) > now || (day.endsAt > now && day.requests > 0),
	);
	return alive
		.sort(([, a], [, b]) => cooldownEnd(b.status) - cooldownEnd(a.status) || b.day.requests - a.day.requests)
		.slice(0, maxBuckets);
}

/** Makes what is stored as cautious as the summary. */
function takeIn(tx: Transaction, summary: Summary, now: EpochMs): void {
	for (const [id, other] of summary) {
		tx.put({ kind: 'bucket', id, doc: cautious(tx.bucket(id), bucketAfterRollback(other, now), now) });
	}
}

/** The later end of a cooldown, the higher count of the same day, and limits that only the other one knows. */
function cautious(mine: Bucket, other: Bucket, now: EpochMs): Bucket {
	const status =
		cooldownEnd(other.status) > Math.max(now, cooldownEnd(mine.status)) ? lasting(other.status) : mine.status;
	const isSameDay = mine.day.endsAt === other.day.endsAt;
	const day = isSameDay && other.day.requests > mine.day.requests ? other.day : mine.day;
	const limits = { ...other.limits, ...mine.limits };
	const knows = Object.keys(limits).length > Object.keys(mine.limits).length;
	return status === mine.status && day === mine.day && !knows ? mine : { ...mine, status, day, limits };
}

/** A probe is the affair of the workspace that sent it. */
function lasting(status: BucketState): BucketState {
	return status.state === 'halfOpen' ? { state: 'available' } : status;
}

/** What names no bucket of ours is never asked for. */
function isBucketId(id: unknown): id is BucketId {
	return typeof id === 'string';
}
