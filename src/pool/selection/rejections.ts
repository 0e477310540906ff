import { isFreeOfCost, type BucketId } from '../types/key';
import type { Docs, EpochMs } from '../types/stateStore';
import type { LeaseRequest, Rejection } from '../types/leaseRequest';
import type { BudgetShortage } from '../types/spending';
import { longer } from '../budget/budgetCheck';
import type { NotAllowed } from '../budget/budgetGuard';
import type { Tokens } from '../health/modelRecord';
import { rejectedByWindow, type Rejected } from '../quota/admissionChecks';
import { bucketAt, initialBucket } from '../quota/bucket';
import { mayTest } from '../quota/limitLearning';
import { limitOf } from '../quota/limits';
import type { Candidate } from './candidates';
import { mayServe } from './ranking';

const retryEarlier = { mayRetryEarlier: true } as const;

/** Why no key can serve, from the key that can serve again first. */
export function rejection(
	candidates: readonly Candidate[],
	docs: Docs,
	request: LeaseRequest,
	size: Tokens,
	{ held, notAllowed }: { held: ReadonlySet<BucketId>; notAllowed: ReadonlyMap<BucketId, NotAllowed> },
	now: EpochMs,
	last: Rejection | undefined,
): Rejection {
	let first = last;
	let mayRetryEarlier = last?.mayRetryEarlier;
	let shortage = last?.shortage;
	for (const candidate of candidates) {
		const byQuota = rejectionOf(docs, request, candidate, size, now);
		// What money forbids is not allowed either when a cooldown has ended.
		const byMoney = byQuota || mayServe(request, candidate) ? notAllowed.get(candidate.bucketId) : undefined;
		const rejected: (Rejected & Pick<Rejection, 'shortage'>) | undefined =
			longer<Rejected>(byQuota, byMoney) ?? rejectedAsHeld(request, candidate, held);
		if (rejected)
			first = earlier(first, { ...rejected, on: candidate.key, bucketId: candidate.bucketId, model: request.model });
		mayRetryEarlier ??= rejected?.mayRetryEarlier;
		shortage = sooner(shortage, rejected?.shortage);
	}
	if (!first) return { reason: 'noKeys', retryAt: Infinity, on: undefined, model: request.model };
	return withHints(first, { mayRetryEarlier, shortage });
}

/** The rejection with what others, which end later, say beside it. */
export function withHints(
	first: Rejection,
	{ mayRetryEarlier, shortage }: { readonly [K in 'mayRetryEarlier' | 'shortage']: Rejection[K] | undefined },
): Rejection {
	const lacks = sooner(first.shortage, shortage);
	return { ...first, ...(lacks && { shortage: lacks }), ...(mayRetryEarlier && { mayRetryEarlier }) };
}

/** Of two budgets the one that may have what it lacks in a moment: the first, where that is so of both or of none. */
export function sooner(a: BudgetShortage | undefined, b: BudgetShortage | undefined): BudgetShortage | undefined {
	return !a || (b?.isHeld && !a.isHeld) ? b : a;
}

/** Why this key cannot serve; undefined for a key that is out of the question. */
export function rejectionOf(
	docs: Docs,
	request: LeaseRequest,
	candidate: Candidate,
	size: Tokens,
	now: EpochMs,
): Rejected | undefined {
	const { record, key } = candidate;
	if (!key.enabled || !matchesNeeds(request, candidate)) return undefined;
	if (record.status.state === 'quarantined') return { reason: record.status.reason, retryAt: Infinity };
	const tooLarge = rejectedAsTooLarge(docs, candidate, size, now);
	if (tooLarge) return tooLarge;
	const { blockedUntil, reason, tokensLeft, mayRetryEarlier, inFlight } = candidate.status;
	const blocked: Rejected = {
		reason: reason ?? 'noUsableKey',
		retryAt: blockedUntil,
		...(mayRetryEarlier ? retryEarlier : {}),
		// Only a limit of 0 never ends.
		...(blockedUntil === Infinity && { limit: 0 }),
	};
	if (!mayServe(request, candidate)) {
		const waits = blockedUntil > now && !(request.paidForSize && candidate.project.tier === 'free');
		return waits ? blocked : undefined;
	}
	if (blockedUntil > now) return blocked;
	if (size.likely <= tokensLeft) return undefined;
	const bucket = docs.bucket.get(candidate.bucketId) ?? initialBucket(now);
	const full = rejectedByWindow(bucketAt(bucket, now), { ...size, userLimits: candidate.userLimits }, now);
	// A call in flight may turn out smaller than estimated.
	return full && { ...full, ...(full.reason === 'tpm' && inFlight > 0 ? retryEarlier : {}) };
}

/** The request alone exceeds what a minute is known to allow: the end of a cooldown would not help it, unless it may test the limit. */
function rejectedAsTooLarge(
	docs: Docs,
	{ bucketId: id, userLimits }: Candidate,
	{ likely }: Tokens,
	now: EpochMs,
): Rejected | undefined {
	const bucket = docs.bucket.get(id) ?? initialBucket(now);
	const limit = limitOf(bucket, userLimits, 'tpm');
	if (limit === undefined || limit === 0 || likely <= limit || mayTest(bucket, userLimits, 'tpm', now))
		return undefined;
	return { reason: 'tooLargeForTier', retryAt: Infinity, limit };
}

/** Whether the bucket is held back for requests ahead. */
function rejectedAsHeld(
	request: LeaseRequest,
	candidate: Candidate,
	held: ReadonlySet<BucketId>,
): Rejected | undefined {
	if (!held.has(candidate.bucketId) || !mayServe(request, candidate)) return undefined;
	const { validUntil } = candidate.status;
	return { reason: 'tpm', retryAt: validUntil, ...retryEarlier };
}

/** Whether a key that is excluded in this round can serve the request after a wait. */
function matchesNeeds({ needs }: LeaseRequest, { project }: Candidate): boolean {
	if ((needs.paid && project.tier !== 'paid') || (needs.free && !isFreeOfCost(project))) return false;
	return needs.project === undefined || needs.project === project.id;
}

/** The rejection that ends first. Of two that end together, one about the request says more than one about a key. */
export function earlier(a: Rejection | undefined, b: Rejection): Rejection {
	if (!a || b.retryAt < a.retryAt) return b;
	return a.retryAt === b.retryAt && isOfRequest(b) ? b : a;
}

/** A person can lift a budget, and ask less; so they can of a cap, or of a day, that the request alone exceeds. */
function isOfRequest({ reason, retryAt }: Rejection): boolean {
	return (
		reason === 'budget' ||
		reason === 'tooLargeForTier' ||
		((reason === 'cap' || reason === 'tpd') && retryAt === Infinity)
	);
}
