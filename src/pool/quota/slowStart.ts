import type { Limits } from '../types/key';
import type { Bucket, Lease, EpochMs } from '../types/stateStore';
import type { Rejected } from './admissionChecks';
import { expectedFirstChunkMs } from './bucket';
import { limitOf } from './limits';
import { minuteUse } from './minute';

/**
 * Slow start, as in TCP: a bucket whose requests a minute are not known takes no herd, because each call that is under way
 * when the limit is met is a refusal. What a minute is known to bear goes at once; beyond it a few at a time go ahead, and
 * the first sign of life of one lets the next one go.
 */
export function rejectedBySlowStart(
	bucket: Bucket,
	userLimits: Limits | undefined,
	now: EpochMs,
): Rejected | undefined {
	if (bucket.leases.length < minUnconfirmed || limitOf(bucket, userLimits, 'rpm') !== undefined) return undefined;
	const { sustainedRpm = 0, leases, minute } = bucket;
	const most = minUnconfirmed + Math.floor(sustainedRpm * unconfirmedShare);
	const ahead = leases.filter((lease) => isUnconfirmed(lease, now));
	const oldest = ahead[0];
	if (!oldest || ahead.length < most || minuteUse(minute, now).requests < sustainedRpm + most) return undefined;
	return { reason: 'unknownLimit', retryAt: oldest.sentAt + expectedFirstChunkMs, mayRetryEarlier: true };
}

/** As many as a batch is wide by default. */
const minUnconfirmed = 3;
/** And so many more of what a minute has borne: what is under way doubles in about half a minute. */
const unconfirmedShare = 1 / 16;

/** Refusals come at once: a call that is late has been let in, or nobody waits for its answer any more. */
export function isUnconfirmed({ hasFirstChunk, sentAt }: Lease, now: EpochMs): boolean {
	return hasFirstChunk !== true && now - sentAt < expectedFirstChunkMs;
}
