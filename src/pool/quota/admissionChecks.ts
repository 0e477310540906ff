import type { Dimension, Limits } from '../types/key';
import type { Room } from '../types/callEvent';
import type { Bucket, KeyRecord, EpochMs, Lease, LimitShare } from '../types/stateStore';
import type { Reason } from '../types/failure';
import { firstChunkDueAt, expectedFirstChunkMs, bucketAt } from './bucket';
import { limitOf, ourRpm, externalShare, smallDay } from './limits';
import { fallsTo, minuteUse, firstChangeAfter } from './minuteCounter';
import { limitingDimension } from './limitLearning';

/** A call's estimated size. */
export interface TokenEstimate {
	/** Input tokens: the likely and the cautious estimate. */
	readonly likely: number;
	readonly atMost: number;
	/** Requests that it counts as; absent: one. */
	readonly requests?: number;
	/** Limits set by the user. */
	readonly userLimits: Limits | undefined;
	/** Absent where the whole limits may be used. */
	readonly share?: LimitShare;
}

export interface Rejected {
	readonly reason: Reason;
	/** ms since 1970: when a retry may help; infinite if waiting never does. */
	readonly retryAt: EpochMs;
	/** Depends on a call in flight: it may end at any moment, at `retryAt` at the latest. */
	readonly mayRetryEarlier?: true;
	/** The limit that this call exceeds by itself. */
	readonly limit?: number;
	/** What it counts as there, where the error names that. */
	readonly size?: number;
}

/** From this share of a token limit on, the cautious estimate applies. */
const nearLimit = 0.8;

/** Whether a cooldown, missing support or a running probe rejects the call. */
export function rejectedByState({ status, leases }: Bucket, now: EpochMs): Rejected | undefined {
	switch (status.state) {
		case 'available':
			return undefined;
		case 'unsupported':
			return { reason: status.reason, retryAt: status.until };
		case 'coolingDown':
			return status.until > now ? { reason: status.reason, retryAt: status.until } : undefined;
		case 'halfOpen': {
			const probe = leases.find((lease) => lease.id === status.lease);
			if (!probe) return undefined;
			const retryAt = Math.min(firstChunkDueAt(probe, now), status.wholeAt ?? Infinity);
			if (retryAt <= now) return undefined;
			return { reason: status.reason, retryAt, mayRetryEarlier: true };
		}
	}
}

/** The limit whose cooldown a probe may end early. Our own count does not apply to it meanwhile. */
function probedLimit({ status }: Bucket): Dimension | undefined {
	if (status.state !== 'coolingDown' && status.state !== 'halfOpen') return undefined;
	const isEarly = status.reason === 'rpd' || status.wholeAt !== undefined;
	return isEarly ? limitingDimension(status.reason) : undefined;
}

/** The first limit that a call of this size exceeds, apart from one that it would probe. `bucket` is one of `now`. */
export function rejectedByWindow(
	bucket: Bucket,
	{ likely, atMost, requests = 1, userLimits, share }: TokenEstimate,
	now: EpochMs,
): Rejected | undefined {
	const { minute, day } = bucket;
	const before = share?.day?.endsAt === day.endsAt ? share.day : undefined;
	const probed = probedLimit(bucket);
	const rpd = probed === 'rpd' ? undefined : partOf(limitOf(bucket, userLimits, 'rpd'), share, before?.requests);
	if (rpd !== undefined && day.requests + within(rpd, requests) > rpd)
		return { reason: 'rpd', retryAt: rpd > 0 ? day.endsAt : Infinity };
	const tpd = partOf(limitOf(bucket, userLimits, 'tpd'), share, before?.input);
	if (tpd === 0) return { reason: 'tpd', retryAt: Infinity, limit: 0 };
	if (tpd !== undefined && day.input + likely > tpd)
		return likely > tpd ? { reason: 'tpd', retryAt: Infinity, limit: tpd } : { reason: 'tpd', retryAt: day.endsAt };
	const rpm = probed === 'rpm' ? undefined : partOf(ourRpm(bucket, userLimits, now), share);
	const tpm = limitOf(bucket, userLimits, 'tpm');
	if (tpm === 0) return { reason: 'tpm', retryAt: Infinity, limit: 0 };
	if (rpm === undefined && tpm === undefined) return undefined;
	const used = minuteUse(minute, now);
	if (rpm !== undefined && used.requests + within(rpm, requests) > rpm) {
		return { reason: 'rpm', retryAt: later(fallsTo(minute, rpm - within(rpm, requests), Infinity, now), now) };
	}
	if (tpm === undefined) return undefined;
	if (likely > tpm) return { reason: 'tooLargeForTier', retryAt: Infinity, limit: tpm };
	if (probed === 'tpm') return undefined;
	const counted = reservedTokens(bucket, { likely, atMost, userLimits }, used.input);
	const ours = partOf(tpm, share) ?? tpm;
	if (used.input > 0 && used.input + counted > ours) {
		return { reason: 'tpm', retryAt: later(fallsTo(minute, Infinity, Math.max(0, ours - counted), now), now) };
	}
	return undefined;
}

