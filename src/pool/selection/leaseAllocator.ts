import type { Random } from '../types/clock';
import type { BucketId, KeyId } from '../types/key';
import { taken } from '../health/keyRecord';
import type { Bucket, Ledger, Tx, Waiter, Wall } from '../types/stateStore';
import { ahead, served } from '../queue/sharedQueue';
import { deniedByLoad } from '../health/overload';
import { askedFor, probing, tokensOf, type Tokens } from '../health/modelRecord';
import { freshModelRecord } from '../health/initialRecords';
import type { Options } from '../types/options';
import { Present } from '../store/rollbackGuard';
import { mayServe, Ranking } from './ranking';
import { admit, type Ask } from '../quota/admit';
import { deniedByState, deniedByWindow, deniedUntil, type Denied } from '../quota/admissionChecks';
import { at } from '../quota/bucket';
import { limitOf } from '../quota/limits';
import { dimensionInTheWay, mayTest } from '../quota/limitLearning';
import type { Cost, Needs } from '../types/poolRequest';
import { isRevoked } from '../health/revokedTier';
import { isGrant, type Denial, type Grant, type Seek } from '../types/leaseRequest';
import type { Slot } from './candidate';
import { resolve } from '../types/modelAlias';
import type { Slots } from './candidates';
import { deniedByThrottle, isThrottleProbe, probing as probingThrottle } from '../health/throttle';
import type { RunningStrategy } from './strategies/registry';
import { mostRanked } from './strategies/strategy';

/** How often stale facts may mislead one choice before it counts as denied. */
const mostPasses = 4;
const none: ReadonlySet<BucketId> = new Set();
const sooner = { mayEndSooner: true } as const;
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
export class Granter {
	private readonly present: Present;
	private readonly ranking: Ranking;

