import type { Random } from '../types/clock';
import { bucketId, partsOf, type BucketId, type KeyId, type Limits } from '../types/key';
import {
	quarantine,
	denyModel,
	recordFailure,
	needsUser,
	markVerified,
	recordFailedRecheck,
	postponeRecheck,
	recordSuccess,
} from '../health/keyRecord';
import { isAbuseBurst } from '../health/abuseBurst';
import { initialModelRecord } from '../health/initialRecords';
import type { RequestEnd } from '../types/statistics';
import type { LeaseOutcome } from '../types/callEvent';
import type { StateStore, Transaction, EpochMs } from '../types/stateStore';
import {
	recordAsked,
	backOffMs,
	recordOverload,
	endOverloadProbe,
	clearOverload,
	tokensOf,
} from '../health/modelRecord';
import { TokenRatios } from '../health/tokenRatios';
import { userLimitsOf } from '../quota/limits';
import { capacityMs, markUnsupported, mergeBuckets, coolDown, withServiceMessage } from '../quota/cooldown';
import { recordFirstChunk } from '../quota/lease';
import type { Received } from '../types/poolRequest';
import { resolveIn } from '../health/modelRecord';
import type { KeySet } from '../types/keySet';
import type { LeaseGrant } from '../types/leaseRequest';
import { isApart } from './call';
import { cutOutcome, isAnswer, isOfKey, leaseOutcomeOf, refusalTypes } from './failureKinds';
import type { BudgetGuard } from '../budget/budgetGuard';
import { endOf, type CallEnd } from '../budget/charge';
import { count, recordRequestEnd, sentOn } from '../usage/count';
import { revokeTier } from '../health/revokedTier';
import * as throttle from '../health/throttle';
import { recordMissing } from './missingModel';
import { projectNumberIn, minBackOffMs, type Failure, type FailureAction, type Reason } from '../types/failure';

/** ms. Delay of a re-check that did not reach the service. */
const postponedMs = 60_000;

/** Records the outcomes of calls in the store, each in one atomic step. */
export class OutcomeRecorder {
	private readonly ratios = new TokenRatios();

	constructor(
		private readonly store: StateStore,
		private readonly keySet: () => KeySet,
		private readonly random: Random,
		private readonly baseDelayMs: () => number,
		private readonly guard: BudgetGuard,
		/** Called when the service named a key's project. */
		private readonly projectNamed: (key: KeyId, number: string) => void,
	) {}

	/** Whether other requests wait for this call's first chunk, as far as the replica knows. */
	isProbe({ bucketId, resolved, lease }: LeaseGrant): boolean {
		const { bucket, model, pool } = this.store.replica();
		const status = bucket.get(bucketId)?.status;
		const isOfBucket = status?.state === 'halfOpen' && status.lease === lease;
		return isOfBucket || (model.get(resolved)?.backoffLevel ?? 0) > 0 || throttle.isThrottleProbe(pool, lease);
	}

	/** Records the first chunk: it ends a probe and advances the slow start. */
	async recordFirstChunk(grant: LeaseGrant): Promise<void> {
		const bucket = this.store.replica().bucket.get(grant.bucketId);
		const isNews = !bucket || recordFirstChunk(bucket, grant.lease, this.store.now()) !== bucket;
		if (!isNews && !this.isProbe(grant)) return;
		await this.store.transact((tx, now) => {
			const { bucketId: id, lease } = grant;
			tx.record({ kind: 'bucket', id, event: { at: now, type: 'firstChunk', lease } });
			tx.put({ kind: 'model', id: grant.resolved, doc: clearOverload(tx.model(grant.resolved), grant.sentAt) });
			tx.put({ kind: 'pool', doc: throttle.answerThrottleProbe(tx.pool(), grant.lease) });
		});
	}

	/** Records that the model is asked for, at most every 30 s. */
	async recordAsked(model: string): Promise<void> {
		const resolved = resolveIn(this.store.replica().model, model);
		const known = this.store.replica().model.get(resolved);
		if (known && recordAsked(known, this.store.now()) === known) return;
		await this.store.transact((tx, now) =>
			tx.put({ kind: 'model', id: resolved, doc: recordAsked(tx.model(resolved), now) }),
		);
	}

