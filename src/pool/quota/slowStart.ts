import type { Limits } from '../types/key';
import type { Bucket, Lease, EpochMs } from '../types/stateStore';
import type { Rejected } from './admissionChecks';
import { expectedMs } from './bucket';
import { limitOf } from './limits';
import { minuteUse } from './minute';

/**
 * Slow start, as in TCP: a bucket whose requests a minute are not known takes no herd, because each call that is under way
 * when the limit is met is a refusal. What a minute is known to bear goes at once; beyond it a few at a time go ahead, and
 * the first sign of life of one lets the next one go.
 */
export function rejectedBySlowStart(bucket: Bucket, own: Limits | undefined, now: EpochMs): Rejected | undefined {
	if (bucket.leases.length < leastAhead || limitOf(bucket, own, 'rpm') !== undefined) return undefined;
	const { sustainedRpm: borne = 0, leases, minute } = bucket;
	const most = leastAhead + Math.floor(borne * shareAhead);
	const ahead = leases.filter((lease) => isAhead(lease, now));
	const oldest = ahead[0];
	if (!oldest || ahead.length < most || minuteUse(minute, now).requests < borne + most) return undefined;
	return { reason: 'unknownLimit', retryAt: oldest.sentAt + expectedMs, mayRetryEarlier: true };
}

/** As many as a batch is wide by default. */
const leastAhead = 3;
/** And so many more of what a minute has borne: what is under way doubles in about half a minute. */
const shareAhead = 1 / 16;

/** Refusals come at once: a call that is late has been let in, or nobody waits for its answer any more. */
export function isAhead({ hasFirstChunk: alive, sentAt }: Lease, now: EpochMs): boolean {
	return alive !== true && now - sentAt < expectedMs;
}
