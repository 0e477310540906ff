import type { Docs, StateStore, Transaction, EpochMs } from '../types/stateStore';
import { usageHourId, withCount, type Counted } from './usageHour';
import { resolveIn } from '../health/modelRecord';
import type { LeaseGrant } from '../types/leaseRequest';
import type { Received } from '../types/poolRequest';
import type { Attempt } from '../types/streamPart';
import { maxAttempts, minuteOf, type UsageCount, type KeySwitch, type RequestRecord } from '../types/statistics';

/** Hours of keys kept at the most, whatever the number of keys: the oldest go first. */
const maxHours = 30_000;

const maxRequestRecords = 200;

/** Records how a request ended, and which keys were set aside for it. */
export function recordRequestEnd(
	store: StateStore,
	record: RequestRecord,
	switches: readonly KeySwitch[] = [],
): Promise<void> {
	const attempts = record.attempts.slice(-maxAttempts).map(({ serviceMessage, ...attempt }) => attempt);
	const { origin: client } = record;
	return store.transact((tx, now) => {
		const docs = store.replica();
		const { requestRecord: kept } = docs;
		let excess = kept.size + 1 - maxRequestRecords;
		for (const id of kept.keys()) {
			if (excess-- <= 0) break;
			tx.drop({ kind: 'requestRecord', id });
		}
		tx.put({ kind: 'requestRecord', id: record.request, doc: { ...record, attempts } });
		for (const { key, model, reason, agoMs } of switches) {
			// As its send was counted, so that the two are one count; a key that was set aside unasked has none.
			const sent = attempts.findLast((attempt) => attempt.key === key && attempt.outcome === reason);
			const { servedModel = resolveIn(docs.model, model), tier } = sent ?? {};
			const like = { client, servedModel, ...(tier && { tier }) };
			addBounded(tx, docs, { minute: minuteOf(now - agoMs), key, outcome: reason, ...like, fallbacks: 1 });
		}
	});
}

type Sent = Pick<UsageCount, 'key' | 'outcome' | 'client' | 'servedModel' | 'tier' | 'cost'> & Pick<Attempt, 'usage'>;

/** One send, as it is counted. */
export function sentOn(
	{ key, client, tier, resolved }: LeaseGrant,
	outcome: Attempt['outcome'],
	{ usage, servedModel = resolved }: Received,
): Sent {
	return { key, outcome, client, tier, servedModel, ...(usage && { usage }) };
}

/** Counts one send, in the same step that settles its lease, so that a crash cannot leave half of it. */
export function count(tx: Transaction, docs: Docs, { usage, ...like }: Sent, now: EpochMs): void {
	const { input = 0, cached = 0, output = 0, thoughts = 0 } = usage ?? {};
	const tokens = { input, cached, output: output + thoughts, thoughts };
	addBounded(tx, docs, { ...like, ...tokens, minute: minuteOf(now), sends: 1 });
}

function addBounded(tx: Transaction, { usage: known }: Docs, more: Counted): void {
	const id = usageHourId(more);
	const before = tx.usage(id);
	tx.put({ kind: 'usage', id, doc: withCount(before, more) });
	if (before) return;
	let excess = known.size + 1 - maxHours;
	for (const old of known.keys()) {
		if (excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}
