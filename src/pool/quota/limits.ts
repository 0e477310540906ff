import type { Dimension, Limits, Project } from '../types/key';
import type { Bucket } from '../types/stateStore';

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
