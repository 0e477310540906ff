import type { Docs, StateStore, Transaction, EpochMs } from '../types/stateStore';
import { resolveIn } from '../types/modelAlias';
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
const mostCounts = 200_000;

const maxRequestRecords = 200;

/** Writes down how a request ended, and which keys were set aside for it. */
export function writeEnd(store: StateStore, record: RequestRecord, moves: readonly KeySwitch[] = []): Promise<void> {
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
		for (const { key, model, reason, agoMs } of moves) {
			// As its send was counted, so that the two are one count; a key that was set aside unasked has none.
			const sent = attempts.findLast((attempt) => attempt.key === key && attempt.outcome === reason);
			const { servedModel = resolveIn(docs.model, model), tier } = sent ?? {};
			const like = { client, servedModel, ...(tier && { tier }) };
			addBounded(tx, docs, { minute: minuteOf(now - agoMs), key, outcome: reason, ...like, fallbacks: 1 });
		}
	});
}

type Counted = Pick<UsageCount, 'minute' | 'key' | 'outcome'> & Partial<UsageCount>;

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Transaction,
	docs: Docs,
	{
		usage,
		...like
	}: Pick<UsageCount, 'key' | 'outcome' | 'client' | 'servedModel' | 'tier' | 'cost'> & Pick<Attempt, 'usage'>,
	now: EpochMs,
): void {
	const { input = 0, cached = 0, output = 0, thoughts = 0 } = usage ?? {};
	addBounded(tx, docs, {
		...like,
		minute: minuteOf(now),
		sends: 1,
		input,
		cached,
		output: output + thoughts,
		thoughts,
	});
}

function addBounded(tx: Transaction, { usage: known }: Docs, more: Counted): void {
	if (!add(tx, more)) return;
	let excess = known.size + 1 - mostCounts;
	for (const [old, { minute: then }] of known) {
		if (then > more.minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}

/** Adds to the count of a key and outcome in a minute. True where it is the first of its kind. */
export function add(tx: Transaction, more: Counted): boolean {
	const { minute, key, outcome, client, servedModel, tier } = more;
	const id = [minute, key, outcome, client, servedModel, tier].join(' ').trimEnd();
	const before = tx.usage(id);
	const sum = (of: 'sends' | 'input' | 'cached' | 'output' | 'thoughts' | 'fallbacks' | 'cost'): number =>
		(before?.[of] ?? 0) + (more[of] ?? 0);
	const fallbacks = sum('fallbacks');
	const cost = before?.cost ?? more.cost;
	tx.put({
		kind: 'usage',
		id,
		doc: {
			...{ minute, key, outcome, ...(client !== undefined && { client }) },
			...(servedModel !== undefined && { servedModel }),
			...(tier && { tier }),
			...{ sends: sum('sends'), input: sum('input'), cached: sum('cached') },
			...{ output: sum('output'), thoughts: sum('thoughts') },
			...(fallbacks > 0 && { fallbacks }),
			...(cost !== undefined && { cost: sum('cost') }),
		},
	});
	return before === undefined;
}
