import type { LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { pacificMidnightAfter } from './pacificDay';

/** The clock may run this far ahead between two processes before a stored time counts as one of the future, in ms. */
export const skewMs = 5_000;

/** A clean stretch of this length, in ms, forgets earlier refusals. */
export const backoffMemoryMs = 15 * 60_000;

const maxDayMs = 26 * 3_600_000;

export function initialBucket(now: EpochMs): Bucket {
	return {
		v: 1,
		status: { state: 'available' },
		limits: {},
		minute: [],
		day: { endsAt: pacificMidnightAfter(now), requests: 0, input: 0 },
		leases: [],
	};
}

/**
 * The bucket as it stands at `now`: expired leases are gone (what they counted stays spent), a day that ended starts
 * anew, and a minute's quota whose rest is over is whole again. Other times of the future, left by a clock that went backwards, are `future.ts`'s.
 */
export function bucketAt(bucket: Bucket, now: EpochMs): Bucket {
	let { status, day, leases } = bucket;
	if (day.endsAt <= now || day.endsAt > now + maxDayMs) {
		day = { endsAt: pacificMidnightAfter(now), requests: 0, input: 0 };
	}
	if (leases.some((lease) => hasExpired(lease, now))) leases = leases.filter((lease) => !hasExpired(lease, now));
	if (hasEnded(status, now)) status = { state: 'available' };
	return status === bucket.status && day === bucket.day && leases === bucket.leases
		? bucket
		: { ...bucket, status, day, leases };
}

/** Where it is not known when a quota is whole again, a call goes first. */
function hasEnded(status: BucketState, now: EpochMs): boolean {
	switch (status.state) {
		case 'unsupported':
			return status.until <= now;
		case 'coolingDown':
		case 'halfOpen':
			return status.wholeAt !== undefined && status.wholeAt <= now;
		case 'available':
			return false;
	}
}

/** When a rest or a closure ends at the latest; 0 where it is none. */
export function cooldownEnd(status: BucketState): EpochMs {
	switch (status.state) {
		case 'unsupported':
			return status.until;
		case 'coolingDown':
			return Math.max(status.until, status.wholeAt ?? 0);
		case 'available':
		case 'halfOpen':
			return 0;
	}
}

function hasExpired(lease: Lease, now: EpochMs): boolean {
	return lease.expiresAt <= now || lease.sentAt > now + skewMs;
}

/** ms. The first sign of life of a call takes no longer as a rule. */
export const expectedFirstChunkMs = 10_000;

/** Until when a call's first sign of life is waited for: as long as it takes as a rule; where it is late, to the lease's end. */
export function firstChunkDueAt({ sentAt, expiresAt }: Lease, now: EpochMs): EpochMs {
	const expected = sentAt + expectedFirstChunkMs;
	return now < expected ? Math.min(expected, expiresAt) : expiresAt;
}

export function leaseOf(bucket: Bucket, id: LeaseId): Lease | undefined {
	return bucket.leases.find((lease) => lease.id === id);
}
