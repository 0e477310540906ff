import type { BucketId } from '../types/key';
import type { Options } from '../types/options';
import type { LeaseAllocator } from './leaseAllocator';
import { isGrant, type LeaseChoice, type LeaseRequest } from '../types/leaseRequest';

/** ms. A wait for the wanted model that is at most this long beats another model. */
export const worthWaitingMs = 10_000;
/** After this many back-offs in a row the model is not waited for any more while another one can serve. */
const maxBackOffs = 4;
/** The same where each retry costs a request of a day that has few. */
const maxBackOffsOfSmallDay = 1;

/**
 * The wanted model; where all its keys rest for longer than is worth waiting, or than the request may still wait
 * (`patienceMs`), the first fallback that can serve now; else the wait for whichever bucket is back first.
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
	// A wait that never ends is none: the fallback answers then, whatever the setting.
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