/**
 * What others may still take of the limits of a bucket to which a call has just been admitted, so that it would be admitted
 * all the same. Undefined where that rests on more than counts.
 */
export function roomIn(bucket: Bucket, { userLimits, share }: TokenEstimate, now: EpochMs): Room | undefined {
	const rpm = ourRpm(bucket, userLimits, now);
	// Slow start rests on what others have under way.
	if (bucket.status.state !== 'available' || share || rpm === undefined) return undefined;
	const { day, minute } = bucket;
	const used = minuteUse(minute, now);
	const rpd = limitOf(bucket, userLimits, 'rpd') ?? Infinity;
	const tpd = limitOf(bucket, userLimits, 'tpd') ?? Infinity;
	// Near the limit, more tokens are counted for the call.
	const tpm = nearLimit * (limitOf(bucket, userLimits, 'tpm') ?? Infinity);
	const requests = Math.min(rpm - used.requests, rpd - day.requests);
	const input = Math.min(tpm - used.input, tpd - day.input);
	return requests >= 0 && input >= 0 ? { requests, input } : undefined;
}

/** What several requests in one take of a limit: more than all of it there is not, and the service has to say what it does then. */
function within(limit: number, requests: number): number {
	return Math.max(1, Math.min(requests, limit));
}

/** Our part of a limit, or of what was left of it after `before`; at least one more. */
function partOf(limit: number | undefined, share: LimitShare | undefined, before = 0): number | undefined {
	if (limit === undefined || !share || limit <= before) return limit;
	return before + Math.max(1, Math.floor((limit - before) * share.part));
}

/** Input tokens to count for a call until its usage is known: the cautious estimate near the limit. */
export function reservedTokens(bucket: Bucket, { likely, atMost, userLimits }: TokenEstimate, used: number): number {
	const tpm = limitOf(bucket, userLimits, 'tpm');
	return tpm !== undefined && used + likely > tpm * nearLimit ? Math.max(likely, Math.min(atMost, tpm)) : likely;
}

/** With a limit of 0, waiting for sends to expire never helps. */
function later(retryAt: EpochMs, now: EpochMs): EpochMs {
	return retryAt > now ? retryAt : Infinity;
}

/** Until when the service denies the key this model; 0 if it does not. */
export function deniedUntil({ deniedModels = [] }: KeyRecord, model: string, now: EpochMs): EpochMs {
	const until = deniedModels.find((one) => one.model === model)?.until ?? 0;
	return until > now ? until : 0;
}

/**
 * Slow start, as in TCP: while a bucket's requests a minute are unknown, every call in flight when it hits the limit is
 * refused. So only as many as a minute is known to sustain go at once. Beyond that, a few go ahead, and each first chunk
 * lets the next one go.
 */
export function rejectedBySlowStart(
	bucket: Bucket,
	userLimits: Limits | undefined,
	now: EpochMs,
): Rejected | undefined {
	if (bucket.leases.length < minUnconfirmed || limitOf(bucket, userLimits, 'rpm') !== undefined) return undefined;
	const { sustainedRpm = 0, leases, minute } = bucket;
	const maxUnconfirmed = minUnconfirmed + Math.floor(sustainedRpm * unconfirmedShare);
	const unconfirmed = leases.filter((lease) => isUnconfirmed(lease, now));
	const oldest = unconfirmed[0];
	if (!oldest || unconfirmed.length < maxUnconfirmed || minuteUse(minute, now).requests < sustainedRpm + maxUnconfirmed)
		return undefined;
	return { reason: 'unknownLimit', retryAt: oldest.sentAt + expectedFirstChunkMs, mayRetryEarlier: true };
}

