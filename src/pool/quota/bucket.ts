import type { LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { longestDayMs, pacificMidnightAfter } from './pacificDay';

/** ms. Clocks of two processes may differ by this much before a stored time counts as being in the future. */
export const skewMs = 5_000;

/** ms. After this long without a refusal, back-offs start over. */
export const backoffMemoryMs = 15 * 60_000;

export function initialBucket(now: EpochMs): Bucket {
	return {
		v: 2,
		status: { state: 'available' },
		limits: {},
		minute: [],
		day: { endsAt: pacificMidnightAfter(now), requests: 0, input: 0, sent: 0 },
		leases: [],
	};
}

/**
 * The bucket at `now`: without expired leases (their tokens stay spent), with a new day if the old one ended, and available
 * once its quota is full again. `clockRollback.ts` repairs other times that a clock set back has left in the future.
 */
export function bucketAt(bucket: Bucket, now: EpochMs): Bucket {
	let { status, day, leases } = bucket;
	if (day.endsAt <= now || day.endsAt > now + longestDayMs) {
		day = { endsAt: pacificMidnightAfter(now), requests: 0, input: 0, sent: 0 };
	}
	if (leases.some((lease) => hasExpired(lease, now))) leases = leases.filter((lease) => !hasExpired(lease, now));
	if (hasEnded(status, now)) status = { state: 'available' };
	return status === bucket.status && day === bucket.day && leases === bucket.leases
		? bucket
		: { ...bucket, status, day, leases };
}

/** Requests of the day that were ours. */
export function sentToday({ day }: Pick<Bucket, 'day'>): number {
	return day.sent ?? day.requests;
}

/** Where it is unknown when a quota is full again, a probe decides instead. */
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

/** When a cooldown or missing support ends at the latest; 0 without one. */
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

/** ms. The first chunk of a call usually takes no longer. */
export const expectedFirstChunkMs = 10_000;

/** ms. Nobody waits longer for the outcome of another one's call, whatever that may take: an answer can come whole, after minutes. */
export const longestProbeMs = 90_000;

/** How long to wait for a call's first chunk: the usual time, and if it is late, until the lease expires. */
export function firstChunkDueAt({ sentAt, expiresAt }: Lease, now: EpochMs): EpochMs {
	const expected = sentAt + expectedFirstChunkMs;
	return Math.min(expiresAt, now < expected ? expected : sentAt + longestProbeMs);
}

export function leaseOf(bucket: Bucket, id: LeaseId): Lease | undefined {
	return bucket.leases.find((lease) => lease.id === id);
}
