import {
	bucketAfterRollback,
	keyAfterRollback,
	maxStatedBackOffMs,
	modelAfterRollback,
	partsOf,
	type Bucket,
	type BucketState,
	type EpochMs,
	type KeyRecord,
	type KeyState,
	type ModelRecord,
	type SpendingRecord,
	type Write,
} from '../../pool/pool';
import { hasRemark } from './remarks';

/** ms. No quota takes longer to be full again: a Pacific day has 25 hours at most. */
const maxCooldownMs = 25 * 3_600_000;
/** ms. No lease is given for longer; a stream that goes on renews it. */
const maxLeaseMs = 3_600_000;
const maxMonthMs = 32 * 24 * 3_600_000;
const maxList = 1_000;
const maxCounters = 200;
const reasonPattern = /^[A-Za-z]{1,40}$/;
/** Alerts, the log and tools for agents tell names of models. */
const modelPattern = /^[\w./:-]{1,200}$/;

/**
 * A document of the team with every time and list held to what the rules of this extension allow: whoever may write to the
 * server could otherwise stop everybody for years. Undefined for one that no version of this extension writes.
 */
export function bounded(write: Write, now: EpochMs): Write | undefined {
	// What the service says stays on each machine: people would take it for Google's word.
	if (hasRemark(write) || !modelPattern.test(modelIn(write))) return undefined;
	switch (write.kind) {
		case 'bucket':
			return isSaneBucket(write.doc) ? { ...write, doc: boundedBucket(write.doc, now) } : undefined;
		case 'key':
			return isSaneKey(write.doc) ? { ...write, doc: boundedKey(write.doc, now) } : undefined;
		case 'model':
			return isSaneModel(write.doc) ? { ...write, doc: boundedModel(write.doc, now) } : undefined;
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
			return undefined;
	}
}

/** The model that it is about; of others the kind. */
function modelIn(write: Write): string {
	if (write.kind === 'bucket' || write.kind === 'cooldown') return partsOf(write.id)[1];
	return write.kind === 'model' ? write.id : write.kind;
}

function boundedBucket(given: Bucket, now: EpochMs): Bucket {
	const { status, minute, leases, limits, ...rest } = given;
	// They are learnt anew.
	const mayNotBeTested = Object.values(limits).some(({ retestAt }) => retestAt > now + maxCooldownMs);
	const bucket: Bucket = {
		...rest,
		limits: mayNotBeTested ? {} : limits,
		status: boundedState(status, now),
		minute: minute.slice(-maxCounters),
		leases: leases
			.slice(-maxList)
			.map((lease) => ({ ...lease, holder: '', expiresAt: Math.min(lease.expiresAt, now + maxLeaseMs) })),
	};
	return bucketAfterRollback(bucket, now);
}

function boundedState(status: BucketState, now: EpochMs): BucketState {
	const latest = now + maxCooldownMs;
	switch (status.state) {
		case 'available':
			return status;
		case 'unsupported':
			return { ...status, until: Math.min(status.until, latest) };
		case 'coolingDown': {
			const { wholeAt, ...others } = status;
			const whole = wholeAt === undefined ? {} : { wholeAt: Math.min(wholeAt, latest) };
			return { ...others, ...whole, until: Math.min(status.until, latest) };
		}
		case 'halfOpen': {
			const { wholeAt, ...others } = status;
			return wholeAt === undefined ? status : { ...others, wholeAt: Math.min(wholeAt, latest) };
		}
	}
}

function isSaneBucket({ status, limits, minute, day, externalUsage, sustainedRpm = 0 }: Bucket): boolean {
	return (
		(status.state === 'available' || reasonPattern.test(status.reason)) &&
		Object.values(limits).every(({ value }) => value > 0) &&
		minute.every(([, , requests, input]) => requests >= 0 && input >= 0) &&
		[day.requests, day.input, sustainedRpm, externalUsage?.requests ?? 0].every((count) => count >= 0)
	);
}

function boundedKey(given: KeyRecord, now: EpochMs): KeyRecord {
	const score = Math.min(100, Math.max(0, given.score));
	const { deniedModels, ...rest } = given;
	const denied = deniedModels ? { deniedModels: deniedModels.slice(-maxList) } : {};
	return keyAfterRollback({ ...rest, ...denied, score }, now);
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
		...(probe && { probe: { ...probe, expiresAt: Math.min(probe.expiresAt, now + maxLeaseMs) } }),
	};
}

function isSaneModel({ tokensPerByte, samples, backoffLevel, resolvesTo }: ModelRecord): boolean {
	const isName = resolvesTo === undefined || modelPattern.test(resolvesTo.model);
	return isName && tokensPerByte > 0 && tokensPerByte <= 1 && samples >= 0 && backoffLevel >= 0 && backoffLevel < 1_000;
}

function boundedSpending(given: SpendingRecord, now: EpochMs): SpendingRecord {
	const [latestDay, latestMonth] = [now + maxCooldownMs, now + maxMonthMs];
	const reservations = given.reservations.slice(-maxList).map((one) => ({
		...one,
		expiresAt: Math.min(one.expiresAt, now + maxLeaseMs),
		dayEndsAt: Math.min(one.dayEndsAt, latestDay),
		monthEndsAt: Math.min(one.monthEndsAt, latestMonth),
	}));
	const day = { ...given.day, endsAt: Math.min(given.day.endsAt, latestDay) };
	const month = { ...given.month, endsAt: Math.min(given.month.endsAt, latestMonth) };
	return { ...given, day, month, reservations };
}
