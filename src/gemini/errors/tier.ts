import type { ParsedFailure } from './parse';

/**
 * Whether a 429 shows that the service counts the project as free: a quota names that tier. Prose about tiers is advice
 * and proves nothing.
 */
export function tierIn({ status, violations, legacyQuota }: ParsedFailure): 'free' | undefined {
	if (status !== undefined && status !== 429) return undefined;
	return [...violations, legacyQuota].some((quota) => quota?.isFree) ? 'free' : undefined;
}
