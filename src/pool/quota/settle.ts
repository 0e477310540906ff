import type { LeaseId } from '../types/key';
import type { Bucket, Lease, EpochMs } from '../types/stateStore';
import { bucketAt, leaseOf } from './bucket';
import { raiseTestedLimit } from './limitLearning';
import { answerBucketProbe } from './firstChunk';
import { correct } from './minuteCounter';
import { pacificMidnightAfter } from './pacificDay';

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
