import type { Random } from '../types/clock';
import type { BucketId, KeyId } from '../types/key';
import { markUsed } from '../health/keyRecord';
import type { Bucket, StateStore, Transaction, QueueRecord, EpochMs } from '../types/stateStore';
import { ahead, updateFairness } from '../queue/sharedQueue';
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
import { mayServe, Ranking } from './ranking';
import { admit, type AdmissionRequest } from '../quota/lease';
import { rejectedByState, rejectedByWindow, deniedUntil, type Rejected } from '../quota/admissionChecks';
import { bucketAt } from '../quota/bucket';
import { limitOf } from '../quota/limits';
import { limitingDimension, mayTest } from '../quota/limitLearning';
import type { RequestSize, Needs } from '../types/poolRequest';
import { isRevoked } from '../health/revokedTier';
import { isGrant, type Rejection, type LeaseGrant, type LeaseRequest } from '../types/leaseRequest';
import type { Candidate } from './candidate';
import type { Candidates } from './candidates';
import { rejectedByThrottle, isThrottleProbe, startThrottleProbe } from '../health/throttle';
import type { RunningStrategy } from './strategies/registry';
import { maxRanked } from './strategies/strategy';

/** How often stale facts may mislead one choice before it counts as denied. */
const maxPasses = 4;
const none: ReadonlySet<BucketId> = new Set();
const retryEarlier = { mayRetryEarlier: true } as const;
/** ms. A place that was counted longer ago than this is not sent on: the windows would be wrong. */
const staleGrantMs = 1_000;
/** ms. The same after a consumer had the turn: longer, and the windows' slack would not cover it. A new place is quick. */
const heldGrantMs = 100;
/** ms. A place that another window's request was first for is asked for again after this at the latest. */
const yieldMs = 1_000;
/** Input tokens. No tier is known to take fewer in a minute; smaller requests are not looked at for that. */
const minTierTokens = 10_000;
/** Requests a day, up to which each retry of an overloaded model counts (docs/FACTS.md 4). */
const smallDay = 50;
/** ms. A key that cannot find out by then whether all keys are still refused leaves that to others. */
const probeWithinMs = 60_000;
/** Waiters of other windows that one step looks at. */
const maxAhead = 32;

/** Rank, then grant: the strategy ranks from possibly stale facts, one atomic step on the ledger grants. */
export class LeaseAllocator {
	private readonly rollbackGuard: RollbackGuard;
	private readonly ranking: Ranking;

