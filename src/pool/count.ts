import type { Docs, Tx, Wall } from './ledger';
import type { Attempt } from './part';

const keptMinutes = 24 * 60;
/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const mostCounts = 50_000;

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Tx,
	{ usage: known }: Docs,
	{ key, outcome, usage }: Pick<Attempt, 'key' | 'outcome' | 'usage'>,
	now: Wall,
): void {
	const minute = Math.floor(now / 60_000);
	const id = `${minute} ${key} ${outcome}`;
	const before = tx.usage(id);
	tx.put({
		kind: 'usage',
		id,
		doc: {
			minute,
			key,
			outcome,
			sends: (before?.sends ?? 0) + 1,
			input: (before?.input ?? 0) + (usage?.input ?? 0),
			output: (before?.output ?? 0) + (usage ? usage.output + usage.thoughts : 0),
		},
	});
	if (before) return;
	let excess = known.size + 1 - mostCounts;
	for (const [old, { minute: then }] of known) {
		if (then > minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}
