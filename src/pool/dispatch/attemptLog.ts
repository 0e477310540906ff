import type { LeaseAllocator } from '../selection/leaseAllocator';
import { PoolError, type Attempt, type PoolFacts, type StreamPart } from '../types/streamPart';
import { RequestRejected } from '../queue/queuedRequest';
import { mayBeOfModel } from './failureKinds';
import type { RequestSize, Target } from '../types/poolRequest';
import type { LeaseGrant, Rejection } from '../types/leaseRequest';
import { heldMs } from '../types/spending';
import { maxAttempts } from '../types/statistics';
import { Failure, type Reason, type FailureAction } from '../types/failure';
import type { StateStore, EpochMs } from '../types/stateStore';
import type { KeySetAside } from '../types/events';
import { rejectedByState, deniedUntil } from '../quota/admissionChecks';
import { bucketAt } from '../quota/bucket';

/** How one send ended. */
export type AttemptEnd = Pick<Attempt, 'outcome' | 'ms' | 'usage' | 'servedModel' | 'serviceMessage' | 'unsent'>;

/** The attempts of one request, and the error that follows from them if no key can answer it. */
export class AttemptLog {
	private readonly entries: Attempt[] = [];
	private lastFailure: { readonly failure: Failure; readonly on: Target } | undefined;
	/** The limit that proved the request too large for free keys. */
	private tooLargeFor: number | undefined;
	/** The last announced switch: a lease that is taken again for the same send is not announced twice. */
	private lastSwitch: { readonly attempt: number; readonly to: Target } | undefined;

	constructor(
		private readonly allocator: Pick<LeaseAllocator, 'likelyTokens'>,
		private readonly size: RequestSize,
		private readonly client: string,
		private readonly demand: {
			keys(): number;
			enabledKeys(): number;
			enabledPaidKeys(): number;
			isPaidDemanded(): boolean;
		},
	) {}

	/** Oldest first. */
	get attempts(): readonly Attempt[] {
		return this.entries;
	}

	/** The last send that failed. */
	get previous(): { readonly on: Target; readonly reason: Reason } | undefined {
		return this.lastFailure && { on: this.lastFailure.on, reason: this.lastFailure.failure.action.reason };
	}

	add(attempt: Attempt): void {
		this.entries.push(attempt);
		if (this.entries.length > maxAttempts) this.entries.shift();
	}

	/** The switch to announce before a send, if its key or model is not that of the one before, or at first the `wanted` model. */
	switched(
		{ key, model }: LeaseGrant,
		{ attempt, wanted, insteadOf }: { attempt: number; wanted: string; insteadOf: Rejection | undefined },
	): Extract<StreamPart<never>, { type: 'switched' }> | undefined {
		const to: Target = { key, model };
		const from: Target = this.previous?.on ?? { key, model: wanted };
		if (isSame(from, to)) return undefined;
		if (this.lastSwitch?.attempt === attempt && isSame(this.lastSwitch.to, to)) return undefined;
		this.lastSwitch = { attempt, to };
		// Where nothing refused the wanted model, its answer would have come too late.
		const reason = this.previous?.reason ?? insteadOf?.reason ?? 'noTimeLeft';
		return { type: 'switched', attempt, from, to, reason };
	}

	/** @returns whether the failure shows that the request is too large for the model's free keys */
	recordFailure(failure: Failure, { key, model }: LeaseGrant): boolean {
		this.lastFailure = { failure, on: { key, model } };
		const limit = this.exceeded(failure.action, model);
		this.tooLargeFor = limit ?? this.tooLargeFor;
		return limit !== undefined;
	}

	/** A failure of the service or the network is a better reason than the number of tries. */
	tooManyTries(limit: number): PoolError {
		const last = this.lastFailure?.failure.action;
		const reason = last?.type === 'retrySameKey' ? last.reason : 'tooManyTries';
		return new PoolError(reason, this.attempts, { ...this.lastFacts(), limit });
	}

	/** @param usualMs what an answer of the model usually takes */
	noTimeLeft(model: string, usualMs: number): PoolError {
		const word = this.lastWordBefore(model);
		if (word) return this.failedWith(word);
		return new PoolError('noTimeLeft', this.attempts, { ...this.lastFacts(), model, limit: Math.ceil(usualMs / 1000) });
	}

