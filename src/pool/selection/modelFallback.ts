import type { BucketId } from '../types/key';
import type { Options } from '../types/options';
import type { LeaseAllocator } from './leaseAllocator';
import { isGrant, type LeaseChoice, type LeaseRequest } from '../types/leaseRequest';

/** ms. The wanted model is waited for up to this long before a fallback is used. */
export const worthWaitingMs = 10_000;
/** After this many consecutive back-offs the wanted model is not waited for if another one can serve. */
const maxBackOffs = 4;
/** The same while the day has few requests. */
const maxBackOffsOfSmallDay = 1;

/**
 * A lease for the wanted model. If all its keys cool down for longer than is worth waiting, or than the request may still wait
 * (`remainingWaitMs`), one for the first fallback that can serve now. Otherwise the rejection that ends first.
 */
export async function allocateWithFallback(
	allocator: LeaseAllocator,
	requests: readonly LeaseRequest[],
	whenExhausted: Options['whenExhausted'],
	now: number,
	remainingWaitMs: number,
	held: ReadonlySet<BucketId>,
): Promise<LeaseChoice> {
	const [wanted, ...fallbacks] = requests;
	if (!wanted) return { rejection: { reason: 'noKeys', retryAt: Infinity, on: undefined, model: '' } };
	const answer = await allocator.allocate(wanted, held);
	if (isGrant(answer)) return { grant: answer };
	if (['paused', 'throttled', 'clientHeld'].includes(answer.reason)) return { rejection: answer };
	const worthMs = Math.min(worthWaitingMs, remainingWaitMs);
	const most = allocator.hasSmallDays(wanted) ? maxBackOffsOfSmallDay : maxBackOffs;
	const soon = answer.retryAt - now <= worthMs && (answer.backoffLevel ?? 0) <= most;
	// If waiting never helps, the fallback is used whatever the setting.
	if (soon || (whenExhausted === 'wait' && answer.retryAt < Infinity)) return { rejection: answer };
	let first = answer;
	let mayRetryEarlier = answer.mayRetryEarlier;
	for (const request of fallbacks) {
		const other = await allocator.allocate(request, held);
		if (isGrant(other)) return { grant: other, insteadOf: answer };
		if (other.retryAt < first.retryAt) first = other;
		mayRetryEarlier ??= other.mayRetryEarlier;
	}
	return { rejection: mayRetryEarlier ? { ...first, mayRetryEarlier } : first };
}