	constructor(
		private readonly ledger: Ledger,
		private readonly slots: Slots,
		random: Random,
		options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {
		this.present = new Present(ledger);
		this.ranking = new Ranking(slots, random, options, strategy);
	}

	/** `held` are kept for requests that are ahead. */
	async grant(seek: Seek, held: ReadonlySet<BucketId> = none): Promise<Grant | Denial> {
		const now = await this.present.now();
		const refused = this.refusedForAll(seek, now);
		if (refused) return refused;
		if (this.ledger.replica().pool.throttled) {
			const answer = await this.grantProbe(seek, now);
			if (answer) return answer;
		}
		const size = this.tokensOf(seek.model, seek.cost);
		const { likely } = size;
		const denied = new Set<BucketId>([...held, ...this.tooSmallByTier(seek, likely)]);
		let last: Denial | undefined;
		for (let pass = 0; pass < mostPasses; pass++) {
			const usable = this.ranking.usable(seek, likely, denied, now);
			try {
				for (const which of ['first', 'second'] as const) {
					for (const slot of this.ranking.rank(seek, usable, which, now)) {
						if (denied.has(slot.bucketId)) continue;
						const answer = await this.lease(seek, slot, false);
						if (isGrant(answer)) {
							this.strategy().took(slot, usable.first);
							return answer;
						}
						last = earlier(last, answer);
						denied.add(slot.bucketId);
					}
				}
			} finally {
				this.ranking.release(usable);
			}
			if (usable.count <= mostRanked) break;
		}
		return (await this.test(seek, size, held, now)) ?? this.denial(seek, size, held, now, last);
	}

	/**
	 * False where it has become known, since the grant, that a call would be refused, or where paid keys are demanded by now
	 * and this is none, or is one no longer; `heldUp`: a consumer had the turn.
	 */
	stillHolds({ bucketId: id, key: keyId, model, sentAt, lease }: Grant, { paid }: Needs, heldUp: boolean): boolean {
		const { bucket, key, pool } = this.ledger.replica();
		const slot = this.slots.of(model).slotOf(keyId);
		if (paid && (!slot?.isPaid || isRevoked(pool, slot.project.id))) return false;
		const state = bucket.get(id)?.state;
		const now = this.ledger.now();
		if (pool.throttled && !isThrottleProbe(pool, lease)) return false;
		if (pool.paused || key.get(keyId)?.state.is === 'benched') return false;
		// The place was taken while the bucket was open: whatever shuts it is newer.
		if (state?.is === 'resting' || state?.is === 'closed') return false;
		return Math.abs(now - sentAt) <= (heldUp ? heldPlaceMs : stalePlaceMs);
	}

	/** Whether some key could serve now, from possibly stale facts; `except`: some other key than this one. */
	couldServe(seek: Seek, except?: KeyId): boolean {
		const now = this.ledger.now();
		if (this.refusedForAll(seek, now)) return false;
		const docs = this.ledger.replica();
		return this.slots
			.of(seek.model)
			.all.some(
				(slot) => slot.key.id !== except && mayServe(seek, slot) && slot.outlook(docs, now).blockedUntil <= now,
			);
	}

	/** Whether the project of a grant has so few requests a day that each retry counts. */
	hasSmallDay({ key, model, bucketId: id }: Grant): boolean {
		const slot = this.slots.of(model).slotOf(key);
		return slot !== undefined && requestsOfDay(slot, this.ledger.replica().bucket.get(id)) <= smallDay;
	}

	/** Whether a retry on this model costs a request of a small day, whichever key it goes to. */
	hasSmallDays(seek: Seek): boolean {
		const { bucket } = this.ledger.replica();
		const serving = this.slots.of(seek.model).all.filter((slot) => mayServe(seek, slot));
		return serving.length > 0 && serving.every((slot) => requestsOfDay(slot, bucket.get(slot.bucketId)) <= smallDay);
	}

	/** The atomic step: everything that ranking may have seen stale is looked at again. */
	private lease(seek: Seek, slot: Slot, mayTestLimits: boolean): Promise<Grant | Denial> {
		const { model, cost, lease, holder, leaseMs } = seek;
		const { key, bucketId: id, own, cap } = slot;
		const resolved = resolve(this.ledger, model);
		return this.ledger.transact((tx, now): Grant | Denial => {
			const deny = (denied: Denied): Denial => ({ ...denied, on: key, model, bucketId: id });
			const pool = tx.pool();
			if (pool.paused) return deny({ why: 'paused', retryAt: Infinity });
			const throttled = deniedByThrottle(pool, now);
			if (throttled) return deny(throttled);
			// The ranking may not have heard yet that the service counts this project as free.
			if ((seek.needs.paid || seek.paidForSize) && isRevoked(pool, slot.project.id)) {
				return deny({ why: 'paidOnly', retryAt: Infinity });
			}
			const record = tx.key(key.id);
			if (record.state.is === 'benched') return deny({ why: record.state.why, retryAt: Infinity });
			const denied = deniedUntil(record, resolved, now);
			if (denied > 0) return deny({ why: 'modelDenied', retryAt: denied });
			const modelRecord = tx.model(resolved);
			const busy = deniedByLoad(modelRecord, now);
			if (busy) return deny(busy);
			const ask = { lease, holder, leaseMs, own, mayTest: mayTestLimits, ...tokensOf(cost, modelRecord) };
			const admitted = admit(tx.bucket(id), ask, now);
			if ('why' in admitted) return deny(admitted);
			const first = firstInLine(tx, seek, slot, ask, resolved, now);
			if (first) return { ...deny({ why: first.why, retryAt: now + yieldMs }), behind: true };
			if (seek.place) served(tx, seek.place, now);
			if (cap) {
				// A minute has no limit here that would have to be found out, so no slow start either.
				const own = { ...cap.limits, rpm: Infinity };
				const capped = admit(tx.bucket(cap.id), { ...ask, own }, now);
				if ('why' in capped) return deny({ why: 'cap', retryAt: capped.retryAt });
				tx.put({ kind: 'bucket', id: cap.id, doc: capped.next });
			}
			tx.put({ kind: 'bucket', id, doc: admitted.next });
			tx.put({ kind: 'key', id: key.id, doc: taken(record, now) });
			tx.put({ kind: 'model', id: resolved, doc: askedFor(probing(modelRecord, lease, now + leaseMs), now) });
			tx.put({ kind: 'pool', doc: probingThrottle(pool, lease, now + leaseMs, now) });
			const { label } = key;
			const capId = cap?.id;
			return { key: key.id, model, lease, holder, label, bucketId: id, capId, resolved, cost, sentAt: now, leaseMs };
		});
	}

	/**
	 * While all keys are refused, the one call that finds out whether that goes on: on a key of the projects that were, so that
	 * no further one is drawn in. Nothing where none of those will ever do.
	 */
	private async grantProbe(seek: Seek, now: Wall): Promise<Grant | Denial | undefined> {
		const { pool } = this.ledger.replica();
		const docs = this.ledger.replica();
		const known = new Set(pool.throttled?.projects);
		let first: Denial | undefined;
		for (const slot of this.slots.of(seek.model).all) {
			if (!known.has(slot.project.id) || !mayServe(seek, slot)) continue;
			const { blockedUntil, why = 'throttled' } = slot.outlook(docs, now);
			if (blockedUntil > now + probeWithinMs) continue;
			const denied = { why, retryAt: blockedUntil, on: slot.key, model: seek.model, bucketId: slot.bucketId };
			const answer = blockedUntil > now ? denied : await this.lease(seek, slot, false);
			if (isGrant(answer)) return answer;
			first = earlier(first, answer);
		}
		return first;
	}

	/** Everything is denied: a call may go beyond one learnt limit that is in doubt, to see if it still holds. */
	private async test(seek: Seek, size: Tokens, held: ReadonlySet<BucketId>, now: Wall): Promise<Grant | undefined> {
		for (const slot of this.slots.of(seek.model).all) {
			if (!mayServe(seek, slot) || held.has(slot.bucketId)) continue;
			const inTheWay = dimensionInTheWay(this.whyNot(seek, slot, size, now)?.why);
			const bucket = this.ledger.replica().bucket.get(slot.bucketId);
			if (!bucket || !inTheWay || deniedByState(at(bucket, now), now)) continue;
			if (!mayTest(bucket, slot.own, inTheWay, now)) continue;
			const answer = await this.lease(seek, slot, true);
			if (isGrant(answer)) return answer;
		}
		return undefined;
	}

	/** Input tokens of a request on a model, by the ratio learnt so far. */
	likelyTokens(model: string, cost: Cost): number {
		return this.tokensOf(model, cost).likely;
	}

	private tokensOf(model: string, cost: Cost): Tokens {
		return tokensOf(cost, this.ledger.replica().model.get(resolve(this.ledger, model)) ?? freshModelRecord);
	}

	private refusedForAll({ model }: Seek, now: Wall): Denial | undefined {
		const { pool, model: models } = this.ledger.replica();
		const refuse = (why: Denial['why'], retryAt: Wall): Denial => ({ why, retryAt, on: undefined, model });
		if (pool.paused) return refuse('paused', Infinity);
		const throttled = deniedByThrottle(pool, now);
		if (throttled) return { ...throttled, on: undefined, model };
		const record = models.get(resolve(this.ledger, model));
		if (!record) return undefined;
		if ((record.missingUntil ?? 0) > now) return refuse('noSuchModel', Infinity);
		const busy = deniedByLoad(record, now);
		return busy && { ...busy, on: undefined, model };
	}

	/**
	 * Free buckets whose limit on tokens is not known, where that of another free project is, and is too small: a tier has
	 * one limit as a rule, and to find that out costs a call each.
	 */
	private tooSmallByTier({ model }: Seek, likely: number): readonly BucketId[] {
		if (likely < leastTierTokens) return [];
		const { bucket: buckets } = this.ledger.replica();
		const free = this.slots.of(model).all.filter(({ isPaid }) => !isPaid);
		const isTaught = ({ bucketId: id }: Slot): boolean => (buckets.get(id)?.limits.tpm?.value ?? Infinity) < likely;
		if (!free.some(isTaught)) return [];
		const isKnown = ({ bucketId: id, own }: Slot): boolean =>
			own?.tpm !== undefined || buckets.get(id)?.limits.tpm !== undefined;
		return free.filter((slot) => !isKnown(slot)).map(({ bucketId: id }) => id);
	}

	/** Why nothing can serve, told of the key that would be back first. */
	private denial(seek: Seek, size: Tokens, held: ReadonlySet<BucketId>, now: Wall, last: Denial | undefined): Denial {
		let first = last;
		let mayEndSooner = last?.mayEndSooner;
		for (const slot of this.slots.of(seek.model).all) {
			const denied = this.whyNot(seek, slot, size, now) ?? this.isHeld(seek, slot, held, now);
			if (denied) first = earlier(first, { ...denied, on: slot.key, bucketId: slot.bucketId, model: seek.model });
			mayEndSooner ??= denied?.mayEndSooner;
		}
		if (!first) return { why: 'noKeys', retryAt: Infinity, on: undefined, model: seek.model };
		return mayEndSooner ? { ...first, mayEndSooner } : first;
	}

	/** Why this key cannot serve; nothing for one that is out of the question. */
	private whyNot(seek: Seek, slot: Slot, size: Tokens, now: Wall): Denied | undefined {
		const { record, key } = slot;
		if (!key.enabled || !isOnOffer(seek, slot)) return undefined;
		if (record.state.is === 'benched') return { why: record.state.why, retryAt: Infinity };
		const { blockedUntil, why, tokensLeft, mayEndSooner, inFlight } = slot.outlook(this.ledger.replica(), now);
		const blocked: Denied = { why: why ?? 'noUsableKey', retryAt: blockedUntil, ...(mayEndSooner ? sooner : {}) };
		if (!mayServe(seek, slot)) {
			const waits = blockedUntil > now && !(seek.paidForSize && slot.project.tier === 'free');
			return waits ? blocked : undefined;
		}
		if (blockedUntil > now) return blocked;
		if (size.likely <= tokensLeft) return undefined;
		const bucket = this.ledger.replica().bucket.get(slot.bucketId);
		const full = bucket && deniedByWindow(at(bucket, now), { ...size, own: slot.own }, now);
		// A call under way may turn out to be smaller than was thought.
		return full && { ...full, ...(full.why === 'tpm' && inFlight > 0 ? sooner : {}) };
	}

	/** Kept for requests that are ahead: their tokens come first. */
	private isHeld(seek: Seek, slot: Slot, held: ReadonlySet<BucketId>, now: Wall): Denied | undefined {
		if (!held.has(slot.bucketId) || !mayServe(seek, slot)) return undefined;
		const { changesAt } = slot.outlook(this.ledger.replica(), now);
		return { why: 'tpm', retryAt: changesAt, ...sooner };
	}
}

/** The limit of requests a day that is known, the user's daily cap among them; infinite where none is. */
function requestsOfDay({ own, cap }: Slot, bucket: Bucket | undefined): number {
	const limit = bucket ? limitOf(bucket, own, 'rpd') : own?.rpd;
	return Math.min(limit ?? Infinity, cap?.limits.rpd ?? Infinity);
}

/** Who of another window was there first, and takes or is kept the room that this request would need. */
function firstInLine(
	tx: Tx,
	{ place }: Seek,
	{ bucketId: id, project }: Slot,
	ask: Ask,
	model: string,
	now: Wall,
): Waiter | undefined {
	if (!place) return undefined;
	let first: Waiter | undefined;
	let left: Bucket = tx.bucket(id);
	for (const waiter of ahead(tx.lines(), place, now).slice(0, mostAhead)) {
		if (waiter.holds === id) return waiter;
		if (!waiter.models.includes(model) || (waiter.paid && project.tier !== 'paid')) continue;
		if (waiter.project !== undefined && waiter.project !== project.id) continue;
		const admitted = admit(left, { ...ask, ...tokensOf(waiter.cost, tx.model(model)) }, now);
		if ('why' in admitted) continue;
		left = admitted.next;
		first ??= waiter;
	}
	return first && 'why' in admit(left, ask, now) ? first : undefined;
}

/** Whether a key spent in this round will be on offer again after a wait. */
function isOnOffer({ needs }: Seek, { project }: Slot): boolean {
	return !(needs.paid && project.tier !== 'paid') && (needs.project === undefined || needs.project === project.id);
}

/** Of two that never end, what is wrong with the request tells more than what is wrong with a key. */
function earlier(a: Denial | undefined, b: Denial): Denial {
	if (!a || b.retryAt < a.retryAt) return b;
	return a.retryAt === b.retryAt && b.why === 'tooLargeForTier' ? b : a;
}
