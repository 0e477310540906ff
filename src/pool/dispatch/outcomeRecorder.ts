import type { Random } from '../types/clock';
import { bucketId, partsOf, type BucketId, type KeyId, type Limits, type ProjectId } from '../types/key';
import {
	allowedModel,
	quarantine,
	deniedModel,
	failed,
	isFinal,
	markVerified,
	recheckFailed,
	recheckPostponed,
	succeeded,
	liftQuarantine,
} from '../health/keyRecord';
import type { StateStore, Transaction, EpochMs } from '../types/stateStore';
import {
	askedFor,
	backOffMs,
	counted,
	found,
	overloaded,
	probeEnded,
	recovered,
	tokensOf,
} from '../health/modelRecord';
import { ownLimits } from '../quota/limits';
import { capacityMs, clearRest, close, merged, rest, saying } from '../quota/cooldown';
import { renewed, settle, type LeaseOutcome } from '../quota/settle';
import { proved } from '../quota/firstChunk';
import type { Received } from '../types/poolRequest';
import { resolveIn } from '../types/modelAlias';
import type { KeySet } from '../types/keySet';
import type { LeaseGrant } from '../types/leaseRequest';
import { count, sentOn } from '../usage/count';
import { believe, revoke } from '../health/revokedTier';
import * as throttle from '../health/throttle';
import { consumerIn, leastBackOffMs, type Failure, type Reason, type FailureAction } from '../types/failure';

/** ms. Three keys that had worked, quarantined within this time for any 403, are an abuse signal. */
const burstMs = 60_000;
const burstKeys = 3;
/** ms. The service is known to lack a model for this long (test/fixtures/errors/index.json). */
const missingMs = 10 * 60_000;
/** ms between re-checks that did not reach the service. */
const postponedMs = 60_000;

/** Writes what became of a call into the ledger: each outcome is one atomic step. */
export class OutcomeRecorder {
	constructor(
		private readonly ledger: StateStore,
		private readonly roster: () => KeySet,
		private readonly random: Random,
		private readonly baseDelayMs: () => number,
		/** The service named the project of a key. */
		private readonly projectNamed: (key: KeyId, number: string) => void = () => undefined,
	) {}

	/** Whether others stand still until this call shows a sign of life, so far as is known here. */
	isProbe({ bucketId, resolved, lease }: LeaseGrant): boolean {
		const { bucket, model, pool } = this.ledger.replica();
		const state = bucket.get(bucketId)?.status;
		const isOfBucket = state?.state === 'halfOpen' && state.lease === lease;
		return isOfBucket || (model.get(resolved)?.backoffLevel ?? 0) > 0 || throttle.isThrottleProbe(pool, lease);
	}

	/** The first sign of life: those who wait for this probe may go, and the slow start knows of one more call. */
	proved(grant: LeaseGrant): Promise<void> {
		return this.ledger.transact((tx, now) => {
			tx.put({ kind: 'bucket', id: grant.bucketId, doc: proved(tx.bucket(grant.bucketId), grant.lease, now) });
			tx.put({ kind: 'model', id: grant.resolved, doc: recovered(tx.model(grant.resolved)) });
			tx.put({ kind: 'pool', doc: throttle.probeAnswered(tx.pool(), grant.lease) });
		});
	}

	/** Somebody asks for this model, whatever becomes of it. Writes only now and then. */
	async asked(model: string): Promise<void> {
		const resolved = resolveIn(this.ledger.replica().model, model);
		const known = this.ledger.replica().model.get(resolved);
		if (known && askedFor(known, this.ledger.now()) === known) return;
		await this.ledger.transact((tx, now) =>
			tx.put({ kind: 'model', id: resolved, doc: askedFor(tx.model(resolved), now) }),
		);
	}

	/** A stream that goes on keeps its lease. */
	renew(grant: LeaseGrant): Promise<void> {
		return this.ledger.transact((tx, now) => {
			for (const id of bucketsOf(grant)) {
				tx.put({ kind: 'bucket', id, doc: renewed(tx.bucket(id), grant.lease, grant.leaseMs, now) });
			}
		});
	}

