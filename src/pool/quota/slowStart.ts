import type { LeaseId, Limits } from '../key';
import type { Bucket, Lease, Wall } from '../ledger';
import type { Denied } from './admit';
import { at, expectedMs, leaseOf } from './bucket';
import { limitOf } from './limits';
import { minuteUse } from './minute';

/**
 * Slow start, as in TCP: a bucket whose requests a minute are not known takes no herd, because each call that is under way
 * when the limit is met is a refusal. What a minute is known to bear goes at once; beyond it a few at a time go ahead, and
 * the first sign of life of one lets the next one go.
 */
export function deniedBySlowStart(bucket: Bucket, own: Limits | undefined, now: Wall): Denied | undefined {
	if (bucket.leases.length < leastAhead || limitOf(bucket, own, 'rpm') !== undefined) return undefined;
	const { borne = 0, leases, minute } = bucket;
	const most = leastAhead + Math.floor(borne * shareAhead);
	const ahead = leases.filter((lease) => isAhead(lease, now));
	const oldest = ahead[0];
	if (!oldest || ahead.length < most || minuteUse(minute, now).requests < borne + most) return undefined;
	return { why: 'unknownLimit', retryAt: oldest.sentAt + expectedMs, mayEndSooner: true };
}

/** The first sign of life of a call: what the minute has borne without it is known now. */
export function borne(given: Bucket, id: LeaseId, now: Wall): Bucket {
	const bucket = at(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease || !isAhead(lease, now) || bucket.limits.rpm) return bucket;
	const leases = bucket.leases.map((one) => (one === lease ? { ...one, alive: true as const } : one));
	const count = minuteUse(bucket.minute, now).requests - leases.filter((one) => isAhead(one, now)).length;
	return { ...bucket, leases, borne: Math.max(bucket.borne ?? 0, count) };
}

/** As many as a batch is wide by default. */
const leastAhead = 3;
/** And so many more of what a minute has borne: what is under way doubles in about half a minute. */
const shareAhead = 1 / 16;

/** Refusals come at once: a call that is late has been let in, or nobody waits for its answer any more. */
function isAhead({ alive, sentAt }: Lease, now: Wall): boolean {
	return alive !== true && now - sentAt < expectedMs;
}
