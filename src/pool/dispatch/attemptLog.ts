import type { LeaseAllocator } from '../selection/leaseAllocator';
import { PoolError, type Attempt, type PoolFacts } from '../types/streamPart';
import { RequestRejected } from '../queue/queue';
import type { RequestSize, Target } from '../types/poolRequest';
import type { LeaseGrant } from '../types/leaseRequest';
import { maxAttempts } from '../types/statistics';
import { Failure, type Reason } from '../types/failure';

/** How one send ended. */
export type AttemptEnd = Pick<Attempt, 'outcome' | 'ms' | 'usage' | 'servedModel' | 'serviceMessage' | 'unsent'>;

/** What one request has met so far, and the error that this makes where nobody can answer it. */
export class AttemptLog {
	private readonly entries: Attempt[] = [];
	private lastFailure: { readonly failure: Failure; readonly on: Target } | undefined;
	/** The limit that showed that the request is too large for free keys. */
	private tooLargeFor: number | undefined;

	constructor(
		private readonly allocator: Pick<LeaseAllocator, 'likelyTokens'>,
		private readonly size: RequestSize,
		private readonly client: string,
		private readonly demand: { enabledKeys(): number; enabledPaidKeys(): number; isPaidDemanded(): boolean },
	) {}

	/** Oldest first. */
	get attempts(): readonly Attempt[] {
		return this.entries;
	}

	/** The last send that failed. */
	get previous(): { readonly on: Target; readonly reason: Reason } | undefined {
		return this.lastFailure && { on: this.lastFailure.on, reason: this.lastFailure.failure.action.reason };
	}

	add({ key, model, label, sentAt, project, tier }: LeaseGrant, { serviceMessage, ...ended }: AttemptEnd): Attempt {
		const said = serviceMessage ? { serviceMessage } : {};
		const attempt: Attempt = { key, model, label, sentAt, project, tier, ...ended, ...said };
		this.entries.push(attempt);
		if (this.entries.length > maxAttempts) this.entries.shift();
		return attempt;
	}

	/** @returns whether it shows that free keys are out of the question for that model: the request is too large for them */
	recordFailure(failure: Failure, { key, model }: LeaseGrant): boolean {
		this.lastFailure = { failure, on: { key, model } };
		const limit = this.exceeded(failure.action, model);
		this.tooLargeFor = limit ?? this.tooLargeFor;
		return limit !== undefined;
	}

	/** Trouble of the service or of the way outranks the count of tries. */
	tooManyTries(limit: number): PoolError {
		const last = this.lastFailure?.failure.action;
		const reason = last?.type === 'retrySameKey' ? last.reason : 'tooManyTries';
		return new PoolError(reason, this.attempts, { ...this.lastFacts(), limit });
	}

	/** What is thrown for `thrown`. */
	error(thrown: unknown, isCancelled: boolean): PoolError {
		if (thrown instanceof PoolError) return thrown;
		if (isCancelled) return new PoolError('cancelled', this.attempts);
		if (thrown instanceof RequestRejected) return this.rejected(thrown);
		if (thrown instanceof Failure) return this.failedWith(thrown);
		return new PoolError('unexpected', this.attempts, this.lastFacts());
	}

	private failedWith({ action, serviceMessage }: Failure): PoolError {
		const abuse = action.type === 'quarantine' && action.abuse;
		return new PoolError(abuse ? 'paused' : action.reason, this.attempts, {
			...(serviceMessage ? { serviceMessage } : {}),
			...this.lastFailure?.on,
		});
	}

	private rejected({ rejection, tooLong }: RequestRejected): PoolError {
		const { reason: rejected, retryAt, model } = rejection;
		const reason = tooLong ? (isConclusive(rejected) ? rejected : 'waitedTooLong') : this.reasonOf(rejected);
		const limit = reason === 'tooLargeForTier' ? (rejection.limit ?? this.tooLargeFor) : rejection.limit;
		return new PoolError(reason, this.attempts, {
			...this.lastFacts(),
			model,
			...(rejection.on ? { key: rejection.on.id } : {}),
			...(retryAt === Infinity ? {} : { retryAt }),
			...(limit === undefined ? {} : { limit }),
			...(rejection.shortage && { shortage: rejection.shortage }),
			...(rejection.reason === 'clientHeld' && { client: this.client }),
			...(reason === 'tooLargeForTier' ? { size: this.allocator.likelyTokens(model, this.size) } : {}),
		});
	}

	/** Nobody can serve, now or later: what the request itself met outranks what is wrong with keys it never asked. */
	private reasonOf(denied: Reason): Reason {
		if (denied === 'paused' || denied === 'clientHeld') return denied;
		if (denied === 'noKeys' && this.areAllUnpaid) return 'paidOnly';
		if (this.tooLargeFor !== undefined) return 'tooLargeForTier';
		const last = this.lastFailure?.failure.action;
		if (last?.type === 'retrySameKey' || last?.type === 'retryOtherKeyOnce') return last.reason;
		if (denied !== 'noKeys') return denied;
		if (last || this.demand.enabledKeys() === 0) return last?.reason ?? 'noKeys';
		return this.demand.isPaidDemanded() ? 'paidOnly' : 'noUsableKey';
	}

	/** Whether the demand for paid keys leaves none, whatever the request met before it was made. */
	private get areAllUnpaid(): boolean {
		return this.demand.isPaidDemanded() && this.demand.enabledKeys() > 0 && this.demand.enabledPaidKeys() === 0;
	}

	/** The limit of the tier, where the request alone is larger than what it takes in a minute. */
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

/** Reasons with a remedy of their own, beside waiting. */
function isConclusive(reason: Reason): boolean {
	return ['tierLacksModel', 'modelDenied', 'cap', 'budget', 'throttled'].includes(reason);
}
