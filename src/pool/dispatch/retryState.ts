import type { BucketId, KeyId } from '../types/key';
import type { LeaseGrant, LeaseRequest } from '../types/leaseRequest';
import { minBackOffMs, type FailureAction } from '../types/failure';
import type { LeaseAllocator } from '../selection/leaseAllocator';
import type { Options } from '../types/options';

/** What a request does after a failure. `setsAside`: it does not come back to this key for this model in this round. */
export type NextStep =
	/** Looks for a key again, at once; the ledger knows who rests. */
	| { readonly type: 'allocate'; readonly setsAside: boolean }
	/** Backs off by itself for `leastMs` at least, then the same key. `n` counts from 0. */
	| { readonly type: 'backOff'; readonly setsAside: false; readonly n: number; readonly minMs: number }
	| { readonly type: 'fail'; readonly setsAside: boolean };

/** How much a request may still send, and what else could answer it. */
export interface Budget {
	/** Sends that are left. */
	readonly sendsLeft: number;
	/** Retries of an overloaded model: each of them costs a request of a day that has few. */
	readonly overloadRetries: number;
	/** Whether another key could answer on this model now. */
	readonly hasOtherKey: boolean;
	/** Other models that could answer now, and were not asked yet. */
	readonly otherModels: number;
}

/** Time-outs grow by this when the service said that a request needs longer. */
const deadlineTimeoutFactor = 2;

/**
 * The course of one request: what is spent in this round, what was backed off from, where it stays. It only decides;
 * it neither sends nor waits.
 */
export class RetryState {
	private sent = 0;
	private sentInRound = 0;
	paidOnly = false;
	preferredKey: KeyId | undefined;
	/** The service has refused a thought signature in the request: from then on it is sent with others. */
	replaceSignatures = false;
	/** Factor on the idle time-outs. */
	timeoutFactor = 1;
	private models: readonly string[];
	/** Until a new round. */
	private readonly refusedBuckets = new Set<BucketId>();
	private readonly refusedKeys = new Set<KeyId>();
	private retriedExcluded = false;
	/** For good: too small, left for another key, left for another key on that model. */
	private readonly tooSmallBuckets = new Set<BucketId>();
	private readonly abandonedKeys = new Set<KeyId>();
	private readonly abandonedKeysByModel = new Map<string, Set<KeyId>>();
	/** Models whose free keys take no request of this size. */
	private readonly tooLargeModels = new Set<string>();
	private readonly abandonedModels = new Set<string>();
	private readonly askedModels = new Set<string>();
	private readonly backOffs = new Map<string, number>();
	private readonly triedOtherFor = new Set<string>();

	constructor(
		models: readonly string[],
		private readonly canReplaceSignatures = false,
	) {
		this.models = [...new Set(models)];
	}

	/** Models that may still answer: the wanted one first. */
	get openModels(): readonly string[] {
		return this.models.filter((model) => !this.abandonedModels.has(model));
	}

	/** Sends over all rounds. */
	get sends(): number {
		return this.sent;
	}

	/** Counts a send. */
	countSend(model: string): void {
		this.sent++;
		this.sentInRound++;
		this.askedModels.add(model);
	}

	/**
	 * Those to look at with `left` sends to go: the last ones belong to models that were never asked and could answer now, so
	 * that refusals by the wanted one do not use them up.
	 */
	modelsToTry(left: number, couldAnswer: (model: string) => boolean): readonly string[] {
		const { openModels: open } = this;
		// Who stays on a key has the sends for it.
		if (open.length <= 1 || left > open.length || this.preferredKey !== undefined) return open;
		const fresh = this.unaskedModels(couldAnswer);
		return fresh.length > 0 && fresh.length >= left ? fresh : open;
	}

	/** Models that were never asked and could answer. */
	unaskedModels(couldAnswer: (model: string) => boolean): readonly string[] {
		return this.openModels.filter((model) => !this.askedModels.has(model) && couldAnswer(model));
	}

	get wanted(): string {
		return this.models[0] ?? '';
	}