	answered(grant: LeaseGrant, received: Received): Promise<void> {
		const { usage, servedModel } = received;
		return this.ledger.transact((tx, now) => {
			settleAll(tx, grant, { type: 'answered', ...(usage ? { input: usage.input } : {}) }, now);
			const tokens = { input: usage?.input ?? 0, output: (usage?.output ?? 0) + (usage?.thoughts ?? 0) };
			tx.put({ kind: 'key', id: grant.key, doc: succeeded(tx.key(grant.key), tokens, now) });
			tx.put({ kind: 'pool', doc: throttle.probeAnswered(tx.pool(), grant.lease) });
			const model = recovered(tx.model(grant.resolved));
			tx.put({ kind: 'model', id: grant.resolved, doc: usage ? counted(model, grant.size, usage) : model });
			if (servedModel !== undefined) this.resolveAlias(tx, grant, servedModel, 'answer', now);
			count(tx, this.ledger.replica(), sentOn(grant, 'answered', received), now);
		});
	}

	/** Cut by the consumer: counts against no key; what was sent stays spent. */
	cut(grant: LeaseGrant, sent: boolean, received: Received = {}): Promise<void> {
		return this.ledger.transact((tx, now) => {
			settleAll(tx, grant, { type: sent ? 'spent' : 'unsent' }, now);
			endProbes(tx, grant, sent, now);
			if (sent) count(tx, this.ledger.replica(), sentOn(grant, 'cancelled', received), now);
		});
	}

	failed(grant: LeaseGrant, failure: Failure, received: Received): Promise<void> {
		const { action: verdict } = failure;
		this.learnProject(grant.key, verdict);
		return this.ledger.transact((tx, now) => {
			settleAll(tx, grant, endingOf(failure), now);
			if (throttle.isBare(verdict)) this.refusedBare(tx, grant, now);
			endProbes(tx, grant, failure.sent, now);
			this.apply(tx, grant, failure, now);
			this.checkTier(tx, grant.key, failure, now);
			if (refusals.has(verdict.type)) {
				tx.put({ kind: 'key', id: grant.key, doc: failed(tx.key(grant.key), isOfKey(verdict), now) });
			}
			if (failure.sent) count(tx, this.ledger.replica(), sentOn(grant, verdict.reason, received), now);
		});
	}

	/**
	 * A re-check or a first check of a key: `failure` absent means that the service knows it. One that did not reach the
	 * service, or met its own trouble, says nothing; any other "no" is a failed re-check, so that it is not repeated for
	 * ever. One that finds a reason which only a person can end is a verdict like any other.
	 */
	checked(key: KeyId, failure: Failure | undefined): Promise<void> {
		if (failure) this.learnProject(key, failure.action);
		return this.ledger.transact((tx, now) => {
			const record = tx.key(key);
			const { status: state } = record;
			if (!failure) {
				tx.put({ kind: 'key', id: key, doc: markVerified(record, now) });
			} else if (failure.action.type === 'quarantine') {
				const { action: verdict, serviceMessage } = failure;
				const isNews = state.state !== 'quarantined' || (isFinal(verdict.reason) && state.reason !== verdict.reason);
				if (isNews) this.bench(tx, key, verdict, serviceMessage, now);
				else tx.put({ kind: 'key', id: key, doc: recheckFailed(record, now) });
			} else if (isAnswer(failure)) {
				tx.put({ kind: 'key', id: key, doc: recheckFailed(record, now) });
			}
		});
	}

	/**
	 * Takes a re-check that is due, so that of several windows one asks. False where it is not due any more, or the pool is
	 * paused.
	 */
	takeRecheck(key: KeyId): Promise<boolean> {
		return this.ledger.transact((tx, now) => {
			const record = tx.key(key);
			const { status: state } = record;
			if (state.state !== 'quarantined' || state.recheckAt === undefined || state.recheckAt > now) return false;
			if (tx.pool().paused) return false;
			tx.put({ kind: 'key', id: key, doc: recheckPostponed(record, postponedMs, now) });
			return true;
		});
	}

	/** A person has set the tier of a project: that is believed, until the service contradicts it again. */
	believeTier(project: ProjectId): Promise<void> {
		return this.ledger.transact((tx) => tx.put({ kind: 'pool', doc: believe(tx.pool(), project) }));
	}

	liftQuarantine(key: KeyId): Promise<void> {
		return this.ledger.transact((tx) => tx.put({ kind: 'key', id: key, doc: liftQuarantine(tx.key(key)) }));
	}

	/** A person says that these buckets may work again, and their models. */
	clearRests(ids: readonly BucketId[]): Promise<void> {
		return this.ledger.transact((tx, now) => {
			tx.put({ kind: 'pool', doc: throttle.unthrottled(tx.pool()) });
			for (const id of ids) {
				tx.put({ kind: 'bucket', id, doc: clearRest(tx.bucket(id), now) });
				const [project, model] = partsOf(id);
				tx.put({ kind: 'model', id: model, doc: found(recovered(tx.model(model))) });
				for (const key of this.roster().keys) {
					if (key.project === project) tx.put({ kind: 'key', id: key.id, doc: allowedModel(tx.key(key.id), model) });
				}
			}
		});
	}

