import type { LeaseAllocator } from '../selection/leaseAllocator';
import { PoolError, type Attempt, type PoolFacts } from '../types/streamPart';
import { RequestRejected } from '../queue/queue';
import type { RequestSize, Target } from '../types/poolRequest';
import type { LeaseGrant } from '../types/leaseRequest';
import { maxAttempts } from '../types/statistics';
import { Failure, type Reason } from '../types/failure';

/** How one send ended. */
export type Ended = Pick<Attempt, 'outcome' | 'ms' | 'usage' | 'servedModel' | 'serviceMessage' | 'unsent'>;

/** What one request has met so far, and the error that this makes where nobody can answer it. */
export class AttemptLog {
	private readonly log: Attempt[] = [];
	private last: { readonly failure: Failure; readonly on: Target } | undefined;
	/** The limit that showed that the request is too large for free keys. */
	private tooLargeFor: number | undefined;

	constructor(
		private readonly allocator: Pick<LeaseAllocator, 'likelyTokens'>,
		private readonly cost: RequestSize,
		private readonly now: { enabledKeys(): number; enabledPaidKeys(): number; isPaidDemanded(): boolean },
	) {}

	/** Oldest first. */
	get attempts(): readonly Attempt[] {
		return this.log;
	}

	/** The last send that failed. */
	get previous(): { readonly on: Target; readonly reason: Reason } | undefined {
		return this.last && { on: this.last.on, reason: this.last.failure.action.reason };
	}

	ended({ key, model, label, sentAt, project, tier }: LeaseGrant, { serviceMessage, ...ended }: Ended): Attempt {
		const said = serviceMessage ? { serviceMessage } : {};
		const attempt: Attempt = { key, model, label, sentAt, project, tier, ...ended, ...said };
		this.log.push(attempt);
		if (this.log.length > maxAttempts) this.log.shift();
		return attempt;
	}

	/** @returns whether it shows that free keys are out of the question for that model: the request is too large for them */
	failed(failure: Failure, { key, model }: LeaseGrant): boolean {
		this.last = { failure, on: { key, model } };
		const limit = this.exceeded(failure.action, model);
		this.tooLargeFor = limit ?? this.tooLargeFor;
		return limit !== undefined;
	}

	/** Trouble of the service or of the way outranks the count of tries. */
	tooManyTries(limit: number): PoolError {
		const last = this.last?.failure.action;
		const reason = last?.type === 'retrySameKey' ? last.reason : 'tooManyTries';
		return new PoolError(reason, this.attempts, { ...this.lastSaid(), limit });
	}

	/** What is thrown for `thrown`. */
	error(thrown: unknown, isCancelled: boolean): PoolError {
		if (thrown instanceof PoolError) return thrown;
		if (isCancelled) return new PoolError('cancelled', this.attempts);
		if (thrown instanceof RequestRejected) return this.refused(thrown);
		if (thrown instanceof Failure) return this.failedWith(thrown);
		return new PoolError('unexpected', this.attempts, this.lastSaid());
	}

	private failedWith({ action: verdict, serviceMessage }: Failure): PoolError {
		const abuse = verdict.type === 'quarantine' && verdict.abuse;
		return new PoolError(abuse ? 'paused' : verdict.reason, this.attempts, {
			...(serviceMessage ? { serviceMessage } : {}),
			...this.last?.on,
		});
	}

	private refused({ rejection, tooLong }: RequestRejected): PoolError {
		const { reason: rejected, retryAt, model } = rejection;
		const reason = tooLong ? (saysItAll(rejected) ? rejected : 'waitedTooLong') : this.reasonOf(rejected);
		const limit = reason === 'tooLargeForTier' ? (rejection.limit ?? this.tooLargeFor) : rejection.limit;
		return new PoolError(reason, this.attempts, {
			...this.lastSaid(),
			model,
			...(rejection.on ? { key: rejection.on.id } : {}),
			...(retryAt === Infinity ? {} : { retryAt }),
			...(limit === undefined ? {} : { limit }),
			...(reason === 'tooLargeForTier' ? { size: this.allocator.likelyTokens(model, this.cost) } : {}),
		});
	}

	/** Nobody can serve, now or later: what the request itself met outranks what is wrong with keys it never asked. */
	private reasonOf(denied: Reason): Reason {
		if (denied === 'paused') return denied;
		if (denied === 'noKeys' && this.areAllBarred) return 'paidOnly';
		if (this.tooLargeFor !== undefined) return 'tooLargeForTier';
		const last = this.last?.failure.action;
		if (last?.type === 'retrySameKey' || last?.type === 'retryOtherKeyOnce') return last.reason;
		if (denied !== 'noKeys') return denied;
		if (last || this.now.enabledKeys() === 0) return last?.reason ?? 'noKeys';
		return this.now.isPaidDemanded() ? 'paidOnly' : 'noUsableKey';
	}

	/** Whether the demand for paid keys leaves none, whatever the request met before it was made. */
	private get areAllBarred(): boolean {
		return this.now.isPaidDemanded() && this.now.enabledKeys() > 0 && this.now.enabledPaidKeys() === 0;
	}

	/** The limit of the tier, where the request alone is larger than what it takes in a minute. */
	private exceeded(verdict: Failure['action'], model: string): number | undefined {
		if (verdict.type === 'excludeTier') return verdict.limit;
		if (verdict.reason !== 'tpm') return undefined;
		const { limit = Infinity } = verdict;
		return this.allocator.likelyTokens(model, this.cost) > limit ? limit : undefined;
	}

	private lastSaid(): PoolFacts {
		const serviceMessage = this.last?.failure.serviceMessage;
		return { ...(serviceMessage && { serviceMessage }), ...(this.now.isPaidDemanded() && { paidOnly: true }) };
	}
}

/** Reasons with a remedy of their own, beside waiting. */
function saysItAll(reason: Reason): boolean {
	return reason === 'tierLacksModel' || reason === 'modelDenied' || reason === 'cap' || reason === 'throttled';
}
