import type { Project } from '../types/key';
import type { SpendingRecord } from '../types/spending';
import type { EpochMs } from '../types/stateStore';

/** The most requests and tokens that a person allows a project in a Pacific day; nothing where no number says so. */
export function dailyCapOf({
	dailyCap,
}: Pick<Project, 'dailyCap'>): { requests?: number; tokens?: number } | undefined {
	const { requests = NaN, tokens = NaN } = dailyCap ?? {};
	const cap = Object.entries({ requests, tokens }).filter(([, most]) => !Number.isNaN(most));
	return cap.length > 0 ? Object.fromEntries(cap) : undefined;
}

export interface CapReached {
	readonly reason: 'cap';
	/** Infinite where waiting never helps. */
	readonly retryAt: EpochMs;
	/** Tokens, or requests, where the request exceeds them by itself. */
	readonly limit?: number;
	/** The requests that it counts as, where it is these. */
	readonly size?: number;
	/** Calls under way hold what is missing, and can give it back. */
	readonly mayRetryEarlier?: true;
}

/**
 * Whether the cap is used up, and until when. Tokens are those of prompts and answers, and what was used before the cap was
 * set counts as well. `record` is one of now.
 *
 * @param likelyTokens input tokens of the request that would be the next one
 * @param counted requests that it counts as
 */
export function rejectedByDailyCap(
	project: Pick<Project, 'dailyCap'>,
	{ day, reservations }: SpendingRecord,
	likelyTokens: number,
	counted = 1,
): CapReached | undefined {
	const { requests = Infinity, tokens = Infinity } = dailyCapOf(project) ?? {};
	// Nothing is allowed, on no day.
	if (requests === 0 || tokens === 0) return { reason: 'cap', retryAt: Infinity, limit: 0 };
	// It alone is more than the whole day has.
	if (likelyTokens > tokens) return { reason: 'cap', retryAt: Infinity, limit: tokens };
	if (counted > requests) return { reason: 'cap', retryAt: Infinity, limit: requests, size: counted };
	const isFull = (used: { readonly requests: number; readonly tokens: number }): boolean =>
		used.requests + counted > requests || used.tokens >= tokens || used.tokens + likelyTokens > tokens;
	if (!isFull(day)) return undefined;
	const ended = { requests: day.requests, tokens: day.tokens };
	for (const held of reservations) {
		if (held.dayEndsAt !== day.endsAt) continue;
		ended.requests -= held.requests ?? 1;
		ended.tokens -= held.tokens;
	}
	return { reason: 'cap', retryAt: day.endsAt, ...(!isFull(ended) && { mayRetryEarlier: true }) };
}
