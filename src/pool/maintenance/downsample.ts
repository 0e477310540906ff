import type { Docs, Transaction, EpochMs } from '../types/stateStore';
import { add } from '../usage/count';
import { minuteOf } from '../types/statistics';

/**
 * Counts kept by the minute: a day of 100 keys that are busy every minute, with room for their failures. Beyond these the
 * oldest are kept by the quarter of an hour, which holds a day of 1,000 such keys.
 */
const maxByMinute = 160_000;
/** Counts that one step folds into quarters of an hour. */
const maxDownsampled = 20_000;
const quarter = 15;

/** Where there are more counts than are kept by the minute: the oldest but the last hour's by the quarter of an hour. */
export function downsampleOldest(tx: Transaction, { usage: known }: Docs, now: EpochMs): void {
	const lastHour = minuteOf(now) - 60;
	let excess = Math.min(known.size - maxByMinute, maxDownsampled);
	for (const [id, one] of known) {
		if (excess <= 0) break;
		const minute = one.minute - (one.minute % quarter);
		if (one.minute === minute || one.minute > lastHour) continue;
		tx.drop({ kind: 'usage', id });
		if (!add(tx, { ...one, minute })) excess--;
	}
}