	get excludedBuckets(): ReadonlySet<BucketId> {
		return union(this.refusedBuckets, this.tooSmallBuckets);
	}

	/** Not asked for this model. */
	excludedKeys(model: string): ReadonlySet<KeyId> {
		return union(union(this.refusedKeys, this.abandonedKeys), this.abandonedKeysByModel.get(model) ?? none);
	}

	/** Whether anything is spent, so that the request stands for itself alone. */
	get hasNoExclusions(): boolean {
		return (
			this.excludedBuckets.size + this.refusedKeys.size + this.abandonedKeys.size + this.abandonedKeysByModel.size === 0
		);
	}

	/** Whether the request is too large for free keys on this model. */
	paidForSize(model: string): boolean {
		return this.tooLargeModels.has(model);
	}

	markTooLarge(model: string): void {
		this.tooLargeModels.add(model);
	}

	useModel(model: string): void {
		this.abandonedModels.delete(model);
		this.models = [model, ...this.models.filter((other) => other !== model)];
	}

	/** After a wait for a reset everybody may be asked again. */
	newRound(): void {
		this.sentInRound = 0;
		this.retriedExcluded = false;
		this.clearRefusals();
	}

	/**
	 * Nobody is left in this round: what was refused early in it may be free again by now. Once a round, and where `left`
	 * sends are as many as this round had.
	 *
	 * @returns whether there is anybody to ask again
	 */
	retryExcluded(left: number): boolean {
		if (this.retriedExcluded || this.sentInRound > left) return false;
		this.retriedExcluded = true;
		if (this.refusedBuckets.size + this.refusedKeys.size === 0) return false;
		this.clearRefusals();
		return true;
	}

	/** Takes a verdict on the call that `grant` allowed. */
	afterFailure(action: FailureAction, grant: LeaseGrant, budget: Budget): NextStep {
		this.preferredKey = undefined;
		switch (action.type) {
			case 'coolDown':
			case 'markUnsupported':
				this.refusedBuckets.add(grant.bucketId);
				return switchKey;
			case 'quarantine':
				this.refusedKeys.add(grant.key);
				return action.abuse ? { type: 'fail', setsAside: true } : switchKey;
			case 'denyModel':
				this.abandonedKeysFor(grant.model).add(grant.key);
				return switchKey;
			case 'excludeTier':
				this.tooSmallBuckets.add(grant.bucketId);
				this.markTooLarge(grant.model);
				return switchKey;
			case 'retrySameKey':
				return this.afterTransient(action, grant, budget);
			case 'retryOtherKeyOnce':
				this.paidOnly ||= action.paid;
				return this.tryOtherKey(action.reason, this.abandonedKeys, grant) ?? fail;
			case 'replaceSignatures':
				if (!this.canReplaceSignatures || this.replaceSignatures) return fail;
				this.replaceSignatures = true;
				this.preferredKey = grant.key;
				return { type: 'allocate', setsAside: false };
			case 'fail':
				return fail;
		}
	}

	private afterTransient(action: RetrySameKeyAction, grant: LeaseGrant, budget: Budget): NextStep {
		const { reason, scope, afterRetries: then } = action;
		const name = `${reason} ${grant.model}`;
		const n = this.backOffs.get(name) ?? 0;
		this.backOffs.set(name, n + 1);
		const isRetry = n < retriesOf(action, budget);
		// Nothing may be sent any more: not this key's fault.
		if (isRetry && budget.sendsLeft <= 0) return { type: 'allocate', setsAside: false };
		const otherName = then === 'otherKey' ? reason : name;
		const hasOtherKey = budget.hasOtherKey && !this.triedOtherFor.has(otherName);
		if (isRetry && budget.sendsLeft > reservedFor(then, hasOtherKey, budget.otherModels)) {
			this.preferredKey = grant.key;
			if (reason === 'deadline') this.timeoutFactor = deadlineTimeoutFactor;
			if (scope === 'model') return { type: 'allocate', setsAside: false };
			return { type: 'backOff', setsAside: false, n, minMs: minBackOffMs(action, n) };
		}
		switch (then) {
			case 'fallbackModel':
				return this.abandonModel(grant.model);
			case 'otherKey':
				return this.tryOtherKey(otherName, this.abandonedKeys, grant) ?? fail;
			case 'otherKeyThenModel':
				return this.tryOtherKey(otherName, this.abandonedKeysFor(grant.model), grant) ?? this.abandonModel(grant.model);
			case 'fail':
				return fail;
		}
	}

