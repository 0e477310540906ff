import type { Random } from '../types/clock';
import { isFreeOfCost, type BucketId, type KeyId, type Project, type ProjectId } from '../types/key';
import { markUsed } from '../health/keyRecord';
import type { Bucket, StateStore, EpochMs } from '../types/stateStore';
import { updateFairness } from '../queue/sharedQueue';
import {
	rejectedByOverload,
	recordAsked,
	startOverloadProbe,
	tokensOf,
	type Tokens,
	resolveAlias,
} from '../health/modelRecord';
import { initialModelRecord } from '../health/initialRecords';
import type { Options } from '../types/options';
import { RollbackGuard } from '../store/rollbackGuard';
import { firstInQueue, mayServe, Ranking } from './ranking';
import { earlier, rejection, rejectionOf, sooner, withHints } from './rejections';
import type { BudgetGuard, NotAllowed, Purchase } from '../budget/budgetGuard';
import { dailyCapOf } from '../budget/dailyCap';
import { admit } from '../quota/lease';
import { rejectedByState, deniedUntil, type Rejected } from '../quota/admissionChecks';
import { bucketAt, longestProbeMs } from '../quota/bucket';
import { limitOf, smallDay } from '../quota/limits';
import { limitingDimension, mayTest } from '../quota/limitLearning';
import type { RequestSize, Needs } from '../types/poolRequest';
import { isRevoked } from '../health/revokedTier';
import type { Rejection, LeaseGrant, LeaseRequest, LeaseChoice } from '../types/leaseRequest';
import type { Candidate, Candidates } from './candidates';
import { rejectedByThrottle, isThrottleProbe, startThrottleProbe } from '../health/throttle';
import { maxRanked, type RunningStrategy } from './strategies/strategy';

/** How often stale facts may mislead one choice before it is rejected. */
const maxPasses = 4;
const none: ReadonlySet<BucketId> = new Set();
/** ms. A lease that was known for longer is not used: its send would be counted in the wrong minute. The way to a server is no part. */
const staleGrantMs = 1_000;
/** ms. The same if the consumer has read a part since; a new lease is cheap. */
const heldGrantMs = 100;
/** ms. A request that yields to another window tries again after this at the latest. */
const yieldMs = 1_000;
/** Input tokens a minute that every known tier allows. Smaller requests need no check of the tier's limit. */
const minTierTokens = 10_000;
/** ms. A key whose cooldown lasts longer is no probe of the throttle. */
const probeWithinMs = 60_000;

/** Ranks, then grants: the strategy ranks from possibly stale facts, and one atomic step in the store grants the lease. */
export class LeaseAllocator {
	private readonly rollbackGuard: RollbackGuard;
	private readonly ranking: Ranking;

	constructor(
		private readonly store: StateStore,
		private readonly candidates: Candidates,
		random: Random,
		options: () => Options,
		private readonly strategy: () => RunningStrategy,
		private readonly guard: BudgetGuard,
	) {
		this.rollbackGuard = new RollbackGuard(store);
		this.ranking = new Ranking(candidates, random, options, strategy);
	}

	/** @param held buckets that are held back for requests ahead */
	async allocate(request: LeaseRequest, held: ReadonlySet<BucketId> = none): Promise<LeaseGrant | Rejection> {
		const now = await this.rollbackGuard.now();
		const refused = this.rejectedForAll(request, now);
		if (refused) return refused;
		const { throttled } = this.store.replica().pool;
		const probe = throttled && (await this.allocateProbe(request, throttled.projects, now));
		if (probe) return probe;
		const size = this.tokensOf(request.model, request.size);
		const { likely } = size;
		const notAllowed = this.notAllowed(request, likely, now);
		const barred = new Set<BucketId>([...held, ...notAllowed.keys()]);
		const rejected = new Set<BucketId>([...barred, ...this.tooSmallByTier(request, likely, now)]);
		let last: Rejection | undefined;
		let asked = request;
		for (let pass = 0; pass < maxPasses; pass++) {
			const usable = this.ranking.usable(asked, likely, rejected, now);
			for (const which of ['first', 'second'] as const) {
				for (const candidate of this.ranking.rank(asked, usable, which, now)) {
					if (rejected.has(candidate.bucketId)) continue;
					const answer = await this.tryLease(request, candidate, false);
					if (isGrant(answer)) {
						this.strategy().onGranted(candidate, usable.first);
						return answer;
					}
					last = earlier(last, answer);
					// What is wrong with a key is not with the others of its project.
					if (answer.bucketId === undefined) asked = withoutKey(asked, candidate);
					else rejected.add(candidate.bucketId);
				}
			}
			if (usable.first.length + usable.second.length <= maxRanked) break;
		}
		const test = await this.tryLimitTest(request, size, barred, now);
		if (test) return test;
		if (!last) {
			// A bucket may have become available since the ranking: then nothing says why none was granted.
			const { first, second } = this.ranking.usable(request, likely, rejected, now);
			if (first.length + second.length > 0) return this.allocate(request, held);
		}
		return rejection(
			this.candidates.of(request.model, now),
			this.store.replica(),
			request,
			size,
			{ held, notAllowed },
			now,
			last,
		);
	}