	resume(): Promise<void> {
		return this.ledger.transact((tx) => {
			const { paused: _, ...doc } = tx.pool();
			tx.put({ kind: 'pool', doc });
		});
	}

	private learnProject(key: KeyId, verdict: FailureAction): void {
		const number = consumerIn(verdict);
		if (number !== undefined) this.projectNamed(key, number);
	}

	private refusedBare(tx: Transaction, grant: LeaseGrant, now: EpochMs): void {
		const project = this.roster().key(grant.key)?.project;
		if (project) tx.put({ kind: 'pool', doc: throttle.refusedBare(tx.pool(), project, grant.lease, now) });
	}

	private apply(tx: Transaction, grant: LeaseGrant, { action: verdict, serviceMessage }: Failure, now: EpochMs): void {
		switch (verdict.type) {
			case 'coolDown': {
				const { atMost } = tokensOf(grant.size, tx.model(grant.resolved));
				// What all keys meet is no bucket's fault: its rest does not grow, so that a probe can go there each minute.
				const told = throttle.isBare(verdict) && tx.pool().throttled ? { ...verdict, delayMs: capacityMs } : verdict;
				this.atBothNames(tx, grant, verdict.model, now, (id) =>
					saying(rest(tx.bucket(id), told, now, atMost, this.own(tx, grant.key, id)), verdict.reason, serviceMessage),
				);
				break;
			}
			case 'markUnsupported':
				this.atBothNames(tx, grant, verdict.model, now, (id) =>
					saying(close(tx.bucket(id), verdict, now), verdict.reason, serviceMessage),
				);
				break;
			case 'quarantine':
				this.bench(tx, grant.key, verdict, serviceMessage, now);
				break;
			case 'retrySameKey':
				if (verdict.scope === 'model') {
					const base = this.baseDelayMs();
					const waitMs = (n: number): number => Math.max(leastBackOffMs(verdict, n), backOffMs(base, n, this.random));
					const doc = overloaded(tx.model(grant.resolved), grant.sentAt, waitMs, now);
					tx.put({ kind: 'model', id: grant.resolved, doc });
				}
				break;
			case 'fail':
				if (verdict.reason === 'noSuchModel') {
					const doc = { ...tx.model(grant.resolved), missingUntil: now + missingMs };
					tx.put({ kind: 'model', id: grant.resolved, doc });
				}
				break;
			case 'closeForKey': {
				const denied = deniedModel(tx.key(grant.key), grant.resolved, now + verdict.forMs, now);
				tx.put({ kind: 'key', id: grant.key, doc: denied });
				break;
			}
			case 'retryOtherKeyOnce':
			case 'excludeTier':
			case 'replaceSignatures':
				break;
		}
	}

	/** Paid is checked, not believed: a quota of the free tier shows that a project marked as paid is none. */
	private checkTier(tx: Transaction, key: KeyId, { tier, serviceMessage }: Failure, now: EpochMs): void {
		const project = this.roster().key(key)?.project;
		if (project === undefined || tier !== 'free' || this.roster().project(project).tier === 'free') return;
		tx.put({ kind: 'pool', doc: revoke(tx.pool(), project, key, serviceMessage, now) });
	}

	/** The user's own limits for a bucket of this key. */
	private own(tx: Transaction, key: KeyId, id: BucketId): Limits | undefined {
		const project = this.roster().key(key)?.project;
		if (project === undefined) return undefined;
		return ownLimits(this.roster().project(project), partsOf(id)[1], (name) => resolveIn(modelsIn(tx), name));
	}

	/** A 429 names the resolved model: its bucket rests, and so does the one that was asked. */
	private atBothNames(
		tx: Transaction,
		grant: LeaseGrant,
		named: string | undefined,
		now: EpochMs,
		step: (id: BucketId) => ReturnType<typeof rest>,
	): void {
		if (named !== undefined) this.resolveAlias(tx, grant, named, 'quota', now);
		const ids = new Set([grant.bucketId]);
		const key = this.roster().key(grant.key);
		if (named !== undefined && key) ids.add(bucketId(key.project, resolveIn(modelsIn(tx), named)));
		for (const id of ids) tx.put({ kind: 'bucket', id, doc: step(id) });
	}

