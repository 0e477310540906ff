import type { Docs, StateStore, Transaction, EpochMs } from '../types/stateStore';
import type { Attempt } from '../types/streamPart';
import {
	keptMinutes,
	maxAttempts,
	minuteOf,
	type UsageCount,
	type KeySwitch,
	type RequestRecord,
} from '../types/statistics';

/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const maxCounts = 200_000;

const maxRequestRecords = 200;

/** Writes down how a request ended, and which keys were set aside for it. */
export function recordRequestEnd(
	store: StateStore,
	record: RequestRecord,
	switches: readonly KeySwitch[] = [],
): Promise<void> {
	const attempts = record.attempts.slice(-maxAttempts).map(({ serviceMessage, ...attempt }) => attempt);
	return store.transact((tx, now) => {
		const docs = store.replica();
		const { requestRecord: kept } = docs;
		let excess = kept.size + 1 - maxRequestRecords;
		for (const id of kept.keys()) {
			if (excess-- <= 0) break;
			tx.drop({ kind: 'requestRecord', id });
		}
		tx.put({ kind: 'requestRecord', id: record.request, doc: { ...record, attempts } });
		for (const { key, reason, agoMs } of switches) {
			addBounded(tx, docs, { minute: minuteOf(now - agoMs), key, outcome: reason, fallbacks: 1 });
		}
	});
}

type Counted = Pick<UsageCount, 'minute' | 'key' | 'outcome'> & Partial<UsageCount>;

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Transaction,
	docs: Docs,
	{ key, outcome, usage }: Pick<Attempt, 'key' | 'outcome' | 'usage'>,
	now: EpochMs,
): void {
	const output = usage ? usage.output + usage.thoughts : 0;
	addBounded(tx, docs, { minute: minuteOf(now), key, outcome, sends: 1, input: usage?.input ?? 0, output });
}

function addBounded(tx: Transaction, { usage: known }: Docs, more: Counted): void {
	if (!add(tx, more)) return;
	let excess = known.size + 1 - maxCounts;
	for (const [old, { minute: then }] of known) {
		if (then > more.minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}

/** Adds to the count of a key and outcome in a minute. True where it is the first of its kind. */
export function add(tx: Transaction, more: Counted): boolean {
	const { minute, key, outcome } = more;
	const id = `${minute} ${key} ${outcome}`;
	const before = tx.usage(id);
	const sum = (of: 'sends' | 'input' | 'output' | 'fallbacks'): number => (before?.[of] ?? 0) + (more[of] ?? 0);
	const fallbacks = sum('fallbacks');
	const counted = { sends: sum('sends'), input: sum('input'), output: sum('output') };
	tx.put({ kind: 'usage', id, doc: { minute, key, outcome, ...counted, ...(fallbacks > 0 && { fallbacks }) } });
	return before === undefined;
}