	/** The `PoolError` for `thrown`. */
	error(thrown: unknown, isCancelled: boolean): PoolError {
		if (thrown instanceof PoolError) return thrown;
		if (isCancelled) return new PoolError('cancelled', this.attempts);
		if (thrown instanceof RequestRejected) return this.rejected(thrown);
		if (thrown instanceof Failure) return this.failedWith(thrown);
		return new PoolError('unexpected', this.attempts, this.lastFacts());
	}

	private failedWith({ action, serviceMessage }: Failure): PoolError {
		const abuse = action.type === 'quarantine' && action.abuse;
		const last = this.entries.at(-1);
		const inMs = statedMs(action);
		return new PoolError(abuse ? 'paused' : action.reason, this.attempts, {
			...(serviceMessage ? { serviceMessage } : {}),
			...this.lastFailure?.on,
			...(inMs !== undefined && last && { retryAt: last.sentAt + last.ms + inMs }),
		});
	}

	private rejected({ rejection, tooLong }: RequestRejected): PoolError {
		const { reason: rejected, retryAt, model } = rejection;
		const word = isOfPerson(rejected) ? undefined : this.lastWordBefore(model);
		if (word) return this.failedWith(word);
		const reason = tooLong ? (isConclusive(rejected) ? rejected : 'waitedTooLong') : this.reasonOf(rejected);
		const limit = reason === 'tooLargeForTier' ? (rejection.limit ?? this.tooLargeFor) : rejection.limit;
		const isCapHeld = reason === 'cap' && isHeld(rejection);
		return new PoolError(reason, this.attempts, {
			...this.lastFacts(),
			model,
			...(rejection.on ? { key: rejection.on.id } : {}),
			...(isCapHeld ? { isHeld: true } : retryAt < Infinity && { retryAt }),
			...(limit === undefined ? {} : { limit }),
			...(rejection.size !== undefined && { size: rejection.size }),
			...(reason === 'noKeys' && this.demand.keys() > 0 && { limit: this.demand.keys() }),
			...(rejection.shortage && { shortage: rejection.shortage }),
			...(rejection.reason === 'clientHeld' && { client: this.client }),
			...(reason === 'tooLargeForTier' ? { size: this.allocator.likelyTokens(model, this.size) } : {}),
		});
	}

	/** How a fallback model has refused the request, after which only this one was hoped for. */
	private lastWordBefore(model: string): Failure | undefined {
		const { failure, on } = this.lastFailure ?? {};
		return failure && on?.model !== model && mayBeOfModel(failure.action) ? failure : undefined;
	}

	/** No key can serve, now or later: the request's own failures outrank the state of keys that it never asked. */
	private reasonOf(denied: Reason): Reason {
		if (isOfPerson(denied)) return denied;
		if (denied === 'noKeys' && this.areAllUnpaid) return 'paidOnly';
		if (denied === 'noKeys' && this.demand.enabledKeys() === 0) return 'noKeys';
		if (this.tooLargeFor !== undefined) return 'tooLargeForTier';
		const last = this.lastFailure?.failure.action;
		if (last?.type === 'retrySameKey' || last?.type === 'retryOtherKeyOnce') return last.reason;
		if (denied !== 'noKeys') return denied;
		if (last) return last.reason;
		return this.demand.isPaidDemanded() ? 'paidOnly' : 'noUsableKey';
	}

	/** Whether paid keys are demanded and there are none. */
	private get areAllUnpaid(): boolean {
		return this.demand.isPaidDemanded() && this.demand.enabledKeys() > 0 && this.demand.enabledPaidKeys() === 0;
	}

	/** The tier's limit, if the request alone exceeds what it allows in a minute. */
	private exceeded(action: Failure['action'], model: string): number | undefined {
		if (action.type === 'excludeTier') return action.limit;
		if (action.reason !== 'tpm') return undefined;
		const { limit = Infinity } = action;
		return this.allocator.likelyTokens(model, this.size) > limit ? limit : undefined;
	}

	private lastFacts(): PoolFacts {
		const serviceMessage = this.lastFailure?.failure.serviceMessage;
		return { ...(serviceMessage && { serviceMessage }), ...(this.demand.isPaidDemanded() && { paidOnly: true }) };
	}
}

