import type { Random } from '../types/clock';
import type { BucketId, KeyId } from '../types/key';
import { taken } from '../health/keyRecord';
import type { Bucket, StateStore, Transaction, QueueRecord, EpochMs } from '../types/stateStore';
import { ahead, updateFairness } from '../queue/sharedQueue';
import { rejectedByOverload } from '../health/overload';
import { askedFor, startProbe, tokensOf, type Tokens } from '../health/modelRecord';
import { initialModelRecord } from '../health/initialRecords';
import type { Options } from '../types/options';
import { RollbackGuard } from '../store/rollbackGuard';
import { mayServe, Ranking } from './ranking';
import { admit, type Ask } from '../quota/admit';
import { rejectedByState, rejectedByWindow, deniedUntil, type Rejected } from '../quota/admissionChecks';
import { at } from '../quota/bucket';
import { limitOf } from '../quota/limits';
import { dimensionInTheWay, mayTest } from '../quota/limitLearning';
import type { RequestSize, Needs } from '../types/poolRequest';
import { isRevoked } from '../health/revokedTier';
import { isGrant, type Rejection, type LeaseGrant, type LeaseRequest } from '../types/leaseRequest';
import type { Candidate } from './candidate';
import { resolveAlias } from '../types/modelAlias';
import type { Candidates } from './candidates';
import { deniedByThrottle, isThrottleProbe, startProbe as probingThrottle } from '../health/throttle';
import type { RunningStrategy } from './strategies/registry';
import { mostRanked } from './strategies/strategy';

/** How often stale facts may mislead one choice before it counts as denied. */
const mostPasses = 4;
const none: ReadonlySet<BucketId> = new Set();
const sooner = { mayRetryEarlier: true } as const;
/** ms. A place that was counted longer ago than this is not sent on: the windows would be wrong. */
const stalePlaceMs = 1_000;
/** ms. The same after a consumer had the turn: longer, and the windows' slack would not cover it. A new place is quick. */
const heldPlaceMs = 100;
/** ms. A place that another window's request was first for is asked for again after this at the latest. */
const yieldMs = 1_000;
/** Input tokens. No tier is known to take fewer in a minute; smaller requests are not looked at for that. */
const leastTierTokens = 10_000;
/** Requests a day, up to which each retry of an overloaded model counts (docs/FACTS.md 4). */
const smallDay = 50;
/** ms. A key that cannot find out by then whether all keys are still refused leaves that to others. */
const probeWithinMs = 60_000;
/** Waiters of other windows that one step looks at. */
const mostAhead = 32;

/** Rank, then grant: the strategy ranks from possibly stale facts, one atomic step on the ledger grants. */
export class LeaseAllocator {
	private readonly present: RollbackGuard;
	private readonly ranking: Ranking;

