import type { Granter } from '../selection/leaseAllocator';
import { PoolError, type Attempt, type PoolFacts } from '../types/streamPart';
import { Refused } from '../queue/queue';
import type { Cost, Target, Usage } from '../types/poolRequest';
import type { Grant } from '../types/leaseRequest';
import { longestTrail } from '../types/statistics';
import { Failure, type Reason } from '../types/failure';

/** How one send ended. */
export interface Ended {
	readonly outcome: Attempt['outcome'];
	readonly ms: number;
	readonly usage: Usage | undefined;
	readonly said?: string;
	readonly unsent?: true;
}

/** What one request has met so far, and the error that this makes where nobody can answer it. */
export class History {
	private readonly trail: Attempt[] = [];
	private last: { readonly failure: Failure; readonly on: Target } | undefined;
	/** The limit that showed that the request is too large for free keys. */
	private tooLargeFor: number | undefined;

	constructor(
		private readonly granter: Pick<Granter, 'likelyTokens'>,
		private readonly cost: Cost,
		private readonly now: { enabledKeys(): number; enabledPaidKeys(): number; isPaidDemanded(): boolean },
	) {}

	/** Oldest first. */
	get attempts(): readonly Attempt[] {
		return this.trail;
	}

	/** The last send that failed. */
	get previous(): { readonly on: Target; readonly why: Reason } | undefined {
		return this.last && { on: this.last.on, why: this.last.failure.verdict.why };
	}

	ended({ key, model, label, sentAt }: Grant, { outcome, ms, usage, said, unsent }: Ended): Attempt {
		const rest = { ...(said ? { said } : {}), ...(usage ? { usage } : {}), ...(unsent ? { unsent } : {}) };
		const attempt: Attempt = { key, model, label, sentAt, ms, outcome, ...rest };
		this.trail.push(attempt);
		if (this.trail.length > longestTrail) this.trail.shift();
		return attempt;
	}

	/** @returns whether it shows that free keys are out of the question for that model: the request is too large for them */
	failed(failure: Failure, { key, model }: Grant): boolean {
		this.last = { failure, on: { key, model } };
		const limit = this.exceeded(failure.verdict, model);
		this.tooLargeFor = limit ?? this.tooLargeFor;
		return limit !== undefined;
	}

	/** Trouble of the service or of the way outranks the count of tries. */
	tooManyTries(limit: number): PoolError {
		const last = this.last?.failure.verdict;
		const reason = last?.act === 'backOff' ? last.why : 'tooManyTries';
		return new PoolError(reason, this.trail, { ...this.lastSaid(), limit });
	}

	/** What is thrown for `thrown`. */
	error(thrown: unknown, isCancelled: boolean): PoolError {
		if (thrown instanceof PoolError) return thrown;
		if (isCancelled) return new PoolError('cancelled', this.trail);
		if (thrown instanceof Refused) return this.refused(thrown);
		if (thrown instanceof Failure) return this.failedWith(thrown);
		return new PoolError('unexpected', this.trail, this.lastSaid());
	}

	private failedWith({ verdict, said }: Failure): PoolError {
		const abuse = verdict.act === 'bench' && verdict.abuse;
		return new PoolError(abuse ? 'paused' : verdict.why, this.trail, { ...(said ? { said } : {}), ...this.last?.on });
	}

	private refused({ denial, tooLong }: Refused): PoolError {
		const { why, retryAt, model } = denial;
		const reason = tooLong ? (saysItAll(why) ? why : 'waitedTooLong') : this.reasonOf(why);
		const limit = reason === 'tooLargeForTier' ? (denial.limit ?? this.tooLargeFor) : denial.limit;
		return new PoolError(reason, this.trail, {
			...this.lastSaid(),
			model,
			...(denial.on ? { key: denial.on.id } : {}),
			...(retryAt === Infinity ? {} : { retryAt }),
			...(limit === undefined ? {} : { limit }),
			...(reason === 'tooLargeForTier' ? { size: this.granter.likelyTokens(model, this.cost) } : {}),
		});
	}

	/** Nobody can serve, now or later: what the request itself met outranks what is wrong with keys it never asked. */
	private reasonOf(denied: Reason): Reason {
		if (denied === 'paused') return denied;
		if (denied === 'noKeys' && this.areAllBarred) return 'paidOnly';
		if (this.tooLargeFor !== undefined) return 'tooLargeForTier';
		const last = this.last?.failure.verdict;
		if (last?.act === 'backOff' || last?.act === 'tryOneOther') return last.why;
		if (denied !== 'noKeys') return denied;
		if (last || this.now.enabledKeys() === 0) return last?.why ?? 'noKeys';
		return this.now.isPaidDemanded() ? 'paidOnly' : 'noUsableKey';
	}

	/** Whether the demand for paid keys leaves none, whatever the request met before it was made. */
	private get areAllBarred(): boolean {
		return this.now.isPaidDemanded() && this.now.enabledKeys() > 0 && this.now.enabledPaidKeys() === 0;
	}

	/** The limit of the tier, where the request alone is larger than what it takes in a minute. */
	private exceeded(verdict: Failure['verdict'], model: string): number | undefined {
		if (verdict.act === 'skipTier') return verdict.limit;
		if (verdict.why !== 'tpm') return undefined;
		const { limit = Infinity } = verdict;
		return this.granter.likelyTokens(model, this.cost) > limit ? limit : undefined;
	}

	private lastSaid(): PoolFacts {
		const said = this.last?.failure.said;
		return { ...(said && { said }), ...(this.now.isPaidDemanded() && { paidOnly: true }) };
	}
}

/** Reasons with a remedy of their own, beside waiting. */
function saysItAll(why: Reason): boolean {
	return why === 'tierLacksModel' || why === 'modelDenied' || why === 'cap' || why === 'throttled';
}
