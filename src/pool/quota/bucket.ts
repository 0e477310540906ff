import type { LeaseId } from '../key';
import type { Bucket, Lease, Wall } from '../ledger';
import { pacificMidnightAfter } from './pacificDay';

/** The clock may run this far ahead between two processes before a stored time counts as one of the future, in ms. */
export const skewMs = 5_000;

/** A clean stretch of this length, in ms, forgets earlier refusals. */
export const forgetMs = 15 * 60_000;

const longestDayMs = 26 * 3_600_000;

export function freshBucket(now: Wall): Bucket {
	return {
		v: 1,
		state: { is: 'open' },
		limits: {},
		minute: [],
		day: { endsAt: pacificMidnightAfter(now), requests: 0, input: 0 },
		leases: [],
	};
}

/**
 * The bucket as it stands at `now`: expired leases are gone (what they counted stays spent), a day that ended starts
 * anew. Other times of the future, left by a clock that went backwards, are `future.ts`'s.
 */
export function at(bucket: Bucket, now: Wall): Bucket {
	let { state, day, leases } = bucket;
	if (day.endsAt <= now || day.endsAt > now + longestDayMs) {
		day = { endsAt: pacificMidnightAfter(now), requests: 0, input: 0 };
	}
	if (leases.some((lease) => isOver(lease, now))) leases = leases.filter((lease) => !isOver(lease, now));
	if (state.is === 'closed' && state.until <= now) state = { is: 'open' };
	return state === bucket.state && day === bucket.day && leases === bucket.leases
		? bucket
		: { ...bucket, state, day, leases };
}

function isOver(lease: Lease, now: Wall): boolean {
	return lease.expiresAt <= now || lease.sentAt > now + skewMs;
}

/** ms. The first sign of life of a call takes no longer as a rule. */
export const expectedMs = 10_000;

/** Until when a call's first sign of life is waited for: as long as it takes as a rule; where it is late, to the lease's end. */
export function awaitedUntil({ sentAt, expiresAt }: Lease, now: Wall): Wall {
	const expected = sentAt + expectedMs;
	return now < expected ? Math.min(expected, expiresAt) : expiresAt;
}

export function leaseOf(bucket: Bucket, id: LeaseId): Lease | undefined {
	return bucket.leases.find((lease) => lease.id === id);
}
