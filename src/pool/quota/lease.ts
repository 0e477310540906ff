import type { Dimension, LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { bucketAt, leaseOf } from './bucket';
import {
	rejectedByState,
	rejectedByWindow,
	reservedTokens,
	type Rejected,
	type TokenEstimate,
	rejectedBySlowStart,
	isUnconfirmed,
} from './admissionChecks';
import { minuteUse, countInMinute, correct } from './minuteCounter';
import { limitingDimension, mayTest, raiseTestedLimit } from './limitLearning';
import { pacificMidnightAfter } from './pacificDay';

/** What one call asks of a bucket. */
export interface AdmissionRequest extends TokenEstimate {
	readonly lease: LeaseId;
	readonly holder: string;
	/** ms after which the lease counts as spent. */
	readonly leaseMs: number;
	/** Whether this call may test a limit that is in doubt. */
	readonly mayTest: boolean;
}

/** The one window rule: takes a lease and counts the send, or says why not and when to ask again. */
export function admit(
	given: Bucket,
	request: AdmissionRequest,
	now: EpochMs,
): { readonly lease: Lease; readonly next: Bucket } | Rejected {
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
	const lease: Lease = {
		id: request.lease,
		holder: request.holder,
		input,
		sentAt: now,
		expiresAt: now + request.leaseMs,
		...(tests ? { tests } : {}),
	};
	const next: Bucket = {
		...bucket,
		status: afterAdmission(bucket.status, request.lease),
		minute: countInMinute(bucket.minute, now, 1, input, now),
		day: { ...bucket.day, requests: bucket.day.requests + 1, input: bucket.day.input + input },
		leases: [...bucket.leases, lease],
	};
	return { lease, next };
}

/** A call after a rest is a probe. */
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

/** How a leased call ended, as far as its quota goes. */
export type LeaseOutcome =
	/** Answered; the service counted this many input tokens, where it said so. */
	| { readonly type: 'answered'; readonly input?: number }
	/** Sent, and failed or was cut: what was reserved stays spent. */
	| { readonly type: 'spent' }
	/** The service refused it for quota: such calls do not count there. */
	| { readonly type: 'refused' }
	/** Never sent: the only refund. */
	| { readonly type: 'unsent' };

/** Ends a lease. One that has expired was settled as spent, and stays so. */
export function settle(given: Bucket, id: LeaseId, outcome: LeaseOutcome, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease) return bucket;
	const leases = bucket.leases.filter((one) => one !== lease);
	const freed: Bucket = { ...afterProbe(bucket, lease, outcome, now), leases };
	switch (outcome.type) {
		case 'answered': {
			const counted = outcome.input === undefined ? freed : corrected(freed, lease, 0, outcome.input - lease.input);
			// What has been said of the limit since is newer than a test that was on its way then.
			if (!lease.tests || (counted.limits[lease.tests]?.at ?? 0) > lease.sentAt) return counted;
			return { ...counted, limits: raiseTestedLimit(counted, lease.tests, outcome.input ?? lease.input, now) };
		}
		case 'spent':
			return freed;
		case 'refused':
		case 'unsent':
			return corrected(freed, lease, -1, -lease.input);
	}
}

/** A stream that goes on keeps its lease. */
export function renewLease(given: Bucket, id: LeaseId, leaseMs: number, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	return leaseOf(bucket, id)
		? {
				...bucket,
				leases: bucket.leases.map((lease) => (lease.id === id ? { ...lease, expiresAt: now + leaseMs } : lease)),
			}
		: bucket;
}

/** A probe that ended without an answer or a new rest leaves the next one to probe. */
function afterProbe(bucket: Bucket, lease: Lease, outcome: LeaseOutcome, now: EpochMs): Bucket {
	const { status } = bucket;
	if (status.state !== 'halfOpen' || status.lease !== lease.id) return bucket;
	if (outcome.type === 'answered') return answerBucketProbe(bucket, lease, now);
	const { lease: _, ...rest } = status;
	return { ...bucket, status: { ...rest, state: 'coolingDown', since: lease.sentAt, until: lease.sentAt } };
}

/** A call that went out before midnight and ended after it was counted on a day that is over. */
function isOfDay(sentAt: EpochMs, endsAt: EpochMs): boolean {
	const hoursBefore = (endsAt - sentAt) / 3_600_000;
	if (hoursBefore <= 0 || hoursBefore > 25) return false;
	// Days have 23 to 25 hours; only at their edge the calendar has to be asked.
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
				}
			: day,
	};
}