/** The default concurrency of a batch. */
const minUnconfirmed = 3;
/** Plus this share of the sustained requests: calls in flight double in about half a minute. */
const unconfirmedShare = 1 / 16;

/** Whether a call may still be refused. Refusals come at once, so a call without its first chunk after a while was accepted. */
export function isUnconfirmed({ hasFirstChunk, sentAt }: Lease, now: EpochMs): boolean {
	return hasFirstChunk !== true && now - sentAt < expectedFirstChunkMs;
}

/** What ranking needs to know of a bucket. Valid until `validUntil`, unless the bucket is written to. */
export interface QuotaStatus {
	/** Even the smallest call is rejected until then; 0 if it is not. */
	readonly blockedUntil: EpochMs;
	readonly reason: Reason | undefined;
	/** A probe is in flight, so the block may end before `blockedUntil`. */
	readonly mayRetryEarlier: boolean;
	/** Requests that still fit into the known limits, by the mean of those before; infinite if none is known. */
	readonly headroom: number;
	/** The day has few of these left, and they come back at midnight alone; those of a minute come back within it. */
	readonly isDayShort: boolean;
	/** Input tokens that still fit into the minute; infinite if no limit is known. */
	readonly tokensLeft: number;
	readonly inFlight: number;
	readonly validUntil: EpochMs;
}

export const untouched: QuotaStatus = {
	blockedUntil: 0,
	reason: undefined,
	mayRetryEarlier: false,
	headroom: Infinity,
	isDayShort: false,
	tokensLeft: Infinity,
	inFlight: 0,
	validUntil: Infinity,
};

export function quotaStatus(given: Bucket, userLimits: Limits | undefined, now: EpochMs): QuotaStatus {
	const bucket = bucketAt(given, now);
	const { minute, day, leases } = bucket;
	const used = minuteUse(minute, now);
	const rpm = ourRpm(bucket, userLimits, now);
	const tpm = limitOf(bucket, userLimits, 'tpm');
	const today = Math.min(
		requestsLeft(limitOf(bucket, userLimits, 'rpd'), day.requests, day.requests),
		requestsLeft(limitOf(bucket, userLimits, 'tpd'), day.input, day.requests),
	);
	const headroom = Math.min(
		requestsLeft(rpm, used.requests, used.requests),
		requestsLeft(tpm, used.input, used.requests),
		today,
	);
	const blocked =
		rejectedByState(bucket, now) ??
		rejectedByWindow(bucket, { likely: 0, atMost: 0, userLimits }, now) ??
		rejectedBySlowStart(bucket, userLimits, now);
	let validUntil = Math.min(day.endsAt, firstChangeAfter(minute, now) ?? Infinity, blocked?.retryAt ?? Infinity);
	if (externalShare(bucket, now) > 0) validUntil = Math.min(validUntil, bucket.externalUsage?.until ?? Infinity);
	for (const lease of leases) validUntil = Math.min(validUntil, lease.expiresAt);
	return {
		blockedUntil: blocked?.retryAt ?? 0,
		reason: blocked?.reason,
		mayRetryEarlier: blocked?.mayRetryEarlier === true,
		headroom,
		isDayShort: today <= smallDay,
		tokensLeft: tpm === undefined || probedLimit(bucket) === 'tpm' ? Infinity : tpm - used.input,
		inFlight: leases.length,
		validUntil: validUntil > now ? validUntil : now + 1,
	};
}

/** @param used by so many `requests`, in what is limited: requests themselves, or tokens */
function requestsLeft(limit: number | undefined, used: number, requests: number): number {
	if (limit === undefined) return Infinity;
	const each = requests > 0 ? used / requests : 1;
	return each > 0 ? Math.max(0, limit - used) / each : Infinity;
}
