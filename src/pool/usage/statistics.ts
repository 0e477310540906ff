import type { Dispose } from '../types/clock';
import type { BucketId } from '../types/key';
import type { DailyCost } from '../types/spending';
import type { CooldownRecord, EpochMs, StateStore } from '../types/stateStore';
import type { RequestRecord, UsageCount } from '../types/statistics';
import { longestDayMs } from '../quota/pacificDay';
import { countsIn, firstMinuteOf, maxRequestRecords, minuteOf } from './count';

/** Minutes that are handed out. */
const keptMinutes = 24 * 60;

/** What all windows counted in the last 24 h, and the last 200 request records: kept in the store, bounded. */
export class Statistics {
	constructor(private readonly store: StateStore) {}

	/** Of the last 24 h, oldest first. */
	minutes(): readonly UsageCount[] {
		const oldest = minuteOf(this.store.now()) - keptMinutes;
		const latest = minuteOf(this.latest());
		const hours = [...this.store.replica().usage.values()].filter((hour) => firstMinuteOf(hour) > oldest - 60);
		const counts = hours.flatMap(countsIn).filter(({ minute }) => minute > oldest && minute < latest);
		return counts.sort((a, b) => a.minute - b.minute);
	}

	/** Oldest first. */
	requestRecords(): readonly RequestRecord[] {
		const all = [...this.store.replica().requestRecord.values()].sort((a, b) => a.endedAt - b.endedAt);
		return all.slice(-maxRequestRecords);
	}

	/** What answers have cost by day, key, client and model, of the last two months at most; oldest first. */
	dailyCosts(): readonly DailyCost[] {
		const latest = this.latest();
		const all = [...this.store.replica().dailyCost.values()].filter(({ dayEndsAt }) => dayEndsAt < latest);
		return all.sort((a, b) => a.dayEndsAt - b.dayEndsAt);
	}

	/** When buckets cooled down, by project and model. */
	cooldowns(): ReadonlyMap<BucketId, CooldownRecord> {
		return this.store.replica().cooldown;
	}

	/** Tells when a count, a request record or a cooldown was written, in whichever window. */
	onDidChange(listener: () => void): Dispose {
		return this.store.onDidChange((refs) => {
			if (refs.some(({ kind }) => ['usage', 'requestRecord', 'cooldown', 'dailyCost'].includes(kind))) listener();
		});
	}

	/** What is counted later was counted by a clock that was far ahead, and would be news until then. */
	private latest(): EpochMs {
		return this.store.now() + longestDayMs;
	}
}
