import type { Dimension, LeaseId } from '../types/key';
import type { BucketEvent, LeaseOutcome, Room } from '../types/callEvent';
import type { Bucket, BucketState, EpochMs, Lease } from '../types/stateStore';
import { bucketAt, leaseOf, sentToday } from './bucket';
import {
	rejectedByState,
	rejectedByWindow,
	reservedTokens,
	type Rejected,
	type TokenEstimate,
	rejectedBySlowStart,
	isUnconfirmed,
	roomIn,
} from './admissionChecks';
import { minuteUse, countInMinute, correct } from './minuteCounter';
import { limitOf } from './limits';
import { limitingDimension, mayTest, raiseTestedLimit } from './limitLearning';
import { pacificMidnightAfter } from './pacificDay';

/** A call's request for a lease on a bucket. */
export interface AdmissionRequest extends TokenEstimate {
	readonly lease: LeaseId;
	readonly holder: string;
	/** ms after which the lease counts as spent. */
	readonly leaseMs: number;
	/** Whether this call may test a limit that is due for a retest. */
	readonly mayTest: boolean;
}

/** Grants a lease and counts the send, or says why not and when to retry. The only place that admits a call. */
export function admit(
	given: Bucket,
	request: AdmissionRequest,
	now: EpochMs,
): { readonly lease: Lease; readonly next: Bucket; readonly room?: Room | undefined } | Rejected {
	const bucket = bucketAt(given, now);
	const rejected =
		rejectedByState(bucket, now) ??
		rejectedByWindow(bucket, request, now) ??
		rejectedBySlowStart(bucket, request.userLimits, now);
	let tests: Dimension | undefined;
	if (rejected) {
		const inTheWay = limitingDimension(rejected.reason);
		const untested = !request.mayTest || rejectedByState(bucket, now) !== undefined;
		if (!inTheWay || untested || !mayTest(bucket, request.userLimits, inTheWay, now)) return rejected;
		tests = inTheWay;
	}
	const input = reservedTokens(bucket, request, minuteUse(bucket.minute, now).input);
	const { requests = 1 } = request;
	const lease: Lease = {
		id: request.lease,
		holder: request.holder,
		input,
		...(requests > 1 && { requests }),
		sentAt: now,
		expiresAt: now + request.leaseMs,
		...(tests ? { tests } : {}),
		...(limitOf(bucket, request.userLimits, 'rpm') !== undefined && { hasFirstChunk: true as const }),
	};
	const next = withLease(bucket, lease, now);
	return { lease, next, ...(!tests && { room: roomIn(next, request, now) }) };
}

/** The bucket after a call has done this to it. */
export function bucketAfter(bucket: Bucket, event: BucketEvent): Bucket {
	const { at } = event;
	switch (event.type) {
		case 'admitted':
			return withLease(bucketAt(bucket, at), event.lease, at);
		case 'firstChunk':
			return recordFirstChunk(bucket, event.lease, at);
		case 'renewed':
			return renewLease(bucket, event.lease, event.leaseMs, at);
		case 'ended':
			return settle(bucket, event.lease, event.outcome, at);
	}
}

/** Counts the send of a lease. `bucket` is one of `now`. */
function withLease(bucket: Bucket, lease: Lease, now: EpochMs): Bucket {
	const { requests = 1, input } = lease;
	return {
		...bucket,
		status: afterAdmission(bucket.status, lease.id),
		minute: countInMinute(bucket.minute, now, requests, input, now),
		day: {
			...bucket.day,
			requests: bucket.day.requests + requests,
			input: bucket.day.input + input,
			sent: sentToday(bucket) + requests,
		},
		leases: [...bucket.leases, lease],
	};
}

/** The first call after a cooldown is a probe. */
function afterAdmission(status: BucketState, lease: LeaseId): BucketState {
	switch (status.state) {
		case 'available':
		case 'unsupported':
			return status;
		case 'coolingDown':
		case 'halfOpen': {
			const { reason, backoffLevel, wholeAt } = status;
			return { state: 'halfOpen', reason, lease, backoffLevel, ...(wholeAt === undefined ? {} : { wholeAt }) };
		}
	}
}

/** Records a call's first chunk. It lets through the requests that waited for it. */
export function recordFirstChunk(given: Bucket, id: LeaseId, now: EpochMs): Bucket {
	const bucket = learnSustainedRpm(given, id, now);
	const lease = leaseOf(bucket, id);
	return lease && bucket.status.state === 'halfOpen' && bucket.status.lease === id
		? answerBucketProbe(bucket, lease, now)
		: bucket;
}

