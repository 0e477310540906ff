import { dimensions, type Dimension, type Limits, type Project } from '../types/key';
import type { Bucket, EpochMs } from '../types/stateStore';
import { minuteUse } from './minuteCounter';

/** Requests up to which a day is small (docs/FACTS.md 4): they are kept for what nothing else can answer. */
export const smallDay = 50;

/**
 * The user's limits for a model, set under any of its names. The project's override those of the settings; of two names the
 * lower limit wins.
 *
 * @param standsFor resolves a name
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
 * The effective limit: the user's, else the learnt one, else undefined. If the service has refused calls below the user's
 * limit, the lower of both.
 */
export function limitOf(bucket: Bucket, userLimits: Limits | undefined, dimension: Dimension): number | undefined {
	const mine = userLimits?.[dimension];
	const known = bucket.limits[dimension];
	if (mine === undefined) return known?.value;
	return known?.despite === mine ? Math.min(mine, known.value) : mine;
}

/** ms. Two refusals within this time that our count does not explain show that another client keeps using the project. */
const recurrenceMs = 3 * 60_000;
/** ms. After this the full limit is used again, because the other client may have stopped. */
const keptMs = 10 * 60_000;

/**
 * Requests a minute that are left for us, after the estimated share of other clients. At least one if there is a limit.
 */
export function ourRpm(bucket: Bucket, userLimits: Limits | undefined, now: EpochMs): number | undefined {
	const rpm = limitOf(bucket, userLimits, 'rpm');
	return rpm === undefined ? undefined : Math.min(rpm, Math.max(1, rpm - externalShare(bucket, now)));
}

/** Whether external usage blocks a call, rather than the limit: then a call that succeeds says nothing about the limit. */
export function isExternalShare(bucket: Bucket, userLimits: Limits | undefined, now: EpochMs): boolean {
	const rpm = limitOf(bucket, userLimits, 'rpm') ?? 0;
	return externalShare(bucket, now) > 0 && minuteUse(bucket.minute, now).requests < rpm;
}

/** Estimated requests a minute of other clients. */
export function externalShare({ externalUsage }: Bucket, now: EpochMs): number {
	// A time too far in the future is left over from before the clock was set back.
	return externalUsage && externalUsage.until > now && externalUsage.until <= now + keptMs ? externalUsage.requests : 0;
}

/**
 * Records that other clients sent `external` requests within a minute. Once may be chance; again within a few minutes, it
 * becomes an estimate, averaged with the previous one.
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