	/**
	 * Whether the grant can still be used: nothing has become known since that would reject it, its key is still enabled, and it
	 * is paid, or free, if such keys are demanded by now.
	 *
	 * @param heldUp whether the consumer has read a part since the grant
	 */
	isStillValid(
		{ bucketId: id, key: keyId, model, knownAt, lease }: LeaseGrant,
		{ paid, free }: Needs,
		heldUp: boolean,
	): boolean {
		const { bucket, key, pool } = this.store.replica();
		const candidate = this.candidates.find(model, keyId);
		if (!candidate?.key.enabled || (free && !isFreeOfCost(candidate.project))) return false;
		if (paid && (!candidate.isPaid || isRevoked(pool, candidate.project.id))) return false;
		const status = bucket.get(id)?.status;
		const now = this.store.now();
		if (pool.throttled && !isThrottleProbe(pool, lease)) return false;
		if (pool.paused || key.get(keyId)?.status.state === 'quarantined') return false;
		// The bucket was available at the time of the grant, so this state is newer.
		if (status?.state === 'coolingDown' || status?.state === 'unsupported') return false;
		return Math.abs(now - knownAt) <= (heldUp ? heldGrantMs : staleGrantMs);
	}

	/** Whether some key, other than `except`, could serve now, from possibly stale facts. */
	couldServe(request: LeaseRequest, except?: KeyId): boolean {
		const now = this.store.now();
		if (this.rejectedForAll(request, now)) return false;
		return this.candidates
			.of(request.model, now)
			.some(
				(one) =>
					one.key.id !== except &&
					mayServe(request, one) &&
					one.status.blockedUntil <= now &&
					!this.guard.rejected(this.store.replica(), this.purchaseOf(request, one.project), now),
			);
	}

	/** Whether the grant's project has so few requests a day that retries are limited. */
	hasSmallDay({ key, model, bucketId: id }: LeaseGrant): boolean {
		const candidate = this.candidates.find(model, key);
		return candidate !== undefined && requestsOfDay(candidate, this.store.replica().bucket.get(id)) <= smallDay;
	}

	/** The same for every key that could serve the request. */
	hasSmallDays(request: LeaseRequest): boolean {
		const { bucket } = this.store.replica();
		const serving = this.candidates
			.of(request.model, this.store.now())
			.filter((candidate) => mayServe(request, candidate));
		return (
			serving.length > 0 &&
			serving.every((candidate) => requestsOfDay(candidate, bucket.get(candidate.bucketId)) <= smallDay)
		);
	}

