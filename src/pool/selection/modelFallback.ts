import type { BucketId } from '../types/key';
import type { Options } from '../types/options';
import type { Granter } from './leaseAllocator';
import { isGrant, type Choice, type Seek } from '../types/leaseRequest';

/** ms. A wait for the wanted model that is at most this long beats another model. */
export const worthWaitingMs = 10_000;
/** After this many back-offs in a row the model is not waited for any more while another one can serve. */
const mostBackOffs = 4;
/** The same where each retry costs a request of a day that has few. */
const mostBackOffsOfSmallDay = 1;

/**
 * The wanted model; where all its keys rest for longer than is worth waiting, or than the request may still wait
 * (`patienceMs`), the first fallback that can serve now; else the wait for whichever bucket is back first.
 */
export async function grantAny(
	granter: Granter,
	seeks: readonly Seek[],
	whenExhausted: Options['whenExhausted'],
	now: number,
	patienceMs: number,
	held: ReadonlySet<BucketId>,
): Promise<Choice> {
	const [wanted, ...fallbacks] = seeks;
	if (!wanted) return { denial: { why: 'noKeys', retryAt: Infinity, on: undefined, model: '' } };
	const answer = await granter.grant(wanted, held);
	if (isGrant(answer)) return { grant: answer };
	if (answer.why === 'paused' || answer.why === 'throttled') return { denial: answer };
	const worthMs = Math.min(worthWaitingMs, patienceMs);
	const most = granter.hasSmallDays(wanted) ? mostBackOffsOfSmallDay : mostBackOffs;
	const soon = answer.retryAt - now <= worthMs && (answer.repeats ?? 0) <= most;
	// A wait that never ends is none: the fallback answers then, whatever the setting.
	if (soon || (whenExhausted === 'wait' && answer.retryAt < Infinity)) return { denial: answer };
	let first = answer;
	let mayEndSooner = answer.mayEndSooner;
	for (const seek of fallbacks) {
		const other = await granter.grant(seek, held);
		if (isGrant(other)) return { grant: other, insteadOf: answer };
		if (other.retryAt < first.retryAt) first = other;
		mayEndSooner ??= other.mayEndSooner;
	}
	return { denial: mayEndSooner ? { ...first, mayEndSooner } : first };
}
