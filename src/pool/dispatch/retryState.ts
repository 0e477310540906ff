import type { BucketId, KeyId } from '../types/key';
import type { LeaseGrant, LeaseRequest } from '../types/leaseRequest';
import { isApart } from './call';
import { mayBeOfModel } from './failureKinds';
import { minBackOffMs, type FailureAction } from '../types/failure';
import type { LeaseAllocator } from '../selection/leaseAllocator';
import type { Options } from '../types/options';
import { resolveAlias, type AnswerTimes } from '../health/modelRecord';
import type { PoolRequest } from '../types/poolRequest';
import type { StateStore } from '../types/stateStore';

/** What a request does after a failure. `setsAside`: it does not ask this key for this model again in this round. */
export type NextStep =
	/** Gets another lease at once. */
	| { readonly type: 'allocate'; readonly setsAside: boolean }
	/** Backs off for at least `minMs`, then retries the same key. `n` counts from 0. */
	| { readonly type: 'backOff'; readonly setsAside: false; readonly n: number; readonly minMs: number }
	| { readonly type: 'fail'; readonly setsAside: boolean };

/** How many sends a request has left, and what else could answer it. */
export interface Budget {
	readonly sendsLeft: number;
	/** Allowed retries of an overloaded model, since each one counts against the day's requests. */
	readonly overloadRetries: number;
	/** Whether another key could answer on this model now. */
	readonly hasOtherKey: boolean;
	/** Other models that could answer now and were not asked yet. */
	readonly otherModels: number;
	/** ms. A back-off for which the service asks is no longer; absent: as long as it likes. */
	readonly longestBackOffMs?: number;
}

/** Factor on the time-outs after a `deadline` failure. */
const deadlineTimeoutFactor = 2;

