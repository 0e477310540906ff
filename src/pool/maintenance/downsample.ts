import type { Docs, EpochMs, Transaction } from '../types/stateStore';
import type { UsageHour } from '../types/statistics';
import { byQuarter, endOfHour } from '../usage/count';

/**
 * Characters of counts that are kept by the minute: a day of 100 keys that are busy every minute for several clients. Beyond
 * these the oldest are kept by the quarter of an hour, which holds a day of 1,000 such keys.
 */
const maxByMinute = 5_000_000;
/** Characters of counts at the most: the oldest hours go first. */
const maxAll = 12_000_000;
/** Hours of keys that one step folds into quarters. */
const maxFolded = 400;

/** Where there are more counts than are kept by the minute: the oldest hours but the last two by the quarter of an hour. */
export function downsampleOldest(tx: Transaction, { usage }: Docs, now: EpochMs): void {
	const oldest = [...usage].sort(([, a], [, b]) => a.hour - b.hour);
	let total = oldest.reduce((sum, [, hour]) => sum + sizeOf(hour), 0);
	let folded = 0;
	for (const [id, hour] of oldest) {
		if (total <= maxByMinute) break;
		if (total > maxAll) {
			tx.drop({ kind: 'usage', id });
			total -= sizeOf(hour);
		} else if (!hour.isByQuarter && endOfHour(hour) <= now - 3_600_000 && folded < maxFolded) {
			const doc = byQuarter(hour);
			tx.put({ kind: 'usage', id, doc });
			total -= sizeOf(hour) - sizeOf(doc);
			folded++;
		}
	}
}

function sizeOf({ rows }: UsageHour): number {
	return rows.length;
}
