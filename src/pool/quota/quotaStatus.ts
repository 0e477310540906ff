import type { Limits } from '../types/key';
import type { Bucket, EpochMs } from '../types/stateStore';
import { bucketAt } from './bucket';
import { limitOf, ourRpm, externalShare } from './limits';
import { firstChangeAfter, minuteUse } from './minuteCounter';
import { rejectedByState, rejectedByWindow, probedLimit, rejectedBySlowStart } from './admissionChecks';
import type { Reason } from '../types/failure';

/** What ranking needs to know of a bucket. Valid until `validUntil`, unless the bucket is written to. */
export interface QuotaStatus {
	/** Even the smallest call is rejected until then; 0 if it is not. */
	readonly blockedUntil: EpochMs;
	readonly reason: Reason | undefined;
	/** A probe is in flight, so the block may end before `blockedUntil`. */
	readonly mayRetryEarlier: boolean;
	/** The lowest remaining share of the known limits; 1 if none is known. */
	readonly headroom: number;
	/** Input tokens that still fit into the minute; infinite if no limit is known. */
	readonly tokensLeft: number;
	readonly inFlight: number;
	readonly validUntil: EpochMs;
}

export const untouched: QuotaStatus = {
	blockedUntil: 0,
	reason: undefined,
	mayRetryEarlier: false,
	headroom: 1,
	tokensLeft: Infinity,
	inFlight: 0,
	validUntil: Infinity,
};

export function quotaStatus(given: Bucket, userLimits: Limits | undefined, now: EpochMs): QuotaStatus {
	const bucket = bucketAt(given, now);
	const { status, minute, day, leases } = bucket;
	const used = minuteUse(minute, now);
	const rpm = ourRpm(bucket, userLimits, now);
	const tpm = limitOf(bucket, userLimits, 'tpm');
	const headroom = Math.min(
		share(rpm, used.requests),
		share(tpm, used.input),
		share(limitOf(bucket, userLimits, 'rpd'), day.requests),
		share(limitOf(bucket, userLimits, 'tpd'), day.input),
	);
	const blocked =
		rejectedByState(bucket, now) ??
		rejectedByWindow(bucket, { likely: 0, atMost: 0, userLimits }, now) ??
		rejectedBySlowStart(bucket, userLimits, now);
	let validUntil = Math.min(day.endsAt, firstChangeAfter(minute, now) ?? Infinity, blocked?.retryAt ?? Infinity);
	if ((status.state === 'coolingDown' || status.state === 'unsupported') && status.until > now)
		validUntil = Math.min(validUntil, status.until);
	if (externalShare(bucket, now) > 0) validUntil = Math.min(validUntil, bucket.externalUsage?.until ?? Infinity);
	for (const lease of leases) validUntil = Math.min(validUntil, lease.expiresAt);
	return {
		blockedUntil: blocked?.retryAt ?? 0,
		reason: blocked?.reason,
		mayRetryEarlier: blocked?.mayRetryEarlier === true,
		headroom,
		tokensLeft: tpm === undefined || probedLimit(bucket, now) === 'tpm' ? Infinity : tpm - used.input,
		inFlight: leases.length,
		validUntil: validUntil > now ? validUntil : now + 1,
	};
}

function share(limit: number | undefined, used: number): number {
	if (limit === undefined) return 1;
	return limit > 0 ? Math.max(0, (limit - used) / limit) : 0;
}