	/**
	 * Remembers what an alias stands for; what a quota said outranks what an answer said. Counts, limits and rests of every
	 * project move along, once for each source: an alias that goes to and fro must not count them again.
	 */
	private resolveAlias(tx: Transaction, grant: LeaseGrant, to: string, from: 'quota' | 'answer', now: EpochMs): void {
		const record = tx.model(grant.model);
		const known = record.resolvesTo;
		if (to === grant.model && !known) return;
		if (known?.model === to || (known?.from === 'quota' && from === 'answer')) return;
		const source = resolveIn(modelsIn(tx), grant.model);
		tx.put({ kind: 'model', id: grant.model, doc: { ...record, resolvesTo: { model: to, from } } });
		const end = resolveIn(modelsIn(tx), grant.model);
		if (known?.from === from || source === end) return;
		const projects = new Set(this.roster().keys.map(({ project }) => project));
		for (const project of projects) {
			const old = bucketId(project, source);
			if (!this.ledger.replica().bucket.has(old)) continue;
			const target = bucketId(project, end);
			tx.put({ kind: 'bucket', id: target, doc: merged(tx.bucket(target), tx.bucket(old), now) });
		}
	}

	private bench(
		tx: Transaction,
		key: KeyId,
		verdict: Extract<FailureAction, { type: 'quarantine' }>,
		serviceMessage: string,
		now: EpochMs,
	): void {
		const roster = this.roster();
		for (const id of roster.sharing(key, verdict.scope)) {
			tx.put({ kind: 'key', id, doc: quarantine(tx.key(id), verdict, serviceMessage, now) });
		}
		const abuse = verdict.abuse || (isRefusal(verdict.reason) && isBurst(tx, roster, now));
		if (abuse && !tx.pool().paused) {
			tx.put({
				kind: 'pool',
				doc: { ...tx.pool(), paused: { reason: verdict.reason, by: key, since: now, serviceMessage } },
			});
		}
	}
}

/** What others waited for has ended without an answer. */
function endProbes(tx: Transaction, { resolved, lease }: LeaseGrant, sent: boolean, now: EpochMs): void {
	tx.put({ kind: 'model', id: resolved, doc: probeEnded(tx.model(resolved), lease) });
	tx.put({ kind: 'pool', doc: throttle.probeEnded(tx.pool(), lease, sent, now) });
}

function modelsIn(tx: Transaction): Parameters<typeof resolveIn>[0] {
	return { get: (model) => tx.model(model) };
}

function bucketsOf({ bucketId: id, capId }: LeaseGrant): readonly BucketId[] {
	return capId === undefined ? [id] : [id, capId];
}

function settleAll(tx: Transaction, grant: LeaseGrant, ending: LeaseOutcome, now: EpochMs): void {
	for (const id of bucketsOf(grant)) {
		tx.put({ kind: 'bucket', id, doc: settle(tx.bucket(id), grant.lease, ending, now) });
	}
}

const refusals: ReadonlySet<FailureAction['type']> = new Set([
	'coolDown',
	'markUnsupported',
	'closeForKey',
	'excludeTier',
	'quarantine',
]);

/** Calls that were refused for quota or for the key did not count at the service. */
function endingOf({ sent, action: verdict }: Failure): LeaseOutcome {
	if (!sent) return { type: 'unsent' };
	return { type: refusals.has(verdict.type) ? 'refused' : 'spent' };
}

/** Whether the service itself answered, and not with trouble of its own: nor somebody between. */
function isAnswer({ sent, action: verdict }: Failure): boolean {
	return sent && verdict.type !== 'retrySameKey' && verdict.reason !== 'redirected';
}

/** A 429 that names no quota can mean the model's own capacity, and a blocked region comes as one; a plain denial names nothing. */
function isOfKey(verdict: FailureAction): boolean {
	if (verdict.type === 'quarantine') return verdict.scope !== 'account';
	return verdict.reason !== 'capacity' && verdict.reason !== 'modelDenied';
}

/** What a 403 can mean for a key that had worked, apart from what is an abuse signal by itself. */
function isRefusal(reason: Reason): boolean {
	return reason === 'blocked' || reason === 'serviceDisabled' || reason === 'denied';
}

/** A project that was switched off counts once, however many keys it has. */
function isBurst(tx: Transaction, roster: KeySet, now: EpochMs): boolean {
	const hit = new Set<string>();
	for (const { id, project } of roster.keys) {
		const { status: state } = tx.key(id);
		if (state.state !== 'quarantined' || !state.hadWorked || now - state.since > burstMs) continue;
		if (state.reason === 'blocked') hit.add(id);
		if (state.reason === 'serviceDisabled' || state.reason === 'denied') hit.add(project);
	}
	return hit.size >= burstKeys;
}
