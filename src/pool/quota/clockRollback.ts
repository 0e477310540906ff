import type { Bucket, KeyRecord, ModelRecord, EpochMs } from '../types/stateStore';
import { setBackMs } from '../types/events';
import type { RequestRecord } from '../types/statistics';
import { skewMs } from './bucket';
import { pullBack } from './minuteCounter';

/**
 * Repairs documents after the clock was set back: times in the future are pulled to the present. Returns the same document if
 * it has none. The result must be stored once; repairing it at each read would postpone every end for ever.
 */
export function bucketAfterRollback(bucket: Bucket, now: EpochMs): Bucket {
	let { status, minute } = bucket;
	if (minute.some(([, last]) => last > now + skewMs)) minute = pullBack(minute, now);
	if (status.state === 'coolingDown' && status.since > now + skewMs) {
		const ahead = status.since - now;
		const until = now + Math.max(0, status.until - status.since);
		status = {
			...status,
			since: now,
			until,
			...(status.wholeAt === undefined ? {} : { wholeAt: status.wholeAt - ahead }),
		};
	}
	if (status.state === 'halfOpen' && (status.wholeAt ?? 0) > now + maxMinuteMs) status = { ...status, wholeAt: now };
	if (status.state === 'unsupported' && status.until > now + maxUnsupportedMs)
		status = { ...status, until: now + maxUnsupportedMs };
	return status === bucket.status && minute === bucket.minute ? bucket : { ...bucket, status, minute };
}

/** ms. No model stays unsupported or missing for longer (docs/FACTS.md 4). */
const maxUnsupportedMs = 24 * 3_600_000;
/** ms. No minute's quota takes longer to be full again. */
const maxMinuteMs = 61_000;
/** ms. No re-check is further in the future (`gemini/errors`). */
const maxRecheckMs = 3_600_000;

/** ms. No key is denied a model for longer (docs/FACTS.md 4). */
const maxDenialMs = 3_600_000;

export function keyAfterRollback(record: KeyRecord, now: EpochMs): KeyRecord {
	let { status, lastUsed, probe } = record;
	if (lastUsed > now + skewMs) lastUsed = now;
	if (probe && probe.at > now + probe.waitMs + skewMs) probe = { ...probe, at: now + probe.waitMs };
	if (status.state === 'quarantined' && status.since > now + skewMs) {
		const { recheckAt, since, ...rest } = status;
		status = { ...rest, since: now, ...(recheckAt === undefined ? {} : { recheckAt: recheckAt - (since - now) }) };
	}
	if (status.state === 'quarantined' && (status.recheckAt ?? 0) > now + maxRecheckMs + skewMs) {
		status = { ...status, recheckAt: now + maxRecheckMs };
	}
	let { deniedModels } = record;
	const latest = now + maxDenialMs + skewMs;
	if (deniedModels?.some(({ until }) => until > latest)) {
		deniedModels = deniedModels.map(({ model, until }) => ({ model, until: Math.min(until, latest) }));
	}
	const isSame = status === record.status && lastUsed === record.lastUsed && probe === record.probe;
	return isSame && deniedModels === record.deniedModels
		? record
		: { ...record, status, lastUsed, ...(probe ? { probe } : {}), ...(deniedModels ? { deniedModels } : {}) };
}

export function modelAfterRollback(record: ModelRecord, longestBackOffMs: number, now: EpochMs): ModelRecord {
	const overloadedUntil = Math.min(record.overloadedUntil, now + longestBackOffMs);
	const missingUntil =
		record.missingUntil === undefined ? undefined : Math.min(record.missingUntil, now + maxUnsupportedMs);
	return overloadedUntil === record.overloadedUntil && missingUntil === record.missingUntil
		? record
		: { ...record, overloadedUntil, ...(missingUntil === undefined ? {} : { missingUntil }) };
}

/**
 * The latest requests are shown: one that has ended in the future would stand before all that come. It is put so far back that
 * its end is no news to any window.
 */
export function requestAfterRollback(record: RequestRecord, now: EpochMs): RequestRecord {
	if (record.endedAt <= now + skewMs) return record;
	const ahead = record.endedAt - now + 2 * setBackMs;
	// A computer without a battery begins in 1970, and no time is stored that is before.
	const back = (at: EpochMs): EpochMs => Math.max(0, at - ahead);
	const attempts = record.attempts.map((attempt) => ({ ...attempt, sentAt: back(attempt.sentAt) }));
	return { ...record, endedAt: back(record.endedAt), attempts };
}