	private clearRefusals(): void {
		this.refusedBuckets.clear();
		this.refusedKeys.clear();
	}

	/** The keys that are not asked for this model any more. */
	private abandonedKeysFor(model: string): Set<KeyId> {
		const left = this.abandonedKeysByModel.get(model) ?? new Set();
		this.abandonedKeysByModel.set(model, left);
		return left;
	}

	private abandonModel(model: string): NextStep {
		this.abandonedModels.add(model);
		return { type: this.openModels.length > 0 ? 'allocate' : 'fail', setsAside: true };
	}

	/** One other key for the same reason, and no more. The one that is left stays so, whatever rests meanwhile. */
	private tryOtherKey(reason: string, left: Set<KeyId>, { key }: LeaseGrant): NextStep | undefined {
		if (this.triedOtherFor.has(reason)) return undefined;
		this.triedOtherFor.add(reason);
		left.add(key);
		return switchKey;
	}
}

type RetrySameKeyAction = Extract<FailureAction, { type: 'retrySameKey' }>;

const switchKey: NextStep = { type: 'allocate', setsAside: true };
const fail: NextStep = { type: 'fail', setsAside: false };

function retriesOf({ reason, maxRetries: times }: RetrySameKeyAction, { overloadRetries }: Budget): number {
	return reason === 'overloaded' ? Math.min(times, overloadRetries) : times;
}

/** Sends that must be left for what comes after the back-offs: one for each that could answer. */
function reservedFor(then: RetrySameKeyAction['afterRetries'], hasOtherKey: boolean, otherModels: number): number {
	const otherKey = hasOtherKey ? 1 : 0;
	switch (then) {
		case 'fallbackModel':
			return otherModels;
		case 'otherKey':
			return otherKey;
		case 'otherKeyThenModel':
			return otherKey + otherModels;
		case 'fail':
			return 0;
	}
}

const none: ReadonlySet<never> = new Set();

function union<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> {
	if (b.size === 0) return a;
	return a.size === 0 ? b : new Set([...a, ...b]);
}

/** However small the setting and the pool. */
const minSends = 5;
/** Each retry of an overloaded model costs a request of the day: where those are few, one is enough. */
const smallDayRetries = 1;

/** How many sends one prompt has left over all its rounds, and what they must be kept for. */
export class SendBudget {
	/** @param seek what the prompt looks for on a model */
	constructor(
		private readonly engine: {
			readonly allocator: Pick<LeaseAllocator, 'couldServe' | 'hasSmallDay'>;
			options(): Pick<Options, 'maxRetries'>;
			enabledKeys(): number;
		},
		private readonly retryState: RetryState,
		private readonly seek: (model: string) => LeaseRequest,
	) {}

	/** Both factors may change while the prompt waits. */
	get maxSends(): number {
		return Math.max(minSends, this.engine.options().maxRetries * this.engine.enabledKeys());
	}

	get sendsLeft(): number {
		return this.maxSends - this.retryState.sends;
	}

	/** After a failure of what `grant` allowed. */
	after(grant: LeaseGrant): Budget {
		const { allocator } = this.engine;
		const others = this.retryState.unaskedModels(
			(model) => model !== grant.model && allocator.couldServe(this.seek(model)),
		);
		return {
			sendsLeft: this.sendsLeft,
			overloadRetries: allocator.hasSmallDay(grant) ? smallDayRetries : Infinity,
			hasOtherKey: allocator.couldServe(this.seek(grant.model), grant.key),
			otherModels: others.length,
		};
	}
}
