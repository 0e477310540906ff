import type { Docs, Transaction, EpochMs } from '../types/stateStore';
import { resolveIn } from '../health/modelRecord';
import type { LeaseGrant } from '../types/leaseRequest';
import type { Received } from '../types/poolRequest';
import type { Attempt } from '../types/streamPart';
import { maxAttempts, type UsageCount, type RequestEnd, type UsageHour, type UsageKind } from '../types/statistics';

/** Hours of keys kept at the most, whatever the number of keys: the oldest go first. */
const maxHours = 30_000;

/** Request records that are handed out. */
export const maxRequestRecords = 200;
/**
 * Kept beyond that before the oldest are dropped together: steps that drop the same one share a document, and a team's steps
 * that share none go side by side.
 */
const spareRequestRecords = 50;

/** Records how a request ended, and which keys were set aside for it. */
export function recordRequestEnd(tx: Transaction, docs: Docs, { record, switches }: RequestEnd, now: EpochMs): void {
	const attempts = record.attempts.slice(-maxAttempts).map(({ serviceMessage, ...attempt }) => attempt);
	const { origin: client } = record;
	const { requestRecord: kept } = docs;
	let excess = kept.size + 1 - maxRequestRecords;
	if (excess <= spareRequestRecords) excess = 0;
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

/** Kinds told apart in one hour of one key; of further ones client and model are left out. */
const maxKinds = 100;
/** Characters of a client's or a model's name. */
const maxName = 100;
/** Characters of rows that are kept by the minute: beyond, by the quarter of an hour. */
const maxRows = 32_000;
const quarter = 15;

/** What is added up, as a row has it. */
const sums = ['sends', 'input', 'cached', 'output', 'thoughts', 'fallbacks'] as const;

/** A count to be added; sums that are left out are none. */
export type Counted = Pick<UsageCount, 'minute' | 'key' | 'outcome'> & Partial<UsageCount>;

export function usageHourId({ minute, key }: Pick<UsageCount, 'minute' | 'key'>): string {
	return `${hourOf(minute)} ${key}`;
}

/** Minutes since 1970 at which the hour begins. */
export function firstMinuteOf({ hour }: UsageHour): number {
	return hour * 60;
}

/** When the last count of an hour may have been made. */
export function endOfHour({ hour }: UsageHour): EpochMs {
	return (hour + 1) * 3_600_000;
}

/** The hour with one more count of the same key. */
export function withCount(before: UsageHour | undefined, count: Counted): UsageHour {
	const given = before ?? { v: 2, hour: hourOf(count.minute), key: count.key, kinds: [], rows: '' };
	const hour = given.rows.length > maxRows ? byQuarter(given) : given;
	const minute = count.minute - firstMinuteOf(hour);
	const { kinds, place } = placed(hour.kinds, kindOf(count));
	const start = `${hour.isByQuarter ? minute - (minute % quarter) : minute},${place},`;
	const { rows } = hour;
	// The row wanted is one of the last, nearly always: the search for it begins at the end.
	const found = rows.lastIndexOf(`;${start}`) + 1;
	if (found === 0 && !rows.startsWith(start)) {
		return { ...hour, kinds, rows: `${rows}${rows === '' ? '' : ';'}${start}${sumsText([], count)}` };
	}
	const next = rows.indexOf(';', found);
	const end = next < 0 ? rows.length : next;
	const sum = sumsText(numbers(rows.slice(found + start.length, end)), count);
	return { ...hour, kinds, rows: `${rows.slice(0, found)}${start}${sum}${rows.slice(end)}` };
}

/** The counts of an hour, in the order in which they began. */
export function countsIn(hour: UsageHour): readonly UsageCount[] {
	const counts: UsageCount[] = [];
	if (hour.rows === '') return counts;
	for (const row of hour.rows.split(';')) {
		const count = countOf(row, hour);
		if (count) counts.push(count);
	}
	return counts;
}

/** The same with its counts by the quarter of an hour, each at its first minute. */
export function byQuarter(hour: UsageHour): UsageHour {
	if (hour.isByQuarter) return hour;
	const empty: UsageHour = { ...hour, rows: '', isByQuarter: true };
	return countsIn(hour).reduce(withCount, empty);
}

/**
 * An hour that was counted here while the shared store was out of reach, and there by others: what was counted here since
 * `base` is added to theirs.
 */
export function mergedHours(ours: UsageHour, theirs: UsageHour, base: UsageHour | undefined): UsageHour {
	const began = base && (ours.isByQuarter ? byQuarter(base) : base);
	const before = new Map((began ? countsIn(began) : []).map((count) => [nameOf(count), count]));
	return countsIn(ours).reduce((sum, count) => {
		const more = since(count, before.get(nameOf(count)));
		return isNothing(more) ? sum : withCount(sum, more);
	}, theirs);
}

function hourOf(minute: number): number {
	return Math.floor(minute / 60);
}

function kindOf({ outcome, client = '', servedModel = '', tier }: Counted): UsageKind {
	return [outcome, client.slice(0, maxName), servedModel.slice(0, maxName), tier ?? ''];
}

function placed(
	kinds: readonly UsageKind[],
	kind: UsageKind,
): { readonly kinds: readonly UsageKind[]; readonly place: number } {
	const known = kinds.findIndex((one) => one.every((name, n) => name === kind[n]));
	if (known >= 0) return { kinds, place: known };
	const [outcome, client, model, tier] = kind;
	if (kinds.length >= maxKinds && (client !== '' || model !== '')) return placed(kinds, [outcome, '', '', tier]);
	return { kinds: [...kinds, kind], place: kinds.length };
}

/** As a row ends: the sums, zeros at the end left out, and the cost where it is known. */
function sumsText(before: readonly number[], more: Counted): string {
	const all = sums.map((name, n) => (before[n] ?? 0) + (more[name] ?? 0));
	const cost = before[sums.length] ?? more.cost;
	if (cost !== undefined) return [...all, (before[sums.length] ?? 0) + (more.cost ?? 0)].join(',');
	return all.slice(0, Math.max(1, all.findLastIndex((sum) => sum !== 0) + 1)).join(',');
}

/** What is no number in a file that was damaged counts as nothing. */
function numbers(text: string): readonly number[] {
	return text.split(',').map((one) => Number(one) || 0);
}

/** Plain steps: of a busy day there are 100,000. */
function countOf(row: string, hour: UsageHour): UsageCount | undefined {
	const fields = numbers(row);
	const kind = hour.kinds[fields[1] ?? 0];
	if (!kind) return undefined;
	const [outcome, client, servedModel, tier] = kind;
	const count: { -readonly [name in keyof UsageCount]: UsageCount[name] } = {
		minute: hour.hour * 60 + (fields[0] ?? 0),
		key: hour.key,
		outcome,
		sends: fields[2] ?? 0,
		input: fields[3] ?? 0,
		cached: fields[4] ?? 0,
		output: fields[5] ?? 0,
		thoughts: fields[6] ?? 0,
	};
	if (client !== '') count.client = client;
	if (servedModel !== '') count.servedModel = servedModel;
	if (tier !== '') count.tier = tier;
	const [fallbacks = 0, cost] = [fields[7], fields[8]];
	if (fallbacks > 0) count.fallbacks = fallbacks;
	if (cost !== undefined) count.cost = cost;
	return count;
}

function nameOf(count: UsageCount): string {
	return [count.minute, ...kindOf(count)].join(' ');
}

/** What was counted since `before`; a sum that began anew counts whole. */
function since(count: UsageCount, before: UsageCount | undefined): UsageCount {
	const more: { -readonly [name in keyof UsageCount]: UsageCount[name] } = { ...count };
	for (const name of [...sums, 'cost'] as const) {
		const [now, then = 0] = [count[name], before?.[name]];
		if (now !== undefined) more[name] = now >= then ? now - then : now;
	}
	return more;
}

function isNothing(count: UsageCount): boolean {
	return sums.every((name) => (count[name] ?? 0) === 0);
}

export function minuteOf(at: EpochMs): number {
	return Math.floor(at / 60_000);
}