	/** Extends the lease of a stream that is still running. */
	renew(grant: LeaseGrant): Promise<void> {
		return this.store.transact((tx, now) => {
			const { bucketId: id, lease, leaseMs } = grant;
			tx.record({ kind: 'bucket', id, event: { at: now, type: 'renewed', lease, leaseMs } });
			this.guard.extend(tx, grant, now);
		});
	}

	/**
	 * Answers what the call has cost, in millionths of a dollar, where that is known; so do the next two.
	 *
	 * @param end how the request ended with that cost, to be recorded in the same step
	 */
	answered(
		grant: LeaseGrant,
		received: Received,
		end?: (cost: number | undefined) => RequestEnd,
	): Promise<number | undefined> {
		const { usage, servedModel } = received;
		const { resolved } = grant;
		const { model: known } = this.store.replica();
		// Once for each answer, whereas the step may run again.
		if (usage) this.ratios.learn(resolved, grant.size, usage, known.get(resolved) ?? initialModelRecord);
		return this.store.transact((tx, now) => {
			const { bucketId: id, lease } = grant;
			tx.record({ kind: 'bucket', id, event: { at: now, type: 'firstChunk', lease } });
			settleLease(tx, grant, { type: 'answered', ...(usage ? { input: usage.input } : {}) }, now);
			const tokens = { input: usage?.input ?? 0, output: (usage?.output ?? 0) + (usage?.thoughts ?? 0) };
			tx.put({ kind: 'key', id: grant.key, doc: recordSuccess(tx.key(grant.key), tokens, now) });
			tx.put({ kind: 'pool', doc: throttle.answerThrottleProbe(tx.pool(), grant.lease) });
			const model = clearOverload(tx.model(resolved), grant.sentAt);
			tx.put({ kind: 'model', id: resolved, doc: this.ratios.applyTo(resolved, model) });
			if (servedModel !== undefined) this.resolveAlias(tx, grant, servedModel, 'answer', now);
			const cost = this.charge(tx, grant, 'answered', { type: 'answered' }, received, now);
			if (end) recordRequestEnd(tx, this.store.replica(), end(cost), now);
			return cost;
		});
	}

	/** Cancelled by the consumer: no key is at fault; what was sent stays spent. */
	cancelled(grant: LeaseGrant, sent: boolean, received: Received = {}): Promise<number | undefined> {
		return this.store.transact((tx, now) => {
			settleLease(tx, grant, cutOutcome(sent, received), now);
			endProbes(tx, grant, sent, now);
			return this.charge(tx, grant, 'cancelled', { type: sent ? 'cut' : 'unsent' }, received, now);
		});
	}

	failed(grant: LeaseGrant, failure: Failure, received: Received): Promise<number | undefined> {
		const { action } = failure;
		this.learnProject(grant.key, action);
		return this.store.transact((tx, now) => {
			const outcome = leaseOutcomeOf(failure, received);
			settleLease(tx, grant, outcome, now);
			if (throttle.isBare(action)) this.recordBareRefusal(tx, grant, now);
			endProbes(tx, grant, failure.sent, now);
			this.apply(tx, grant, failure, now);
			this.checkTier(tx, grant.key, failure, now);
			if (refusalTypes.has(action.type)) {
				tx.put({ kind: 'key', id: grant.key, doc: recordFailure(tx.key(grant.key), isOfKey(action), now) });
			}
			const end = endOf(failure, outcome.type === 'refused');
			return this.charge(tx, grant, action.reason, end, received, now);
		});
	}

	/**
	 * Records a check of a key; without a `failure` the service knows the key. A check that did not reach the service, or met a
	 * failure of the service itself, says nothing. Any other failure counts as a failed re-check, so that re-checks end. A new
	 * reason that only the user can lift quarantines the key like any other failure.
	 */
	checked(key: KeyId, failure: Failure | undefined): Promise<void> {
		if (failure) this.learnProject(key, failure.action);
		return this.store.transact((tx, now) => {
			const record = tx.key(key);
			const { status } = record;
			if (!failure) {
				tx.put({ kind: 'key', id: key, doc: markVerified(record, now) });
			} else if (failure.action.type === 'quarantine') {
				const { action, serviceMessage } = failure;
				const isNews = status.state !== 'quarantined' || (needsUser(action.reason) && status.reason !== action.reason);
				if (isNews) this.quarantine(tx, key, action, serviceMessage, now);
				else tx.put({ kind: 'key', id: key, doc: recordFailedRecheck(record, now) });
			} else if (isAnswer(failure)) {
				tx.put({ kind: 'key', id: key, doc: recordFailedRecheck(record, now) });
			}
		});
	}