export function attemptOf(
	{ key, model, label, sentAt, project, tier }: LeaseGrant,
	{ serviceMessage, ...ended }: AttemptEnd,
): Attempt {
	return { key, model, label, sentAt, project, tier, ...ended, ...(serviceMessage && { serviceMessage }) };
}

/** Whether calls under way alone hold what a budget or a cap lacks. */
function isHeld({ reason, shortage, mayRetryEarlier }: Rejection): boolean {
	return shortage?.isHeld ?? (reason === 'cap' && mayRetryEarlier === true);
}

/** ms after which a request that waits is tried again. */
export function waitMs(rejection: Rejection, now: EpochMs): number {
	return Math.max(0, Math.min(rejection.retryAt - now, isHeld(rejection) ? heldMs : Infinity));
}

/** ms after which it may be asked again, where who refused it has said so. */
function statedMs(action: FailureAction): number | undefined {
	if (action.type === 'fail') return action.retryInMs;
	return action.type === 'retrySameKey' && action.scope === 'model' ? action.minDelaysMs?.at(-1) : undefined;
}

function isSame(a: Target, b: Target): boolean {
	return a.key === b.key && a.model === b.model;
}

/** Only a person ends it. */
function isOfPerson(reason: Reason): boolean {
	return reason === 'paused' || reason === 'clientHeld';
}

/** Reasons with a remedy other than waiting for a key. */
function isConclusive(reason: Reason): boolean {
	return ['tierLacksModel', 'modelDenied', 'cap', 'budget', 'throttled', 'overloaded'].includes(reason);
}

/** Reports, once each time, the keys that are set aside for one request. */
export class SetAsides {
	/** The last failure after which the request stayed on its key, so that it was not reported. */
	private unreported: { readonly on: Target; readonly reason: Reason } | undefined;

	constructor(
		private readonly store: StateStore,
		private readonly emit: (event: KeySetAside) => void,
	) {}

	/** A send has failed, and the store has recorded it. */
	failed({ type, reason }: FailureAction, grant: LeaseGrant, isSetAside: boolean): void {
		const on = { key: grant.key, model: grant.model };
		this.unreported = isSetAside ? undefined : { on, reason };
		if (isSetAside) this.report(on, reason, coolsUntil(this.store, grant, type));
	}

	/**
	 * The request continues with another key or model: it left a key during a back-off, or skipped the wanted model.
	 *
	 * @param insteadOf why the wanted model was skipped, if nothing was sent before
	 */
	switched(to: Target, insteadOf: Rejection | undefined): void {
		const left = this.unreported;
		this.unreported = undefined;
		if (left) this.report(left.on, left.reason, undefined);
		else if (insteadOf) {
			this.report({ key: insteadOf.on?.id ?? to.key, model: insteadOf.model }, insteadOf.reason, insteadOf.retryAt);
		}
	}

	private report({ key, model }: Target, reason: Reason, until: EpochMs | undefined): void {
		// A denial for one request alone has no end.
		this.emit({ key, model, reason, ...(until && until !== Infinity && { until }) });
	}
}

/** Until when the failed call's key is not asked for this model, according to the store. */
function coolsUntil(
	store: StateStore,
	{ bucketId, key, resolved }: LeaseGrant,
	type: FailureAction['type'],
): EpochMs | undefined {
	const docs = store.replica();
	const now = store.now();
	switch (type) {
		case 'coolDown':
		case 'markUnsupported': {
			const bucket = docs.bucket.get(bucketId);
			return bucket && rejectedByState(bucketAt(bucket, now), now)?.retryAt;
		}
		case 'denyModel': {
			const record = docs.key.get(key);
			return record && deniedUntil(record, resolved, now);
		}
		case 'quarantine': {
			const status = docs.key.get(key)?.status;
			return status?.state === 'quarantined' ? status.recheckAt : undefined;
		}
		case 'retrySameKey': {
			const { overloadedUntil = 0 } = docs.model.get(resolved) ?? {};
			return overloadedUntil > now ? overloadedUntil : undefined;
		}
		case 'excludeTier':
		case 'retryOtherKeyOnce':
		case 'replaceSignatures':
		case 'fail':
			return undefined;
	}
}