	/** The atomic step: checks again everything that ranking may have read stale. */
	private async tryLease(
		request: LeaseRequest,
		candidate: Candidate,
		mayTestLimits: boolean,
	): Promise<LeaseGrant | Rejection> {
		const { model, size, lease, holder, client, isWatched, serviceTier, leaseMs } = request;
		const { key, project, bucketId: id, userLimits } = candidate;
		const resolved = resolveAlias(this.store, model);
		let runs = 0;
		const answer = await this.store.transact((tx, now): LeaseGrant | Rejection => {
			runs++;
			const reject = (rejected: Rejected): Rejection => ({ ...rejected, on: key, model, bucketId: id });
			const pool = tx.pool();
			if (pool.paused) return reject({ reason: 'paused', retryAt: Infinity });
			const throttled = rejectedByThrottle(pool, now);
			if (throttled) return reject(throttled);
			// The ranking may not know yet that the service counts this project as free.
			if ((request.needs.paid || request.paidForSize) && isRevoked(pool, project.id)) {
				return reject({ reason: 'paidOnly', retryAt: Infinity });
			}
			const record = tx.key(key.id);
			if (record.status.state === 'quarantined')
				return { reason: record.status.reason, retryAt: Infinity, on: key, model };
			const deniedTo = deniedUntil(record, resolved, now);
			if (deniedTo > 0) return { reason: 'modelDenied', retryAt: deniedTo, on: key, model };
			const modelRecord = tx.model(resolved);
			const busy = rejectedByOverload(modelRecord, now);
			if (busy) return reject(busy);
			const share = this.store.limitShare?.(id);
			// A part of a limit says nothing about the limit.
			const mayTest = mayTestLimits && !share;
			const tokens = tokensOf(size, modelRecord);
			const admission = { lease, holder, leaseMs, userLimits, mayTest, ...tokens, ...(share && { share }) };
			const admitted = admit(tx.bucket(id), admission, now);
			if ('reason' in admitted) return reject(admitted);
			const first = firstInQueue(tx, request, candidate, admission, resolved, now);
			if (first) return { ...reject({ reason: first.reason, retryAt: now + yieldMs }), behind: true };
			const likelyTokens = admitted.lease.input;
			const notAllowed = this.guard.reserve(tx, { request, project, resolved, likelyTokens }, now);
			if (notAllowed) return reject(notAllowed);
			if (request.ticket) updateFairness(tx, request.ticket, now);
			tx.record({ kind: 'bucket', id, event: { at: now, type: 'admitted', lease: admitted.lease } }, admitted.room);
			tx.put({ kind: 'key', id: key.id, doc: markUsed(record, now) });
			const probeEndsAt = now + Math.min(leaseMs, longestProbeMs);
			// However short the lease: when it was sent follows from this end.
			const probed = startOverloadProbe(modelRecord, lease, now + longestProbeMs);
			tx.put({ kind: 'model', id: resolved, doc: recordAsked(probed, now) });
			tx.put({ kind: 'pool', doc: startThrottleProbe(pool, lease, probeEndsAt, now) });
			const granted = { key: key.id, label: key.label, bucketId: id, likelyTokens, sentAt: now, knownAt: now };
			const { id: projectId, tier } = project;
			const by = { holder, client, isWatched, serviceTier };
			return { ...granted, ...by, model, lease, project: projectId, tier, resolved, size, leaseMs };
		});
		// Somebody else asks for the same key: the next request of this window had better try another.
		if (runs > 1) candidate.place = undefined;
		return isGrant(answer) ? { ...answer, knownAt: this.store.now() } : answer;
	}

	/**
	 * While the pool is throttled, leases the one call that probes, on a key of the refused projects, so that no other project is
	 * affected. Undefined if none of their keys can ever serve.
	 */
	private async allocateProbe(
		request: LeaseRequest,
		refused: readonly ProjectId[],
		now: EpochMs,
	): Promise<LeaseGrant | Rejection | undefined> {
		let first: Rejection | undefined;
		for (const candidate of this.candidates.of(request.model, now)) {
			if (!refused.includes(candidate.project.id) || !mayServe(request, candidate)) continue;
			const { blockedUntil, reason = 'throttled' } = candidate.status;
			if (blockedUntil > now + probeWithinMs) continue;
			const { key: on, bucketId: id } = candidate;
			// No step of the store for each key that is known to cool down.
			const answer =
				blockedUntil > now
					? { reason, retryAt: blockedUntil, on, model: request.model, bucketId: id }
					: await this.tryLease(request, candidate, false);
			if (isGrant(answer)) return answer;
			first = earlier(first, answer);
		}
		return first;
	}

	/** Every key was rejected: one call may exceed a learnt limit that is due for a retest. */
	private async tryLimitTest(
		request: LeaseRequest,
		size: Tokens,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
	): Promise<LeaseGrant | undefined> {
		for (const candidate of this.candidates.of(request.model, now)) {
			if (!mayServe(request, candidate) || held.has(candidate.bucketId)) continue;
			const inTheWay = limitingDimension(rejectionOf(this.store.replica(), request, candidate, size, now)?.reason);
			const bucket = this.store.replica().bucket.get(candidate.bucketId);
			if (!bucket || !inTheWay || rejectedByState(bucketAt(bucket, now), now)) continue;
			if (!mayTest(bucket, candidate.userLimits, inTheWay, now)) continue;
			const answer = await this.tryLease(request, candidate, true);
			if (isGrant(answer)) return answer;
		}
		return undefined;
	}

	/** Estimated input tokens of a request, by the model's learnt ratio. */
	likelyTokens(model: string, size: RequestSize): number {
		return this.tokensOf(model, size).likely;
	}

	private tokensOf(model: string, size: RequestSize): Tokens {
		return tokensOf(size, this.store.replica().model.get(resolveAlias(this.store, model)) ?? initialModelRecord);
	}