/**
 * Decides how one request continues: which buckets, keys and models are excluded, and which key it stays on. It neither sends
 * nor waits.
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
	/** Excluded until a new round. */
	private readonly refusedBuckets = new Set<BucketId>();
	private readonly refusedKeys = new Set<KeyId>();
	private retriedExcluded = false;
	/** Excluded for good: too small, left for another key, or left for another key on that model. */
	private readonly tooSmallBuckets = new Set<BucketId>();
	private readonly abandonedKeys = new Set<KeyId>();
	private readonly abandonedKeysByModel = new Map<string, Set<KeyId>>();
	/** Models whose free keys reject a request of this size. */
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

	/** Models that may still answer, the wanted one first. */
	get openModels(): readonly string[] {
		return this.models.filter((model) => !this.abandonedModels.has(model));
	}

	/** Sends over all rounds that count as tries. */
	get sends(): number {
		return this.sent;
	}

	countSend(model: string): void {
		this.sent++;
		this.sentInRound++;
		this.askedModels.add(model);
	}

	/**
	 * The models to try with `left` sends remaining. The last sends are reserved for models that were not asked yet and could
	 * answer now, so that refusals by the wanted model do not use them up.
	 */
	modelsToTry(left: number, couldAnswer: (model: string) => boolean): readonly string[] {
		const { openModels: open } = this;
		// A request that stays on its key has reserved the sends for it; the first send is the wanted model's.
		if (left > open.length || this.preferredKey !== undefined || this.sent === 0) return open;
		const fresh = this.unaskedModels(couldAnswer);
		return fresh.length > 0 && fresh.length >= left ? fresh : open;
	}

	/** Models that were not asked yet and could answer. */
	unaskedModels(couldAnswer: (model: string) => boolean): readonly string[] {
		return this.openModels.filter((model) => !this.askedModels.has(model) && couldAnswer(model));
	}

	get wanted(): string {
		return this.models[0] ?? '';
	}

	get excludedBuckets(): ReadonlySet<BucketId> {
		return union(this.refusedBuckets, this.tooSmallBuckets);
	}

	/** Keys that are not asked for this model. */
	excludedKeys(model: string): ReadonlySet<KeyId> {
		return union(union(this.refusedKeys, this.abandonedKeys), this.abandonedKeysByModel.get(model) ?? none);
	}

	/** Whether nothing is excluded, so that the request is treated like others of its kind. */
	get hasNoExclusions(): boolean {
		const sets = [
			this.refusedBuckets,
			this.tooSmallBuckets,
			this.refusedKeys,
			this.abandonedKeys,
			this.abandonedKeysByModel,
		];
		return sets.every(({ size }) => size === 0);
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

	/** After a wait, everything that was refused may be tried again. */
	newRound(): void {
		this.sentInRound = 0;
		this.retriedExcluded = false;
		this.clearRefusals();
	}

	/**
	 * Makes buckets and keys that were refused in this round eligible again; they may have recovered. Once per round, and only
	 * if at least as many sends are left as this round has used.
	 *
	 * @returns whether any became eligible
	 */
	retryExcluded(left: number): boolean {
		if (this.retriedExcluded || this.sentInRound > left) return false;
		this.retriedExcluded = true;
		if (this.refusedBuckets.size + this.refusedKeys.size === 0) return false;
		this.clearRefusals();
		return true;
	}

	/** Decides after a failed call. */
	afterFailure(action: FailureAction, grant: LeaseGrant, budget: Budget): NextStep {
		this.preferredKey = undefined;
		switch (action.type) {
			case 'coolDown':
			case 'markUnsupported':
				if ('isNoTry' in action) this.sent--;
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
				if (!this.canReplaceSignatures || this.replaceSignatures) return this.leaveFallback(action, grant, budget);
				this.replaceSignatures = true;
				this.preferredKey = grant.key;
				return { type: 'allocate', setsAside: false };
			case 'fail':
				return this.leaveFallback(action, grant, budget);
		}
	}

	/** A model that stands in for the wanted one is left where it refuses the request, as others may take it. */
	private leaveFallback(action: FailureAction, { model }: LeaseGrant, { sendsLeft }: Budget): NextStep {
		const mayGoOn = model !== this.wanted && sendsLeft > 0 && this.openModels.some((other) => other !== model);
		return mayGoOn && mayBeOfModel(action) ? this.abandonModel(model) : fail;
	}

	private afterTransient(action: RetrySameKeyAction, grant: LeaseGrant, budget: Budget): NextStep {
		const { reason, afterRetries: then } = action;
		const scope = isApart(grant) ? 'request' : action.scope;
		const name = `${reason} ${grant.model}`;
		const n = this.backOffs.get(name) ?? 0;
		this.backOffs.set(name, n + 1);
		const { longestBackOffMs = Infinity } = budget;
		// Of a model's back-off the queue knows how long it is.
		const isBearable = scope === 'model' || minBackOffMs(action, n) <= longestBackOffMs;
		const isRetry = n < retriesOf(action, budget) && isBearable;
		// No send is left, which is not this key's fault.
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

	/** Keys that are no longer asked for this model. */
	private abandonedKeysFor(model: string): Set<KeyId> {
		const left = this.abandonedKeysByModel.get(model) ?? new Set();
		this.abandonedKeysByModel.set(model, left);
		return left;
	}

	private abandonModel(model: string): NextStep {
		this.abandonedModels.add(model);
		return { type: this.openModels.length > 0 ? 'allocate' : 'fail', setsAside: true };
	}

	/** Leaves this key for one other key; at most once per reason. */
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

/** Sends to reserve for what follows the back-offs: one for each key or model that could answer. */
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
	return new Set([...a, ...b]);
}

/** Minimum number of sends, however low the setting and however small the pool. */
const minSends = 5;
/** Retries of an overloaded model while the day has few requests, because each retry costs one. */
const smallDayRetries = 1;

/** How many sends one prompt has left over all rounds, and what they are reserved for. */
export class SendBudget {
	/** @param leaseRequest the prompt's lease request for a model */
	constructor(
		private readonly engine: {
			readonly allocator: Pick<LeaseAllocator, 'couldServe' | 'hasSmallDay'>;
			options(): Pick<Options, 'maxRetries'>;
			enabledKeys(): number;
		},
		private readonly retryState: RetryState,
		private readonly leaseRequest: (model: string) => LeaseRequest,
	) {}

	/** Both factors can change while the prompt waits. */
	get maxSends(): number {
		return Math.max(minSends, this.engine.options().maxRetries * this.engine.enabledKeys());
	}

	get sendsLeft(): number {
		return this.maxSends - this.retryState.sends;
	}

	after(grant: LeaseGrant): Budget {
		const { allocator } = this.engine;
		const others = this.retryState.unaskedModels((model) => allocator.couldServe(this.leaseRequest(model)));
		return {
			sendsLeft: this.sendsLeft,
			overloadRetries: allocator.hasSmallDay(grant) ? smallDayRetries : Infinity,
			hasOtherKey: allocator.couldServe(this.leaseRequest(grant.model), grant.key),
			otherModels: others.length,
		};
	}
}

/** How much time one request has: to wait for a key, and until nobody waits for its answer any more. */
export class TimeLeft {
	private readonly began: number;
	private waitedMs = 0;
	/** ms that the service has asked it to back off, or that it has waited there. */
	private backedOffMs = 0;
	private waitingSince: number | undefined;

	constructor(
		private readonly engine: {
			readonly queue: { awake(): number };
			readonly store: StateStore;
			readonly answerTimes: Pick<AnswerTimes, 'usualMs'>;
		},
		private readonly request: Pick<PoolRequest, 'maxWaitMs' | 'timeoutMs'>,
	) {
		this.began = engine.queue.awake();
	}

	/** ms spent waiting for a lease in waits that have ended. */
	get waited(): number {
		return this.waitedMs;
	}

	beginWait(): void {
		this.waitingSince = this.engine.queue.awake();
	}

	/** @param counts whether it really waited */
	endWait(counts: boolean): void {
		const { waitingSince = Infinity } = this;
		this.waitingSince = undefined;
		if (counts) this.waitedMs += Math.max(0, this.engine.queue.awake() - waitingSince);
	}

	backedOff(ms: number): void {
		this.backedOffMs += ms;
	}

	/** ms that it may still wait, whatever for. */
	get toWaitMs(): number {
		const now = this.engine.queue.awake();
		return this.request.maxWaitMs - this.waitedMs - this.backedOffMs - (now - (this.waitingSince ?? now));
	}

	/** ms that it may still wait for a lease on one of these models. */
	toWait(models: readonly string[]): number {
		return Math.min(this.toWaitMs, this.beforeSend(models));
	}

	/** Whether an answer of one of these models, sent in so many ms, can be expected to end in time. */
	suffices(models: readonly string[], inMs = 0): boolean {
		return this.beforeSend(models) > inMs;
	}

	/** ms that an answer of the quickest of these models usually takes. */
	usualMs(models: readonly string[]): number {
		const { store, answerTimes } = this.engine;
		return Math.min(...models.map((model) => answerTimes.usualMs(resolveAlias(store, model))));
	}

	/** ms until no call on any of these models can be expected to end in time. */
	private beforeSend(models: readonly string[]): number {
		const { timeoutMs } = this.request;
		if (timeoutMs === undefined) return Infinity;
		return this.began + timeoutMs - this.engine.queue.awake() - this.usualMs(models);
	}
}
