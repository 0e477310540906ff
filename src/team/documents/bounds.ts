import {
	bucketAfterRollback,
	cooldownEnd,
	initialSpending,
	keyAfterRollback,
	maxStatedBackOffMs,
	modelAfterRollback,
	partsOf,
	type Bucket,
	type EpochMs,
	type KeyRecord,
	type KeyState,
	type ModelRecord,
	type SpendingRecord,
	type Write,
} from '../../pool/pool';
import { hasRemark } from './remarks';

/** ms. A machine whose clock is further off than some minutes does not take part. */
export const maxSkewMs = 5 * 60_000;
/** ms. No quota takes longer to be full again: a Pacific day has 25 hours at most, and a clock may have been set back within it. */
const maxCooldownMs = 26 * 3_600_000;
/** ms. No lease, nor a denial of a model, is given for longer; a stream that goes on renews it. */
const maxLeaseMs = 3_600_000 + maxSkewMs;
const maxMonthMs = 32 * 24 * 3_600_000;
const maxList = 1_000;
const maxCounters = 200;
const reasonPattern = /^[A-Za-z]{1,40}$/;
/** Alerts, the log and tools for agents tell names of models. */
const modelPattern = /^[\w./:-]{1,200}$/;

/**
 * A document of the team with every time and list held to what the rules of this extension allow: whoever may write to the
 * server could otherwise stop everybody for years. Undefined for one that no version of this extension writes, as where
 * something ends too late: to let it end earlier would put it off with each reading, and so for ever.
 */
export function bounded(write: Write, now: EpochMs): Write | undefined {
	// What the service says stays on each machine: people would take it for Google's word.
	if (hasRemark(write) || !modelPattern.test(modelIn(write))) return undefined;
	switch (write.kind) {
		case 'bucket':
			return isSaneBucket(write.doc, now) ? { ...write, doc: boundedBucket(write.doc, now) } : undefined;
		case 'key':
			return isSaneKey(write.doc) ? { ...write, doc: boundedKey(write.doc, now) } : undefined;
		case 'model':
			return isSaneModel(write.doc, now) ? { ...write, doc: boundedModel(write.doc, now) } : undefined;
		case 'cooldown':
			return write.doc.spans.every(({ reason }) => reasonPattern.test(reason))
				? { ...write, doc: { ...write.doc, spans: write.doc.spans.slice(-maxList) } }
				: undefined;
		case 'spending':
			return { ...write, doc: boundedSpending(write.doc, now) };
		case 'client':
			return write;
		case 'pool':
		case 'usage':
		case 'requestRecord':
		case 'windowQueue':
		case 'leader':
		case 'dailyCost':
		case 'outbox':
			return undefined;
	}
}

/** The model that it is about; of others the kind. */
function modelIn(write: Write): string {
	if (write.kind === 'bucket' || write.kind === 'cooldown') return partsOf(write.id)[1];
	return write.kind === 'model' ? write.id : write.kind;
}

function boundedBucket(given: Bucket, now: EpochMs): Bucket {
	const { minute, leases, limits, ...rest } = given;
	// They are learnt anew.
	const mayNotBeTested = Object.values(limits).some(({ retestAt }) => retestAt > now + maxCooldownMs);
	const bucket: Bucket = {
		...rest,
		limits: mayNotBeTested ? {} : limits,
		minute: minute.slice(-maxCounters),
		leases: inTime(leases, now).map((lease) => ({ ...lease, holder: '' })),
	};
	return bucketAfterRollback(bucket, now);
}

function inTime<T extends { readonly expiresAt: EpochMs }>(leases: readonly T[], now: EpochMs): readonly T[] {
	return leases.filter(({ expiresAt }) => expiresAt <= now + maxLeaseMs).slice(-maxList);
}

function isSaneBucket({ status, limits, minute, day, externalUsage, sustainedRpm = 0 }: Bucket, now: EpochMs): boolean {
	return (
		cooldownEnd(status) <= now + maxCooldownMs &&
		(status.state === 'available' || reasonPattern.test(status.reason)) &&
		Object.values(limits).every(({ value }) => value > 0) &&
		minute.every(([, , requests, input]) => requests >= 0 && input >= 0) &&
		[day.requests, day.input, sustainedRpm, externalUsage?.requests ?? 0].every((count) => count >= 0)
	);
}

function boundedKey(given: KeyRecord, now: EpochMs): KeyRecord {
	const score = Math.min(100, Math.max(0, given.score));
	const { deniedModels, ...rest } = given;
	const denied = deniedModels?.filter(({ until }) => until <= now + maxLeaseMs).slice(-maxList);
	return keyAfterRollback({ ...rest, ...(denied && { deniedModels: denied }), score }, now);
}

function isSaneKey({ status, probe }: KeyRecord): boolean {
	return isSaneStatus(status) && (probe === undefined || (probe.waitMs >= 0 && probe.waitMs <= maxCooldownMs));
}

function isSaneStatus(status: KeyState): boolean {
	return (
		status.state !== 'quarantined' || (reasonPattern.test(status.reason) && status.rechecksLeft.length <= maxCounters)
	);
}

function boundedModel(given: ModelRecord, now: EpochMs): ModelRecord {
	const { probe, askedAt, ...rest } = modelAfterRollback(given, maxStatedBackOffMs, now);
	return {
		...rest,
		...(askedAt !== undefined && { askedAt: Math.min(askedAt, now) }),
		...(probe && probe.expiresAt <= now + maxLeaseMs && { probe }),
	};
}

function isSaneModel(given: ModelRecord, now: EpochMs): boolean {
	const { tokensPerByte, samples, backoffLevel, resolvesTo, overloadedUntil, missingUntil = 0 } = given;
	const isName = resolvesTo === undefined || modelPattern.test(resolvesTo.model);
	const ends = overloadedUntil <= now + maxStatedBackOffMs + maxSkewMs && missingUntil <= now + maxCooldownMs;
	return (
		isName &&
		ends &&
		tokensPerByte > 0 &&
		tokensPerByte <= 1 &&
		samples >= 0 &&
		backoffLevel >= 0 &&
		backoffLevel < 1_000
	);
}

/** A period that ends too late begins anew; what was spent in the other one stays counted. */
function boundedSpending(given: SpendingRecord, now: EpochMs): SpendingRecord {
	const { day, month } = given;
	return {
		...given,
		...(day.endsAt > now + maxCooldownMs && { day: initialSpending(now).day }),
		...(month.endsAt > now + maxMonthMs && { month: initialSpending(now).month }),
		reservations: inTime(given.reservations, now),
	};
}