	private rejectedForAll({ model, client }: LeaseRequest, now: EpochMs): Rejection | undefined {
		const docs = this.store.replica();
		const { pool, model: models } = docs;
		const reject = (reason: Rejection['reason'], retryAt: EpochMs): Rejection => ({
			reason,
			retryAt,
			on: undefined,
			model,
		});
		if (pool.paused) return reject('paused', Infinity);
		if (this.guard.isHeld(docs, client)) return reject('clientHeld', Infinity);
		const throttled = rejectedByThrottle(pool, now);
		if (throttled) return { ...throttled, on: undefined, model };
		const record = models.get(resolveAlias(this.store, model));
		if (!record) return undefined;
		if ((record.missingUntil ?? 0) > now) return reject('noSuchModel', Infinity);
		const busy = rejectedByOverload(record, now);
		return busy && { ...busy, on: undefined, model };
	}

	/** Buckets that money or a cap forbids for this request, as far as is known here, and why. */
	private notAllowed(request: LeaseRequest, likelyTokens: number, now: EpochMs): ReadonlyMap<BucketId, NotAllowed> {
		const docs = this.store.replica();
		const found = new Map<BucketId, NotAllowed>();
		const byProject = new Map<ProjectId, NotAllowed | undefined>();
		for (const { project, bucketId: id } of this.candidates.of(request.model, now)) {
			if (!this.guard.concerns(project)) continue;
			if (!byProject.has(project.id)) {
				byProject.set(project.id, this.guard.rejected(docs, this.purchaseOf(request, project, likelyTokens), now));
			}
			const rejected = byProject.get(project.id);
			if (rejected) found.set(id, rejected);
		}
		return found;
	}

	private purchaseOf(
		request: LeaseRequest,
		project: Project,
		likelyTokens = this.likelyTokens(request.model, request.size),
	): Purchase {
		return { request, project, resolved: resolveAlias(this.store, request.model), likelyTokens };
	}

	/**
	 * Free buckets whose token limit is unknown, if a known limit of another free project is too small for the request: free
	 * projects usually have the same limit, and each attempt would cost a call.
	 */
	private tooSmallByTier({ model }: LeaseRequest, likely: number, now: EpochMs): readonly BucketId[] {
		if (likely < minTierTokens) return [];
		const { bucket: buckets } = this.store.replica();
		const free = this.candidates.of(model, now).filter(({ isPaid }) => !isPaid);
		const isTaught = ({ bucketId: id }: Candidate): boolean =>
			(buckets.get(id)?.limits.tpm?.value ?? Infinity) < likely;
		if (!free.some(isTaught)) return [];
		const isKnown = ({ bucketId: id, userLimits }: Candidate): boolean =>
			userLimits?.tpm !== undefined || buckets.get(id)?.limits.tpm !== undefined;
		return free.filter((candidate) => !isKnown(candidate)).map(({ bucketId: id }) => id);
	}
}

function withoutKey(request: LeaseRequest, { key }: Candidate): LeaseRequest {
	return { ...request, excludedKeys: new Set([...request.excludedKeys, key.id]) };
}

/** The lower of the known limit of requests a day and the user's daily cap; infinite without either. */
function requestsOfDay({ userLimits, project }: Candidate, bucket: Bucket | undefined): number {
	const limit = bucket ? limitOf(bucket, userLimits, 'rpd') : userLimits?.rpd;
	return Math.min(limit ?? Infinity, dailyCapOf(project)?.requests ?? Infinity);
}

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
	const worthMs = Math.min(worthWaitingMs, remainingWaitMs);
	const most = allocator.hasSmallDays(wanted) ? maxBackOffsOfSmallDay : maxBackOffs;
	const soon = answer.retryAt - now <= worthMs && (answer.backoffLevel ?? 0) <= most;
	// If waiting never helps, the fallback is used whatever the setting.
	if (soon || (whenExhausted === 'wait' && answer.retryAt < Infinity)) return { rejection: answer };
	let first = answer;
	let { mayRetryEarlier, shortage } = answer;
	for (const request of fallbacks) {
		const other = await allocator.allocate(request, held);
		if (isGrant(other)) return { grant: other, insteadOf: answer };
		if (other.retryAt < first.retryAt) first = other;
		mayRetryEarlier ??= other.mayRetryEarlier;
		shortage = sooner(shortage, other.shortage);
	}
	return { rejection: withHints(first, { mayRetryEarlier, shortage }) };
}

function isGrant(answer: LeaseGrant | Rejection): answer is LeaseGrant {
	return 'lease' in answer;
}