	/**
	 * Claims a due re-check, so that only one window runs it. False if it is no longer due, or the pool is paused.
	 */
	takeRecheck(key: KeyId): Promise<boolean> {
		return this.store.transact((tx, now) => {
			const record = tx.key(key);
			const { status } = record;
			if (status.state !== 'quarantined' || status.recheckAt === undefined || status.recheckAt > now) return false;
			if (tx.pool().paused) return false;
			tx.put({ kind: 'key', id: key, doc: postponeRecheck(record, postponedMs, now) });
			return true;
		});
	}

	private learnProject(key: KeyId, action: FailureAction): void {
		const number = projectNumberIn(action);
		if (number !== undefined) this.projectNamed(key, number);
	}

	/** Counts a call that was sent, and puts what it has cost in the place of what its lease reserved. */
	private charge(
		tx: Transaction,
		grant: LeaseGrant,
		outcome: 'answered' | Reason,
		end: CallEnd,
		told: Received,
		now: EpochMs,
	): number | undefined {
		const docs = this.store.replica();
		// Where an alias was asked, and is said back, the model's own name has the price.
		const received =
			told.servedModel === grant.model ? { ...told, servedModel: resolveIn(modelsIn(tx), grant.model) } : told;
		const charge = this.guard.chargeOf(grant, end, received, now);
		this.guard.settle(tx, docs, grant, charge, received, now);
		const { cost } = charge;
		if (end.type !== 'unsent')
			count(tx, docs, { ...sentOn(grant, outcome, received), ...(cost !== undefined && { cost }) }, now);
		return cost;
	}

	private recordBareRefusal(tx: Transaction, grant: LeaseGrant, now: EpochMs): void {
		const project = this.keySet().key(grant.key)?.project;
		if (project) tx.put({ kind: 'pool', doc: throttle.recordBareRefusal(tx.pool(), project, grant.lease, now) });
	}

	private apply(tx: Transaction, grant: LeaseGrant, { action, serviceMessage }: Failure, now: EpochMs): void {
		switch (action.type) {
			case 'coolDown': {
				const { likely, atMost } = tokensOf(grant.size, tx.model(grant.resolved));
				// While all keys are throttled, cooldowns do not grow, so that a probe can go out each minute.
				const told = throttle.isBare(action) && tx.pool().throttled ? { ...action, delayMs: capacityMs } : action;
				this.atBothNames(tx, grant, action.model, now, (id) =>
					withServiceMessage(
						coolDown(tx.bucket(id), told, now, atMost, this.userLimits(tx, grant.key, id), likely),
						action.reason,
						serviceMessage,
					),
				);
				break;
			}
			case 'markUnsupported':
				this.atBothNames(tx, grant, action.model, now, (id) =>
					withServiceMessage(markUnsupported(tx.bucket(id), action, now), action.reason, serviceMessage),
				);
				break;
			case 'quarantine':
				this.quarantine(tx, grant.key, action, serviceMessage, now);
				break;
			case 'retrySameKey':
				if (action.scope === 'model' && !isApart(grant)) {
					const base = this.baseDelayMs();
					const waitMs = (n: number): number => Math.max(minBackOffMs(action, n), backOffMs(base, n, this.random));
					const doc = recordOverload(tx.model(grant.resolved), grant.sentAt, waitMs, now);
					tx.put({ kind: 'model', id: grant.resolved, doc });
				}
				break;
			case 'fail':
				if (action.reason === 'noSuchModel') recordMissing(tx, grant, action.isForeign === true, now);
				break;
			case 'denyModel': {
				const denied = denyModel(tx.key(grant.key), grant.resolved, now + action.forMs, now);
				tx.put({ kind: 'key', id: grant.key, doc: denied });
				break;
			}
			case 'retryOtherKeyOnce':
			case 'excludeTier':
			case 'replaceSignatures':
				break;
		}
	}

