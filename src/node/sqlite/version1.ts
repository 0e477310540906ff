import * as v from 'valibot';
import { usageHourId, withCount, type KeyId, type StoredRow, type UsageCount, type UsageHour } from '../../pool/pool';
import { isObject, objectIn, renamed, within, type Json } from '../../common/json';
import { changeOf } from '../../storedDocuments/rows';

/** A document with the revision that wrote it: what is oldest is forgotten first. */
export interface RowAt extends StoredRow {
	readonly rev: number;
}

/**
 * The documents that version 0.1.0 stored, as they are stored now. Who waits and which window leads is not taken over: the
 * windows that wrote it are gone. What fits no document is left out: losing one costs less than losing all.
 */
export function convertedFromVersion1(rows: readonly RowAt[]): readonly RowAt[] {
	const converted: RowAt[] = [];
	const hours = new Map<string, Hour>();
	for (const { kind, id, rev, body } of rows) {
		const doc = body === null ? undefined : objectIn(body);
		if (!doc) continue;
		if (kind === 'usage') {
			addUsage(hours, doc, rev);
		} else {
			const row = rowFrom(kind, id, doc);
			if (row && fits(row)) converted.push({ ...row, rev });
		}
	}
	const usage = [...hours].map(([id, { hour, rev }]): RowAt => ({
		kind: 'usage',
		id,
		rev,
		body: JSON.stringify(hour),
	}));
	return [...converted, ...usage.filter(fits)];
}

function rowFrom(kind: string, id: string, doc: Json): StoredRow | undefined {
	const to = (name: string, next: Json): StoredRow => ({ kind: name, id, body: JSON.stringify(next) });
	switch (kind) {
		case 'bucket':
			return to('bucket', bucket(doc));
		case 'key':
			return to('key', { ...renamed(doc, { state: 'status' }), v: 2, status: keyState(doc['state']) });
		case 'model':
			return to('model', { ...renamed(doc, { repeats: 'backoffLevel' }), v: 2 });
		case 'pool':
			return to('pool', { ...within(within(doc, 'paused', told), 'revoked', eachOf(told)), v: 2 });
		case 'trail':
			return to('requestRecord', renamed(doc, { took: 'timings' }));
		case 'rest':
			return to('cooldown', { ...doc, v: 2, spans: listOf(told)(doc['spans']) });
		default:
			return undefined;
	}
}

function bucket(doc: Json): Json {
	return {
		...renamed(doc, { state: 'status', borne: 'sustainedRpm', stranger: 'externalUsage' }),
		v: 2,
		status: bucketState(doc['state']),
		limits: eachOf(limit)(doc['limits']),
		leases: listOf((lease) => renamed(lease, { alive: 'hasFirstChunk' }))(doc['leases']),
	};
}

const bucketStates: Readonly<Record<string, string>> = {
	open: 'available',
	closed: 'unsupported',
	resting: 'coolingDown',
	probing: 'halfOpen',
};
const keyStates: Readonly<Record<string, string>> = {
	unproven: 'unverified',
	good: 'verified',
	benched: 'quarantined',
};
const sources: Readonly<Record<string, string>> = { taught: 'stated', probed: 'tested' };

function bucketState(value: unknown): unknown {
	if (!isObject(value)) return value;
	return {
		...told(renamed(value, { is: 'state', repeats: 'backoffLevel' })),
		state: wordFor(value['is'], bucketStates),
	};
}

function keyState(value: unknown): unknown {
	if (!isObject(value)) return value;
	return { ...told(renamed(value, { is: 'state' })), state: wordFor(value['is'], keyStates) };
}

function limit(doc: Json): Json {
	const names = { from: 'source', doubtAt: 'retestAt', doubtMs: 'retestMs' };
	return { ...renamed(doc, names), source: wordFor(doc['from'], sources) };
}

/** What happened and what the service said of it. */
function told(doc: Json): Json {
	return renamed(doc, { why: 'reason', said: 'serviceMessage' });
}

const finite = v.pipe(v.number(), v.finite());
const count = v.object({
	minute: finite,
	key: v.string(),
	outcome: v.string(),
	sends: finite,
	input: finite,
	output: finite,
	fallbacks: v.optional(finite, 0),
});

interface Hour {
	readonly hour: UsageHour;
	/** The latest of its counts. */
	readonly rev: number;
}

/** Counts were a document each: key, minute and outcome. */
function addUsage(hours: Map<string, Hour>, doc: Json, rev: number): void {
	const parsed = v.safeParse(count, doc);
	if (!parsed.success) return;
	const { key, outcome, ...counted } = parsed.output;
	const known = { ...counted, key: key as KeyId, outcome: outcome as UsageCount['outcome'] };
	const id = usageHourId(known);
	const before = hours.get(id);
	hours.set(id, { hour: withCount(before?.hour, known), rev: Math.max(rev, before?.rev ?? 0) });
}

/** Whether it is a document of today. */
function fits(row: StoredRow): boolean {
	try {
		return changeOf(row) !== undefined;
	} catch {
		return false;
	}
}

function wordFor(value: unknown, words: Readonly<Record<string, string>>): unknown {
	return typeof value === 'string' ? (words[value] ?? value) : value;
}

function eachOf(step: (doc: Json) => Json): (value: unknown) => Json {
	return (value) =>
		Object.fromEntries(
			Object.entries(isObject(value) ? value : {}).map(
				([name, one]) => [name, isObject(one) ? step(one) : one] as const,
			),
		);
}

function listOf(step: (doc: Json) => Json): (value: unknown) => unknown {
	return (value) => (Array.isArray(value) ? value.map((one: unknown) => (isObject(one) ? step(one) : one)) : value);
}
