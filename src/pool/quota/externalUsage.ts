import type { Limits } from '../types/key';
import type { Bucket, EpochMs } from '../types/stateStore';
import { limitOf } from './limits';
import { minuteUse } from './minute';

/** Two refusals within this, in ms, that our own count does not explain: somebody else uses the project all the time. */
const recurrenceMs = 3 * 60_000;
/** ms. After this the whole limit is tried again: the stranger may have gone. */
const keptMs = 10 * 60_000;

/**
 * Requests a minute of the limit that are left for us: a stranger who keeps using the project takes his share first, and
 * each call that counts on it is refused. At least one where there is a limit at all.
 */
export function ourRpm(bucket: Bucket, userLimits: Limits | undefined, now: EpochMs): number | undefined {
	const rpm = limitOf(bucket, userLimits, 'rpm');
	const share = externalShare(bucket, now);
	return rpm === undefined || share === 0 ? rpm : Math.min(rpm, Math.max(1, rpm - share));
}

/** Whether it is the stranger's share that stands in the way, and not the limit: a call that gets past it tells nothing. */
export function isExternalShare(bucket: Bucket, userLimits: Limits | undefined, now: EpochMs): boolean {
	const rpm = limitOf(bucket, userLimits, 'rpm') ?? 0;
	return externalShare(bucket, now) > 0 && minuteUse(bucket.minute, now).requests < rpm;
}

/** Requests a minute that somebody else is thought to send. */
export function externalShare({ externalUsage }: Bucket, now: EpochMs): number {
	// A time that is too far away was left by a clock that went backwards.
	return externalUsage && externalUsage.until > now && externalUsage.until <= now + keptMs ? externalUsage.requests : 0;
}

/**
 * Takes the news that within a minute somebody else has sent `foreign` requests. Once is chance; again soon, it is somebody
 * to count with: half by what was thought before.
 */
export function observeExternalUsage(
	bucket: Bucket,
	external: number,
	refusedBefore: EpochMs | undefined,
	now: EpochMs,
): Bucket {
	if (refusedBefore === undefined || now - refusedBefore >= recurrenceMs) return bucket;
	const known = externalShare(bucket, now);
	const requests = Math.ceil(known === 0 ? external : (known + external) / 2);
	return { ...bucket, externalUsage: { requests, until: now + keptMs } };
}
