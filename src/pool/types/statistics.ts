import type { Dispose } from './clock';
import type { BucketId, KeyId } from './key';
import type { StateStore, CooldownRecord, EpochMs } from './stateStore';
import type { Attempt } from './streamPart';
import type { Reason } from './failure';

/**
 * Attempts, and keys set aside, that are kept of one request, the newest: whoever counts by the records of other windows misses
 * what is beyond.
 */
export const maxAttempts = 200;

/** Sends of one key in one minute by outcome, and tokens; old ones where there are very many, in a quarter of an hour. */
export interface UsageCount {
	/** Minutes since 1970; of a quarter of an hour its first. */
	readonly minute: number;
	readonly key: KeyId;
	readonly outcome: Attempt['outcome'];
	readonly sends: number;
	readonly input: number;
	readonly output: number;
	/** Times that the key was set aside for a prompt for this reason, sent to it or not; absent: none. */
	readonly fallbacks?: number;
}

/** One request's way, when it ended. It keeps reasons, not what the service said: that can quote the prompt. */
export interface RequestRecord {
	readonly request: string;
	readonly origin: string;
	readonly endedAt: EpochMs;
	readonly outcome: Attempt['outcome'];
	/** The newest at most. */
	readonly attempts: readonly Attempt[];
	/** Absent in records that an earlier version left. */
	readonly timings?: Timings;
}

/** How long a request took, in ms, and how often a key was set aside for it. */
export interface Timings {
	/** From its first step to its end. */
	readonly ms: number;
	/** To its first output; absent where none came. */
	readonly firstMs?: number;
	/** In line for a key. */
	readonly waitedMs: number;
	/** Why keys were set aside for it, once for each time, the newest at most. */
	readonly switches: readonly Reason[];
}

/** A key that was set aside for a prompt: which, why, and how many ms before the prompt ended. */
export interface KeySwitch {
	readonly key: KeyId;
	readonly reason: Reason;
	readonly agoMs: number;
}

/** Minutes that are handed out. */
export const keptMinutes = 24 * 60;

/** Usage of all windows by minute for 24 h by key and outcome, and the last 200 request records: kept in the ledger, bounded. */
export class Statistics {
	constructor(private readonly store: StateStore) {}

	/** Of the last 24 h, oldest first. */
	minutes(): readonly UsageCount[] {
		const oldest = minuteOf(this.store.now()) - keptMinutes;
		const counts = [...this.store.replica().usage.values()].filter(({ minute }) => minute > oldest);
		return counts.sort((a, b) => a.minute - b.minute);
	}

	/** Oldest first. */
	requestRecords(): readonly RequestRecord[] {
		return [...this.store.replica().requestRecord.values()].sort((a, b) => a.endedAt - b.endedAt);
	}

	/** When buckets rested, by project and model. */
	cooldowns(): ReadonlyMap<BucketId, CooldownRecord> {
		return this.store.replica().cooldown;
	}

	/** Tells when a count, a request record or a cooldown was written, in whichever window. */
	onDidChange(listener: () => void): Dispose {
		return this.store.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'usage' || kind === 'requestRecord' || kind === 'cooldown')) listener();
		});
	}
}

export function minuteOf(at: EpochMs): number {
	return Math.floor(at / 60_000);
}
