import type { LeaseId } from '../types/key';
import type { Bucket, Lease, EpochMs } from '../types/stateStore';
import { bucketAt, leaseOf } from './bucket';
import { minuteUse } from './minute';
import { isUnconfirmed } from './slowStart';

/** A call has shown its first sign of life: it lets those through that waited for it. */
export function recordFirstChunk(given: Bucket, id: LeaseId, now: EpochMs): Bucket {
	const bucket = learnSustainedRpm(given, id, now);
	const lease = leaseOf(bucket, id);
	return lease && bucket.status.state === 'halfOpen' && bucket.status.lease === id
		? answerBucketProbe(bucket, lease, now)
		: bucket;
}

/**
 * The probe that `lease` allowed is being answered. Before the quota is known to be whole that frees nobody else: the
 * service's hint is worth one call. A day that lets a call through before its end has begun anew.
 */
export function answerBucketProbe(bucket: Bucket, lease: Lease, now: EpochMs): Bucket {
	const { status, day } = bucket;
	if (status.state !== 'halfOpen') return bucket;
	const { reason, backoffLevel, wholeAt } = status;
	if (wholeAt !== undefined && wholeAt > now) {
		return { ...bucket, status: { state: 'coolingDown', reason, since: now, until: wholeAt, backoffLevel, wholeAt } };
	}
	if (reason === 'rpd')
		return { ...bucket, status: { state: 'available' }, day: { ...day, requests: 1, input: lease.input } };
	return { ...bucket, status: { state: 'available' } };
}

/** The first sign of life of a call: what the minute has borne without it is known now. */
function learnSustainedRpm(given: Bucket, id: LeaseId, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease || !isUnconfirmed(lease, now) || bucket.limits.rpm) return bucket;
	const leases = bucket.leases.map((one) => (one === lease ? { ...one, hasFirstChunk: true as const } : one));
	const count = minuteUse(bucket.minute, now).requests - leases.filter((one) => isUnconfirmed(one, now)).length;
	return { ...bucket, leases, sustainedRpm: Math.max(bucket.sustainedRpm ?? 0, count) };
}
