import type { Docs, Tx, Wall } from './ledger';
import type { Attempt } from './part';
import { keptMinutes, minuteOf, type MinuteCount } from './statistics';

/**
 * Counts kept by the minute: a day of 100 keys that are busy every minute, with room for their failures. Beyond these the
 * oldest are kept by the quarter of an hour, which holds a day of 1,000 such keys.
 */
const mostByMinute = 160_000;
/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const mostCounts = 200_000;
/** Counts that one step folds into quarters of an hour. */
const mostFolded = 20_000;
const quarter = 15;

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Tx,
	{ usage: known }: Docs,
	{ key, outcome, usage }: Pick<Attempt, 'key' | 'outcome' | 'usage'>,
	now: Wall,
): void {
	const minute = minuteOf(now);
	const tokens = { input: usage?.input ?? 0, output: usage ? usage.output + usage.thoughts : 0 };
	if (!add(tx, { minute, key, outcome, sends: 1, ...tokens })) return;
	let excess = known.size + 1 - mostCounts;
	for (const [old, { minute: then }] of known) {
		if (then > minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}

/** Where there are more counts than are kept by the minute: the oldest but the last hour's by the quarter of an hour. */
export function foldOldest(tx: Tx, { usage: known }: Docs, now: Wall): void {
	const lastHour = minuteOf(now) - 60;
	let excess = Math.min(known.size - mostByMinute, mostFolded);
	for (const [id, one] of known) {
		if (excess <= 0) break;
		const minute = one.minute - (one.minute % quarter);
		if (one.minute === minute || one.minute > lastHour) continue;
		tx.drop({ kind: 'usage', id });
		if (!add(tx, { ...one, minute })) excess--;
	}
}

/** True where it is the first of its kind. */
function add(tx: Tx, more: MinuteCount): boolean {
	const id = `${more.minute} ${more.key} ${more.outcome}`;
	const before = tx.usage(id);
	const doc = before && {
		...more,
		sends: before.sends + more.sends,
		input: before.input + more.input,
		output: before.output + more.output,
	};
	tx.put({ kind: 'usage', id, doc: doc ?? more });
	return before === undefined;
}
