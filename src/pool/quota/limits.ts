import type { Dimension, Limits, Project } from '../types/key';
import type { Bucket, EpochMs } from '../types/stateStore';
import { minuteUse } from './minuteCounter';

export const dimensions: readonly Dimension[] = ['rpm', 'tpm', 'rpd', 'tpd'];

/**
 * The user's own limits for a model, by whichever of its names they were set: those of the project before those of the
 * settings, and of what two names say the lower.
 *
 * @param standsFor what a name leads to
 */
export function userLimitsOf(
	{ limits, presetLimits }: Project,
	resolved: string,
	standsFor: (name: string) => string,
): Limits | undefined {
	const userLimits = underAllNames(limits, resolved, standsFor);
	const preset = underAllNames(presetLimits, resolved, standsFor);
	return userLimits && preset ? { ...preset, ...userLimits } : (userLimits ?? preset);
}

function underAllNames(
	limits: Project['limits'],
	resolved: string,
	standsFor: (name: string) => string,
): Limits | undefined {
	let all: Limits | undefined;
	for (const [name, one] of Object.entries(limits ?? {})) {
		if (name === resolved || standsFor(name) === resolved) all = all ? lower(all, one) : one;
	}
	return all;
}

function lower(a: Limits, b: Limits): Limits {
	const both: Partial<Record<Dimension, number>> = { ...a };
	for (const dimension of dimensions) {
		const value = b[dimension];
		if (value !== undefined) both[dimension] = Math.min(value, both[dimension] ?? value);
	}
	return both;
}

/**
 * What holds: the user's own limit, else the learnt one; nothing where neither is known. Of an own one that the service
 * has refused calls under, the lower of both.
 */
export function limitOf(bucket: Bucket, userLimits: Limits | undefined, dimension: Dimension): number | undefined {
	const mine = userLimits?.[dimension];
	const known = bucket.limits[dimension];
	if (mine === undefined) return known?.value;
	return known?.despite === mine ? Math.min(mine, known.value) : mine;
}

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
