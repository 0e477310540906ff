import type { ParsedFailure } from './parse';

/** Matches the name of a quota. */
const freeTier = /free[_-]?tier/i;

/**
 * Whether a 429 shows that the service counts the project as free: the id of a quota ends in `-FreeTier`, or its metric
 * contains `free_tier`. Prose about tiers is advice and proves nothing.
 */
export function tierIn({ status, violations, legacyQuota }: ParsedFailure): 'free' | undefined {
	if (status !== undefined && status !== 429) return undefined;
	const named = [...violations, ...(legacyQuota ? [legacyQuota] : [])];
	return named.some(({ quotaId = '', quotaMetric = '' }) => freeTier.test(quotaId) || freeTier.test(quotaMetric))
		? 'free'
		: undefined;
}