/**
 * The probe of `lease` is being answered. Until the quota is known to be full, the bucket keeps cooling down, because the
 * stated delay is good for one call only. A day's quota that lets a call through early has been reset. `bucket` is one of `now`.
 */
function answerBucketProbe(bucket: Bucket, lease: Lease, now: EpochMs): Bucket {
	const { status, day } = bucket;
	if (status.state !== 'halfOpen') return bucket;
	const { reason, backoffLevel, wholeAt } = status;
	if (wholeAt !== undefined) {
		return { ...bucket, status: { state: 'coolingDown', reason, since: now, until: wholeAt, backoffLevel, wholeAt } };
	}
	if (reason === 'rpd')
		return {
			...bucket,
			status: { state: 'available' },
			day: { ...day, requests: lease.requests ?? 1, input: lease.input, sent: sentToday(bucket) },
		};
	return { ...bucket, status: { state: 'available' } };
}

/** Raises the sustained requests a minute to what got through before this call's first chunk. */
function learnSustainedRpm(given: Bucket, id: LeaseId, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease || !isUnconfirmed(lease, now) || bucket.limits.rpm) return bucket;
	const leases = bucket.leases.map((one) => (one === lease ? { ...one, hasFirstChunk: true as const } : one));
	const count = minuteUse(bucket.minute, now).requests - leases.filter((one) => isUnconfirmed(one, now)).length;
	return { ...bucket, leases, sustainedRpm: Math.max(bucket.sustainedRpm ?? 0, count) };
}

/** Ends a lease. An expired one was already settled as spent. */
export function settle(given: Bucket, id: LeaseId, outcome: LeaseOutcome, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease) return bucket;
	const leases = bucket.leases.filter((one) => one !== lease);
	const freed: Bucket = { ...afterProbe(bucket, lease, outcome, now), leases };
	const counted = (input = lease.input): Bucket => corrected(freed, lease, 0, input - lease.input);
	switch (outcome.type) {
		case 'answered': {
			const after = counted(outcome.input);
			// The limit was updated after this test was sent: the update is newer.
			if (!lease.tests || (after.limits[lease.tests]?.at ?? 0) > lease.sentAt) return after;
			return { ...after, limits: raiseTestedLimit(after, lease.tests, outcome.input ?? lease.input, now) };
		}
		case 'spent':
			return counted(outcome.input);
		case 'refused':
		case 'unsent':
			return corrected(freed, lease, -(lease.requests ?? 1), -lease.input);
	}
}

/** Extends the lease of a stream that is still running. */
export function renewLease(given: Bucket, id: LeaseId, leaseMs: number, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	return leaseOf(bucket, id)
		? {
				...bucket,
				leases: bucket.leases.map((lease) => (lease.id === id ? { ...lease, expiresAt: now + leaseMs } : lease)),
			}
		: bucket;
}

/** After a probe that ended without an answer or a new cooldown, the next call probes. */
function afterProbe(bucket: Bucket, lease: Lease, outcome: LeaseOutcome, now: EpochMs): Bucket {
	const { status } = bucket;
	if (status.state !== 'halfOpen' || status.lease !== lease.id) return bucket;
	if (outcome.type === 'answered') return answerBucketProbe(bucket, lease, now);
	const { lease: _, ...rest } = status;
	return { ...bucket, status: { ...rest, state: 'coolingDown', since: lease.sentAt, until: lease.sentAt } };
}

/** Whether a send belongs to the day that ends at `endsAt`. */
function isOfDay(sentAt: EpochMs, endsAt: EpochMs): boolean {
	const hoursBefore = (endsAt - sentAt) / 3_600_000;
	// Days have 23 to 25 hours; only near the edge the calendar has to decide.
	return hoursBefore < 22.9 || pacificMidnightAfter(sentAt) >= endsAt;
}

function corrected(bucket: Bucket, lease: Lease, requests: number, input: number): Bucket {
	const { day } = bucket;
	return {
		...bucket,
		minute: correct(bucket.minute, lease.sentAt, requests, input),
		day: isOfDay(lease.sentAt, day.endsAt)
			? {
					endsAt: day.endsAt,
					requests: Math.max(0, day.requests + requests),
					input: Math.max(0, day.input + input),
					sent: Math.max(0, sentToday(bucket) + requests),
				}
			: day,
	};
}