	constructor(
		private readonly store: StateStore,
		private readonly candidates: Candidates,
		random: Random,
		options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {
		this.rollbackGuard = new RollbackGuard(store);
		this.ranking = new Ranking(candidates, random, options, strategy);
	}

	/** `held` are kept for requests that are ahead. */
	async allocate(request: LeaseRequest, held: ReadonlySet<BucketId> = none): Promise<LeaseGrant | Rejection> {
		const now = await this.rollbackGuard.now();
		const refused = this.rejectedForAll(request, now);
		if (refused) return refused;
		if (this.store.replica().pool.throttled) {
			const answer = await this.allocateProbe(request, now);
			if (answer) return answer;
		}
		const size = this.tokensOf(request.model, request.size);
		const { likely } = size;
		const rejected = new Set<BucketId>([...held, ...this.tooSmallByTier(request, likely, now)]);
		let last: Rejection | undefined;
		for (let pass = 0; pass < maxPasses; pass++) {
			const usable = this.ranking.usable(request, likely, rejected, now);
			for (const which of ['first', 'second'] as const) {
				for (const candidate of this.ranking.rank(request, usable, which, now)) {
					if (rejected.has(candidate.bucketId)) continue;
					const answer = await this.tryLease(request, candidate, false);
					if (isGrant(answer)) {
						this.strategy().onGranted(candidate, usable.first);
						return answer;
					}
					last = earlier(last, answer);
					rejected.add(candidate.bucketId);
				}
			}
			if (usable.first.length + usable.second.length <= maxRanked) break;
		}
		return (await this.tryLimitTest(request, size, held, now)) ?? this.rejection(request, size, held, now, last);
	}

	/**
	 * False where it has become known, since the grant, that a call would be refused, or where paid keys are demanded by now
	 * and this is none, or is one no longer; `heldUp`: a consumer had the turn.
	 */
	isStillValid(
		{ bucketId: id, key: keyId, model, sentAt, lease }: LeaseGrant,
		{ paid }: Needs,
		heldUp: boolean,
	): boolean {
		const { bucket, key, pool } = this.store.replica();
		const candidate = this.candidates.find(model, keyId);
		if (paid && (!candidate?.isPaid || isRevoked(pool, candidate.project.id))) return false;
		const status = bucket.get(id)?.status;
		const now = this.store.now();
		if (pool.throttled && !isThrottleProbe(pool, lease)) return false;
		if (pool.paused || key.get(keyId)?.status.state === 'quarantined') return false;
		// The place was taken while the bucket was open: whatever shuts it is newer.
		if (status?.state === 'coolingDown' || status?.state === 'unsupported') return false;
		return Math.abs(now - sentAt) <= (heldUp ? heldGrantMs : staleGrantMs);
	}

	/** Whether some key could serve now, from possibly stale facts; `except`: some other key than this one. */
	couldServe(request: LeaseRequest, except?: KeyId): boolean {
		const now = this.store.now();
		if (this.rejectedForAll(request, now)) return false;
		return this.candidates
			.of(request.model, now)
			.some((one) => one.key.id !== except && mayServe(request, one) && one.status.blockedUntil <= now);
	}

	/** Whether the project of a grant has so few requests a day that each retry counts. */
	hasSmallDay({ key, model, bucketId: id }: LeaseGrant): boolean {
		const candidate = this.candidates.find(model, key);
		return candidate !== undefined && requestsOfDay(candidate, this.store.replica().bucket.get(id)) <= smallDay;
	}

	/** Whether a retry on this model costs a request of a small day, whichever key it goes to. */
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

	/** The atomic step: everything that ranking may have seen stale is looked at again. */
	private tryLease(
		request: LeaseRequest,
		candidate: Candidate,
		mayTestLimits: boolean,
	): Promise<LeaseGrant | Rejection> {
		const { model, size, lease, holder, client, leaseMs } = request;
		const { key, project, bucketId: id, userLimits, cap } = candidate;
		const resolved = resolveAlias(this.store, model);
		return this.store.transact((tx, now): LeaseGrant | Rejection => {
			const reject = (rejected: Rejected): Rejection => ({ ...rejected, on: key, model, bucketId: id });
			const pool = tx.pool();
			if (pool.paused) return reject({ reason: 'paused', retryAt: Infinity });
			const throttled = rejectedByThrottle(pool, now);
			if (throttled) return reject(throttled);
			// The ranking may not have heard yet that the service counts this project as free.
			if ((request.needs.paid || request.paidForSize) && isRevoked(pool, project.id)) {
				return reject({ reason: 'paidOnly', retryAt: Infinity });
			}
			const record = tx.key(key.id);
			if (record.status.state === 'quarantined') return reject({ reason: record.status.reason, retryAt: Infinity });
			const rejected = deniedUntil(record, resolved, now);
			if (rejected > 0) return reject({ reason: 'modelDenied', retryAt: rejected });
			const modelRecord = tx.model(resolved);
			const busy = rejectedByOverload(modelRecord, now);
			if (busy) return reject(busy);
			const admission = { lease, holder, leaseMs, userLimits, mayTest: mayTestLimits, ...tokensOf(size, modelRecord) };
			const admitted = admit(tx.bucket(id), admission, now);
			if ('reason' in admitted) return reject(admitted);
			const first = firstInQueue(tx, request, candidate, admission, resolved, now);
			if (first) return { ...reject({ reason: first.reason, retryAt: now + yieldMs }), behind: true };
			if (request.ticket) updateFairness(tx, request.ticket, now);
			if (cap) {
				// A minute has no limit here that would have to be found out, so no slow start either.
				const userLimits = { ...cap.limits, rpm: Infinity };
				const capped = admit(tx.bucket(cap.id), { ...admission, userLimits }, now);
				if ('reason' in capped) return reject({ reason: 'cap', retryAt: capped.retryAt });
				tx.put({ kind: 'bucket', id: cap.id, doc: capped.next });
			}
			tx.put({ kind: 'bucket', id, doc: admitted.next });
			tx.put({ kind: 'key', id: key.id, doc: markUsed(record, now) });
			const probed = startOverloadProbe(modelRecord, lease, now + leaseMs);
			tx.put({ kind: 'model', id: resolved, doc: recordAsked(probed, now) });
			tx.put({ kind: 'pool', doc: startThrottleProbe(pool, lease, now + leaseMs, now) });
			const granted = { key: key.id, label: key.label, bucketId: id, capId: cap?.id, sentAt: now };
			const { id: projectId, tier } = project;
			return { ...granted, model, lease, holder, client, project: projectId, tier, resolved, size, leaseMs };
		});
	}

	/**
	 * While all keys are refused, the one call that finds out whether that goes on: on a key of the projects that were, so that
	 * no further one is drawn in. Nothing where none of those will ever do.
	 */
	private async allocateProbe(request: LeaseRequest, now: EpochMs): Promise<LeaseGrant | Rejection | undefined> {
		const { pool } = this.store.replica();
		const known = new Set(pool.throttled?.projects);
		let first: Rejection | undefined;
		for (const candidate of this.candidates.of(request.model, now)) {
			if (!known.has(candidate.project.id) || !mayServe(request, candidate)) continue;
			const { blockedUntil, reason = 'throttled' } = candidate.status;
			if (blockedUntil > now + probeWithinMs) continue;
			const rejected = {
				reason,
				retryAt: blockedUntil,
				on: candidate.key,
				model: request.model,
				bucketId: candidate.bucketId,
			};
			const answer = blockedUntil > now ? rejected : await this.tryLease(request, candidate, false);
			if (isGrant(answer)) return answer;
			first = earlier(first, answer);
		}
		return first;
	}

	/** Everything is denied: a call may go beyond one learnt limit that is in doubt, to see if it still holds. */
	private async tryLimitTest(
		request: LeaseRequest,
		size: Tokens,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
	): Promise<LeaseGrant | undefined> {
		for (const candidate of this.candidates.of(request.model, now)) {
			if (!mayServe(request, candidate) || held.has(candidate.bucketId)) continue;
			const inTheWay = limitingDimension(this.rejectionOf(request, candidate, size, now)?.reason);
			const bucket = this.store.replica().bucket.get(candidate.bucketId);
			if (!bucket || !inTheWay || rejectedByState(bucketAt(bucket, now), now)) continue;
			if (!mayTest(bucket, candidate.userLimits, inTheWay, now)) continue;
			const answer = await this.tryLease(request, candidate, true);
			if (isGrant(answer)) return answer;
		}
		return undefined;
	}

	/** Input tokens of a request on a model, by the ratio learnt so far. */
	likelyTokens(model: string, size: RequestSize): number {
		return this.tokensOf(model, size).likely;
	}

	private tokensOf(model: string, size: RequestSize): Tokens {
		return tokensOf(size, this.store.replica().model.get(resolveAlias(this.store, model)) ?? initialModelRecord);
	}

	private rejectedForAll({ model }: LeaseRequest, now: EpochMs): Rejection | undefined {
		const { pool, model: models } = this.store.replica();
		const reject = (reason: Rejection['reason'], retryAt: EpochMs): Rejection => ({
			reason,
			retryAt,
			on: undefined,
			model,
		});
		if (pool.paused) return reject('paused', Infinity);
		const throttled = rejectedByThrottle(pool, now);
		if (throttled) return { ...throttled, on: undefined, model };
		const record = models.get(resolveAlias(this.store, model));
		if (!record) return undefined;
		if ((record.missingUntil ?? 0) > now) return reject('noSuchModel', Infinity);
		const busy = rejectedByOverload(record, now);
		return busy && { ...busy, on: undefined, model };
	}

	/**
	 * Free buckets whose limit on tokens is not known, where that of another free project is, and is too small: a tier has
	 * one limit as a rule, and to find that out costs a call each.
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

	/** Why nothing can serve, told of the key that would be back first. */
	private rejection(
		request: LeaseRequest,
		size: Tokens,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
		last: Rejection | undefined,
	): Rejection {
		let first = last;
		let mayRetryEarlier = last?.mayRetryEarlier;
		for (const candidate of this.candidates.of(request.model, now)) {
			const rejected = this.rejectionOf(request, candidate, size, now) ?? this.rejectedAsHeld(request, candidate, held);
			if (rejected)
				first = earlier(first, { ...rejected, on: candidate.key, bucketId: candidate.bucketId, model: request.model });
			mayRetryEarlier ??= rejected?.mayRetryEarlier;
		}
		if (!first) return { reason: 'noKeys', retryAt: Infinity, on: undefined, model: request.model };
		return mayRetryEarlier ? { ...first, mayRetryEarlier } : first;
	}

	/** Why this key cannot serve; nothing for one that is out of the question. */
	private rejectionOf(request: LeaseRequest, candidate: Candidate, size: Tokens, now: EpochMs): Rejected | undefined {
		const { record, key } = candidate;
		if (!key.enabled || !matchesNeeds(request, candidate)) return undefined;
		if (record.status.state === 'quarantined') return { reason: record.status.reason, retryAt: Infinity };
		const { blockedUntil, reason, tokensLeft, mayRetryEarlier, inFlight } = candidate.status;
		const blocked: Rejected = {
			reason: reason ?? 'noUsableKey',
			retryAt: blockedUntil,
			...(mayRetryEarlier ? retryEarlier : {}),
		};
		if (!mayServe(request, candidate)) {
			const waits = blockedUntil > now && !(request.paidForSize && candidate.project.tier === 'free');
			return waits ? blocked : undefined;
		}
		if (blockedUntil > now) return blocked;
		if (size.likely <= tokensLeft) return undefined;
		const bucket = this.store.replica().bucket.get(candidate.bucketId);
		const full = bucket && rejectedByWindow(bucketAt(bucket, now), { ...size, userLimits: candidate.userLimits }, now);
		// A call under way may turn out to be smaller than was thought.
		return full && { ...full, ...(full.reason === 'tpm' && inFlight > 0 ? retryEarlier : {}) };
	}

	/** Kept for requests that are ahead: their tokens come first. */
	private rejectedAsHeld(
		request: LeaseRequest,
		candidate: Candidate,
		held: ReadonlySet<BucketId>,
	): Rejected | undefined {
		if (!held.has(candidate.bucketId) || !mayServe(request, candidate)) return undefined;
		const { validUntil } = candidate.status;
		return { reason: 'tpm', retryAt: validUntil, ...retryEarlier };
	}
}

/** The limit of requests a day that is known, the user's daily cap among them; infinite where none is. */
function requestsOfDay({ userLimits, cap }: Candidate, bucket: Bucket | undefined): number {
	const limit = bucket ? limitOf(bucket, userLimits, 'rpd') : userLimits?.rpd;
	return Math.min(limit ?? Infinity, cap?.limits.rpd ?? Infinity);
}

/** Who of another window was there first, and takes or is kept the room that this request would need. */
function firstInQueue(
	tx: Transaction,
	{ ticket }: LeaseRequest,
	{ bucketId: id, project }: Candidate,
	admission: AdmissionRequest,
	model: string,
	now: EpochMs,
): QueueRecord | undefined {
	if (!ticket) return undefined;
	let first: QueueRecord | undefined;
	let left: Bucket = tx.bucket(id);
	for (const other of ahead(tx.windowQueues(), ticket, now).slice(0, maxAhead)) {
		if (other.holds === id) return other;
		if (!other.models.includes(model) || (other.paid && project.tier !== 'paid')) continue;
		if (other.free === true && project.tier === 'paid') continue;
		if (other.project !== undefined && other.project !== project.id) continue;
		const admitted = admit(left, { ...admission, ...tokensOf(other.size, tx.model(model)) }, now);
		if ('reason' in admitted) continue;
		left = admitted.next;
		first ??= other;
	}
	return first && 'reason' in admit(left, admission, now) ? first : undefined;
}

/** Whether a key spent in this round will be on offer again after a wait. */
function matchesNeeds({ needs }: LeaseRequest, { project }: Candidate): boolean {
	if ((needs.paid && project.tier !== 'paid') || (needs.free && project.tier === 'paid')) return false;
	return needs.project === undefined || needs.project === project.id;
}

/** Of two that never end, what is wrong with the request tells more than what is wrong with a key. */
function earlier(a: Rejection | undefined, b: Rejection): Rejection {
	if (!a || b.retryAt < a.retryAt) return b;
	return a.retryAt === b.retryAt && b.reason === 'tooLargeForTier' ? b : a;
}