	constructor(
		private readonly ledger: StateStore,
		private readonly candidates: Candidates,
		random: Random,
		options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {
		this.present = new RollbackGuard(ledger);
		this.ranking = new Ranking(candidates, random, options, strategy);
	}

	/** `held` are kept for requests that are ahead. */
	async grant(seek: LeaseRequest, held: ReadonlySet<BucketId> = none): Promise<LeaseGrant | Rejection> {
		const now = await this.present.now();
		const refused = this.refusedForAll(seek, now);
		if (refused) return refused;
		if (this.ledger.replica().pool.throttled) {
			const answer = await this.grantProbe(seek, now);
			if (answer) return answer;
		}
		const size = this.tokensOf(seek.model, seek.size);
		const { likely } = size;
		const denied = new Set<BucketId>([...held, ...this.tooSmallByTier(seek, likely)]);
		let last: Rejection | undefined;
		for (let pass = 0; pass < mostPasses; pass++) {
			const usable = this.ranking.usable(seek, likely, denied, now);
			try {
				for (const which of ['first', 'second'] as const) {
					for (const candidate of this.ranking.rank(seek, usable, which, now)) {
						if (denied.has(candidate.bucketId)) continue;
						const answer = await this.lease(seek, candidate, false);
						if (isGrant(answer)) {
							this.strategy().onGranted(candidate, usable.first);
							return answer;
						}
						last = earlier(last, answer);
						denied.add(candidate.bucketId);
					}
				}
			} finally {
				this.ranking.release(usable);
			}
			if (usable.count <= mostRanked) break;
		}
		return (await this.test(seek, size, held, now)) ?? this.rejection(seek, size, held, now, last);
	}

	/**
	 * False where it has become known, since the grant, that a call would be refused, or where paid keys are demanded by now
	 * and this is none, or is one no longer; `heldUp`: a consumer had the turn.
	 */
	stillHolds(
		{ bucketId: id, key: keyId, model, sentAt, lease }: LeaseGrant,
		{ paid }: Needs,
		heldUp: boolean,
	): boolean {
		const { bucket, key, pool } = this.ledger.replica();
		const candidate = this.candidates.of(model).slotOf(keyId);
		if (paid && (!candidate?.isPaid || isRevoked(pool, candidate.project.id))) return false;
		const state = bucket.get(id)?.status;
		const now = this.ledger.now();
		if (pool.throttled && !isThrottleProbe(pool, lease)) return false;
		if (pool.paused || key.get(keyId)?.status.state === 'quarantined') return false;
		// The place was taken while the bucket was open: whatever shuts it is newer.
		if (state?.state === 'coolingDown' || state?.state === 'unsupported') return false;
		return Math.abs(now - sentAt) <= (heldUp ? heldPlaceMs : stalePlaceMs);
	}

	/** Whether some key could serve now, from possibly stale facts; `except`: some other key than this one. */
	couldServe(seek: LeaseRequest, except?: KeyId): boolean {
		const now = this.ledger.now();
		if (this.refusedForAll(seek, now)) return false;
		const docs = this.ledger.replica();
		return this.candidates
			.of(seek.model)
			.all.some(
				(candidate) =>
					candidate.key.id !== except && mayServe(seek, candidate) && candidate.outlook(docs, now).blockedUntil <= now,
			);
	}

	/** Whether the project of a grant has so few requests a day that each retry counts. */
	hasSmallDay({ key, model, bucketId: id }: LeaseGrant): boolean {
		const candidate = this.candidates.of(model).slotOf(key);
		return candidate !== undefined && requestsOfDay(candidate, this.ledger.replica().bucket.get(id)) <= smallDay;
	}

	/** Whether a retry on this model costs a request of a small day, whichever key it goes to. */
	hasSmallDays(seek: LeaseRequest): boolean {
		const { bucket } = this.ledger.replica();
		const serving = this.candidates.of(seek.model).all.filter((candidate) => mayServe(seek, candidate));
		return (
			serving.length > 0 &&
			serving.every((candidate) => requestsOfDay(candidate, bucket.get(candidate.bucketId)) <= smallDay)
		);
	}

	/** The atomic step: everything that ranking may have seen stale is looked at again. */
	private lease(seek: LeaseRequest, candidate: Candidate, mayTestLimits: boolean): Promise<LeaseGrant | Rejection> {
		const { model, size: cost, lease, holder, client, leaseMs } = seek;
		const { key, project, bucketId: id, own, cap } = candidate;
		const resolved = resolveAlias(this.ledger, model);
		return this.ledger.transact((tx, now): LeaseGrant | Rejection => {
			const deny = (denied: Rejected): Rejection => ({ ...denied, on: key, model, bucketId: id });
			const pool = tx.pool();
			if (pool.paused) return deny({ reason: 'paused', retryAt: Infinity });
			const throttled = deniedByThrottle(pool, now);
			if (throttled) return deny(throttled);
			// The ranking may not have heard yet that the service counts this project as free.
			if ((seek.needs.paid || seek.paidForSize) && isRevoked(pool, project.id)) {
				return deny({ reason: 'paidOnly', retryAt: Infinity });
			}
			const record = tx.key(key.id);
			if (record.status.state === 'quarantined') return deny({ reason: record.status.reason, retryAt: Infinity });
			const denied = deniedUntil(record, resolved, now);
			if (denied > 0) return deny({ reason: 'modelDenied', retryAt: denied });
			const modelRecord = tx.model(resolved);
			const busy = rejectedByOverload(modelRecord, now);
			if (busy) return deny(busy);
			const ask = { lease, holder, leaseMs, userLimits: own, mayTest: mayTestLimits, ...tokensOf(cost, modelRecord) };
			const admitted = admit(tx.bucket(id), ask, now);
			if ('reason' in admitted) return deny(admitted);
			const first = firstInLine(tx, seek, candidate, ask, resolved, now);
			if (first) return { ...deny({ reason: first.reason, retryAt: now + yieldMs }), behind: true };
			if (seek.ticket) updateFairness(tx, seek.ticket, now);
			if (cap) {
				// A minute has no limit here that would have to be found out, so no slow start either.
				const own = { ...cap.limits, rpm: Infinity };
				const capped = admit(tx.bucket(cap.id), { ...ask, userLimits: own }, now);
				if ('reason' in capped) return deny({ reason: 'cap', retryAt: capped.retryAt });
				tx.put({ kind: 'bucket', id: cap.id, doc: capped.next });
			}
			tx.put({ kind: 'bucket', id, doc: admitted.next });
			tx.put({ kind: 'key', id: key.id, doc: taken(record, now) });
			tx.put({ kind: 'model', id: resolved, doc: askedFor(startProbe(modelRecord, lease, now + leaseMs), now) });
			tx.put({ kind: 'pool', doc: probingThrottle(pool, lease, now + leaseMs, now) });
			const { label } = key;
			const capId = cap?.id;
			return {
				key: key.id,
				model,
				lease,
				holder,
				client,
				label,
				project: project.id,
				tier: project.tier,
				bucketId: id,
				capId,
				resolved,
				size: cost,
				sentAt: now,
				leaseMs,
			};
		});
	}

	/**
	 * While all keys are refused, the one call that finds out whether that goes on: on a key of the projects that were, so that
	 * no further one is drawn in. Nothing where none of those will ever do.
	 */
	private async grantProbe(seek: LeaseRequest, now: EpochMs): Promise<LeaseGrant | Rejection | undefined> {
		const { pool } = this.ledger.replica();
		const docs = this.ledger.replica();
		const known = new Set(pool.throttled?.projects);
		let first: Rejection | undefined;
		for (const candidate of this.candidates.of(seek.model).all) {
			if (!known.has(candidate.project.id) || !mayServe(seek, candidate)) continue;
			const { blockedUntil, reason = 'throttled' } = candidate.outlook(docs, now);
			if (blockedUntil > now + probeWithinMs) continue;
			const denied = {
				reason,
				retryAt: blockedUntil,
				on: candidate.key,
				model: seek.model,
				bucketId: candidate.bucketId,
			};
			const answer = blockedUntil > now ? denied : await this.lease(seek, candidate, false);
			if (isGrant(answer)) return answer;
			first = earlier(first, answer);
		}
		return first;
	}

	/** Everything is denied: a call may go beyond one learnt limit that is in doubt, to see if it still holds. */
	private async test(
		seek: LeaseRequest,
		size: Tokens,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
	): Promise<LeaseGrant | undefined> {
		for (const candidate of this.candidates.of(seek.model).all) {
			if (!mayServe(seek, candidate) || held.has(candidate.bucketId)) continue;
			const inTheWay = dimensionInTheWay(this.whyNot(seek, candidate, size, now)?.reason);
			const bucket = this.ledger.replica().bucket.get(candidate.bucketId);
			if (!bucket || !inTheWay || rejectedByState(at(bucket, now), now)) continue;
			if (!mayTest(bucket, candidate.own, inTheWay, now)) continue;
			const answer = await this.lease(seek, candidate, true);
			if (isGrant(answer)) return answer;
		}
		return undefined;
	}

	/** Input tokens of a request on a model, by the ratio learnt so far. */
	likelyTokens(model: string, cost: RequestSize): number {
		return this.tokensOf(model, cost).likely;
	}

	private tokensOf(model: string, cost: RequestSize): Tokens {
		return tokensOf(cost, this.ledger.replica().model.get(resolveAlias(this.ledger, model)) ?? initialModelRecord);
	}

	private refusedForAll({ model }: LeaseRequest, now: EpochMs): Rejection | undefined {
		const { pool, model: models } = this.ledger.replica();
		const refuse = (reason: Rejection['reason'], retryAt: EpochMs): Rejection => ({
			reason,
			retryAt,
			on: undefined,
			model,
		});
		if (pool.paused) return refuse('paused', Infinity);
		const throttled = deniedByThrottle(pool, now);
		if (throttled) return { ...throttled, on: undefined, model };
		const record = models.get(resolveAlias(this.ledger, model));
		if (!record) return undefined;
		if ((record.missingUntil ?? 0) > now) return refuse('noSuchModel', Infinity);
		const busy = rejectedByOverload(record, now);
		return busy && { ...busy, on: undefined, model };
	}

	/**
	 * Free buckets whose limit on tokens is not known, where that of another free project is, and is too small: a tier has
	 * one limit as a rule, and to find that out costs a call each.
	 */
	private tooSmallByTier({ model }: LeaseRequest, likely: number): readonly BucketId[] {
		if (likely < leastTierTokens) return [];
		const { bucket: buckets } = this.ledger.replica();
		const free = this.candidates.of(model).all.filter(({ isPaid }) => !isPaid);
		const isTaught = ({ bucketId: id }: Candidate): boolean =>
			(buckets.get(id)?.limits.tpm?.value ?? Infinity) < likely;
		if (!free.some(isTaught)) return [];
		const isKnown = ({ bucketId: id, own }: Candidate): boolean =>
			own?.tpm !== undefined || buckets.get(id)?.limits.tpm !== undefined;
		return free.filter((candidate) => !isKnown(candidate)).map(({ bucketId: id }) => id);
	}

	/** Why nothing can serve, told of the key that would be back first. */
	private rejection(
		seek: LeaseRequest,
		size: Tokens,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
		last: Rejection | undefined,
	): Rejection {
		let first = last;
		let mayRetryEarlier = last?.mayRetryEarlier;
		for (const candidate of this.candidates.of(seek.model).all) {
			const denied = this.whyNot(seek, candidate, size, now) ?? this.isHeld(seek, candidate, held, now);
			if (denied)
				first = earlier(first, { ...denied, on: candidate.key, bucketId: candidate.bucketId, model: seek.model });
			mayRetryEarlier ??= denied?.mayRetryEarlier;
		}
		if (!first) return { reason: 'noKeys', retryAt: Infinity, on: undefined, model: seek.model };
		return mayRetryEarlier ? { ...first, mayRetryEarlier } : first;
	}

	/** Why this key cannot serve; nothing for one that is out of the question. */
	private whyNot(seek: LeaseRequest, candidate: Candidate, size: Tokens, now: EpochMs): Rejected | undefined {
		const { record, key } = candidate;
		if (!key.enabled || !isOnOffer(seek, candidate)) return undefined;
		if (record.status.state === 'quarantined') return { reason: record.status.reason, retryAt: Infinity };
		const { blockedUntil, reason, tokensLeft, mayRetryEarlier, inFlight } = candidate.outlook(
			this.ledger.replica(),
			now,
		);
		const blocked: Rejected = {
			reason: reason ?? 'noUsableKey',
			retryAt: blockedUntil,
			...(mayRetryEarlier ? sooner : {}),
		};
		if (!mayServe(seek, candidate)) {
			const waits = blockedUntil > now && !(seek.paidForSize && candidate.project.tier === 'free');
			return waits ? blocked : undefined;
		}
		if (blockedUntil > now) return blocked;
		if (size.likely <= tokensLeft) return undefined;
		const bucket = this.ledger.replica().bucket.get(candidate.bucketId);
		const full = bucket && rejectedByWindow(at(bucket, now), { ...size, userLimits: candidate.own }, now);
		// A call under way may turn out to be smaller than was thought.
		return full && { ...full, ...(full.reason === 'tpm' && inFlight > 0 ? sooner : {}) };
	}

	/** Kept for requests that are ahead: their tokens come first. */
	private isHeld(
		seek: LeaseRequest,
		candidate: Candidate,
		held: ReadonlySet<BucketId>,
		now: EpochMs,
	): Rejected | undefined {
		if (!held.has(candidate.bucketId) || !mayServe(seek, candidate)) return undefined;
		const { validUntil: changesAt } = candidate.outlook(this.ledger.replica(), now);
		return { reason: 'tpm', retryAt: changesAt, ...sooner };
	}
}

/** The limit of requests a day that is known, the user's daily cap among them; infinite where none is. */
function requestsOfDay({ own, cap }: Candidate, bucket: Bucket | undefined): number {
	const limit = bucket ? limitOf(bucket, own, 'rpd') : own?.rpd;
	return Math.min(limit ?? Infinity, cap?.limits.rpd ?? Infinity);
}

/** Who of another window was there first, and takes or is kept the room that this request would need. */
function firstInLine(
	tx: Transaction,
	{ ticket: place }: LeaseRequest,
	{ bucketId: id, project }: Candidate,
	ask: Ask,
	model: string,
	now: EpochMs,
): QueueRecord | undefined {
	if (!place) return undefined;
	let first: QueueRecord | undefined;
	let left: Bucket = tx.bucket(id);
	for (const waiter of ahead(tx.windowQueues(), place, now).slice(0, mostAhead)) {
		if (waiter.holds === id) return waiter;
		if (!waiter.models.includes(model) || (waiter.paid && project.tier !== 'paid')) continue;
		if (waiter.project !== undefined && waiter.project !== project.id) continue;
		const admitted = admit(left, { ...ask, ...tokensOf(waiter.size, tx.model(model)) }, now);
		if ('reason' in admitted) continue;
		left = admitted.next;
		first ??= waiter;
	}
	return first && 'reason' in admit(left, ask, now) ? first : undefined;
}

/** Whether a key spent in this round will be on offer again after a wait. */
function isOnOffer({ needs }: LeaseRequest, { project }: Candidate): boolean {
	return !(needs.paid && project.tier !== 'paid') && (needs.project === undefined || needs.project === project.id);
}

/** Of two that never end, what is wrong with the request tells more than what is wrong with a key. */
function earlier(a: Rejection | undefined, b: Rejection): Rejection {
	if (!a || b.retryAt < a.retryAt) return b;
	return a.retryAt === b.retryAt && b.reason === 'tooLargeForTier' ? b : a;
}
