import type { LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { pacificMidnightAfter } from './pacificDay';

/** The clock may run this far ahead between two processes before a stored time counts as one of the future, in ms. */
export const skewMs = 5_000;

/** A clean stretch of this length, in ms, forgets earlier refusals. */
export const forgetMs = 15 * 60_000;

const longestDayMs = 26 * 3_600_000;

export function freshBucket(now: EpochMs): Bucket {
	return {
		v: 2,
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
export function at(bucket: Bucket, now: EpochMs): Bucket {
	let { status: state, day, leases } = bucket;
	if (day.endsAt <= now || day.endsAt > now + longestDayMs) {
		day = { endsAt: pacificMidnightAfter(now), requests: 0, input: 0 };
	}
	if (leases.some((lease) => isOver(lease, now))) leases = leases.filter((lease) => !isOver(lease, now));
	if (isOverByItself(state, now)) state = { state: 'available' };
	return state === bucket.status && day === bucket.day && leases === bucket.leases
		? bucket
		: { ...bucket, status: state, day, leases };
}

/** Where it is not known when a quota is whole again, a call goes first. */
function isOverByItself(state: BucketState, now: EpochMs): boolean {
	switch (state.state) {
		case 'unsupported':
			return state.until <= now;
		case 'coolingDown':
		case 'halfOpen':
			return state.wholeAt !== undefined && state.wholeAt <= now;
		case 'available':
			return false;
	}
}

/** When a rest or a closure ends at the latest; 0 where it is none. */
export function endOf(state: BucketState): EpochMs {
	switch (state.state) {
		case 'unsupported':
			return state.until;
		case 'coolingDown':
			return Math.max(state.until, state.wholeAt ?? 0);
		case 'available':
		case 'halfOpen':
			return 0;
	}
}

function isOver(lease: Lease, now: EpochMs): boolean {
	return lease.expiresAt <= now || lease.sentAt > now + skewMs;
}

/** ms. The first sign of life of a call takes no longer as a rule. */
export const expectedMs = 10_000;

/** Until when a call's first sign of life is waited for: as long as it takes as a rule; where it is late, to the lease's end. */
export function awaitedUntil({ sentAt, expiresAt }: Lease, now: EpochMs): EpochMs {
	const expected = sentAt + expectedMs;
	return now < expected ? Math.min(expected, expiresAt) : expiresAt;
}

export function leaseOf(bucket: Bucket, id: LeaseId): Lease | undefined {
	return bucket.leases.find((lease) => lease.id === id);
}
