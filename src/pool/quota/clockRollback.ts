import type { Bucket, KeyRecord, ModelRecord, EpochMs } from '../types/stateStore';
import { skewMs } from './bucket';
import { pullBack } from './minuteCounter';

/**
 * What a clock that went backwards leaves behind: documents with times of the future. Each step answers the document with
 * those times pulled to the present, or the very same document where there are none. It must be written down once:
 * pulling back at each look would move every end along for ever.
 */
export function bucketOfNow(bucket: Bucket, now: EpochMs): Bucket {
	let { status: state, minute } = bucket;
	const lastSend = minute.at(-1);
	if (lastSend && lastSend[1] > now + skewMs) minute = pullBack(minute, now);
	if (state.state === 'coolingDown' && state.since > now + skewMs) {
		const ahead = state.since - now;
		const until = now + Math.max(0, state.until - state.since);
		state = { ...state, since: now, until, ...(state.wholeAt === undefined ? {} : { wholeAt: state.wholeAt - ahead }) };
	}
	if (state.state === 'halfOpen' && (state.wholeAt ?? 0) > now + longestMinuteMs) state = { ...state, wholeAt: now };
	if (state.state === 'unsupported' && state.until > now + longestClosureMs)
		state = { ...state, until: now + longestClosureMs };
	return state === bucket.status && minute === bucket.minute ? bucket : { ...bucket, status: state, minute };
}

/** ms. No model is closed for longer (docs/FACTS.md 4), nor a service's model missing. */
const longestClosureMs = 24 * 3_600_000;
/** ms. No quota of a minute takes longer to be whole again. */
const longestMinuteMs = 61_000;
/** ms. No re-check is further away (`gemini/errors`). */
const longestRecheckMs = 3_600_000;

/** ms. No key is denied a model for longer (docs/FACTS.md 4). */
const longestDenialMs = 3_600_000;

export function keyOfNow(record: KeyRecord, now: EpochMs): KeyRecord {
	let { status: state, lastUsed, probe } = record;
	if (lastUsed > now + skewMs) lastUsed = now;
	if (probe && probe.at > now + probe.waitMs + skewMs) probe = { ...probe, at: now + probe.waitMs };
	if (state.state === 'quarantined' && state.since > now + skewMs) {
		const { recheckAt, since, ...rest } = state;
		state = { ...rest, since: now, ...(recheckAt === undefined ? {} : { recheckAt: recheckAt - (since - now) }) };
	}
	if (state.state === 'quarantined' && (state.recheckAt ?? 0) > now + longestRecheckMs + skewMs) {
		state = { ...state, recheckAt: now + longestRecheckMs };
	}
	let { deniedModels } = record;
	const latest = now + longestDenialMs + skewMs;
	if (deniedModels?.some(({ until }) => until > latest)) {
		deniedModels = deniedModels.map(({ model, until }) => ({ model, until: Math.min(until, latest) }));
	}
	const isSame = state === record.status && lastUsed === record.lastUsed && probe === record.probe;
	return isSame && deniedModels === record.deniedModels
		? record
		: { ...record, status: state, lastUsed, ...(probe ? { probe } : {}), ...(deniedModels ? { deniedModels } : {}) };
}

export function modelOfNow(record: ModelRecord, longestBackOffMs: number, now: EpochMs): ModelRecord {
	const overloadedUntil = Math.min(record.overloadedUntil, now + longestBackOffMs);
	const missingUntil =
		record.missingUntil === undefined ? undefined : Math.min(record.missingUntil, now + longestClosureMs);
	return overloadedUntil === record.overloadedUntil && missingUntil === record.missingUntil
		? record
		: { ...record, overloadedUntil, ...(missingUntil === undefined ? {} : { missingUntil }) };
}