	/** A quota of the free tier shows that a project is not paid, even if the user marked it so. */
	private checkTier(tx: Transaction, key: KeyId, { tier, serviceMessage }: Failure, now: EpochMs): void {
		const project = this.keySet().key(key)?.project;
		if (project === undefined || tier !== 'free' || this.keySet().project(project).tier === 'free') return;
		tx.put({ kind: 'pool', doc: revokeTier(tx.pool(), project, key, serviceMessage, now) });
	}

	/** The user's limits for a bucket of this key. */
	private userLimits(tx: Transaction, key: KeyId, id: BucketId): Limits | undefined {
		const project = this.keySet().key(key)?.project;
		if (project === undefined) return undefined;
		return userLimitsOf(this.keySet().project(project), partsOf(id)[1], (name) => resolveIn(modelsIn(tx), name));
	}

	/** A 429 names the resolved model: applies `step` to its bucket and to the one that was asked. */
	private atBothNames(
		tx: Transaction,
		grant: LeaseGrant,
		named: string | undefined,
		now: EpochMs,
		step: (id: BucketId) => ReturnType<typeof coolDown>,
	): void {
		if (named !== undefined) this.resolveAlias(tx, grant, named, 'quota', now);
		const ids = new Set([grant.bucketId]);
		const key = this.keySet().key(grant.key);
		if (named !== undefined && key) ids.add(bucketId(key.project, resolveIn(modelsIn(tx), named)));
		for (const id of ids) tx.put({ kind: 'bucket', id, doc: step(id) });
	}

	/**
	 * Records what a name resolves to: another one, whose alias it is, or itself; a quota error outranks an answer as the
	 * source. Counts, limits and cooldowns of every project move along, once per source, so that an alias that switches back
	 * and forth does not count them twice.
	 */
	private resolveAlias(tx: Transaction, grant: LeaseGrant, to: string, from: 'quota' | 'answer', now: EpochMs): void {
		const record = tx.model(grant.model);
		const known = record.resolvesTo;
		if (known?.model === to) return;
		// Once it has answered in its own name, an answer by another one was in its place.
		if (from === 'answer' && (known?.from === 'quota' || known?.model === grant.model)) return;
		const source = resolveIn(modelsIn(tx), grant.model);
		tx.put({ kind: 'model', id: grant.model, doc: { ...record, resolvesTo: { model: to, from } } });
		const end = resolveIn(modelsIn(tx), grant.model);
		if (known?.from === from || source === end) return;
		const projects = new Set(this.keySet().keys.map(({ project }) => project));
		for (const project of projects) {
			const old = bucketId(project, source);
			if (!this.store.replica().bucket.has(old)) continue;
			const target = bucketId(project, end);
			tx.put({ kind: 'bucket', id: target, doc: mergeBuckets(tx.bucket(target), tx.bucket(old), now) });
		}
	}

	private quarantine(
		tx: Transaction,
		key: KeyId,
		action: Extract<FailureAction, { type: 'quarantine' }>,
		serviceMessage: string,
		now: EpochMs,
	): void {
		const keySet = this.keySet();
		for (const id of keySet.sharing(key, action.scope)) {
			tx.put({ kind: 'key', id, doc: quarantine(tx.key(id), action, serviceMessage, now) });
		}
		const abuse = action.abuse || isAbuseBurst(tx, keySet, action.reason, now);
		if (abuse && !tx.pool().paused) {
			tx.put({
				kind: 'pool',
				doc: { ...tx.pool(), paused: { reason: action.reason, by: key, since: now, serviceMessage } },
			});
		}
	}
}

/** Ends the probes that this lease ran, if any, without an answer. */
function endProbes(tx: Transaction, { resolved, lease }: LeaseGrant, sent: boolean, now: EpochMs): void {
	tx.put({ kind: 'model', id: resolved, doc: endOverloadProbe(tx.model(resolved), lease) });
	tx.put({ kind: 'pool', doc: throttle.endThrottleProbe(tx.pool(), lease, sent, now) });
}

function modelsIn(tx: Transaction): Parameters<typeof resolveIn>[0] {
	return { get: (model) => tx.model(model) };
}

function settleLease(tx: Transaction, { bucketId: id, lease }: LeaseGrant, outcome: LeaseOutcome, now: EpochMs): void {
	tx.record({ kind: 'bucket', id, event: { at: now, type: 'ended', lease, outcome } });
}
