/** The engine's face: everything that other rooms may import of it. */
import type { Clock, Dispose, Random } from './types/clock';
import { PoolEvents, type PoolEvent } from './types/events';
import type { Key, KeyId, Project, ProjectId } from './types/key';
import type { StateStore, PoolRecord } from './types/stateStore';
import { strictest } from './budget/strictest';
import { defaults, sane, type Options } from './types/options';
import { PoolError, type PoolStream } from './types/streamPart';
import { Rechecks, type CheckKey } from './dispatch/rechecks';
import { OutcomeRecorder } from './dispatch/outcomeRecorder';
import type { Engine } from './dispatch/engine';
import { execute, type PoolCommand } from './dispatch/poolCommand';
import { RequestRunner } from './dispatch/requestRunner';
import { RequestsInFlight, RequestStream, type StreamHooks } from './dispatch/requestStream';
import { Queue } from './queue/queue';
import { WaitCount } from './queue/waitCount';
import { Affinity } from './selection/affinity';
import { Candidates } from './selection/candidates';
import { LeaseAllocator } from './selection/leaseAllocator';
import { startStrategy } from './selection/strategies/registry';
import type { RunningStrategy } from './selection/strategies/strategy';
import { recordRequestEnd } from './usage/count';
import type { OpenStream, PoolRequest } from './types/poolRequest';
import { effectiveProjects, isRevoked } from './health/revokedTier';
import { KeySet } from './types/keySet';
import { AnswerTimes } from './health/modelRecord';
import type { Pricing } from './types/pricing';
import type { Budget } from './types/spending';
import { BudgetGuard } from './budget/budgetGuard';
import { moveSpending, noteToolCall } from './budget/spendingSteps';
import { Snapshots } from './usage/snapshots';
import type { Snapshot } from './types/availability';
import { Statistics } from './usage/statistics';
import type { RequestEnd } from './types/statistics';
import type { StrategyName } from './types/strategyName';
import type { Failure } from './types/failure';

export { estimateTokens } from './usage/tokenEstimate';
export { ClientCounts, type ClientUse } from './usage/clientCounts';
export * from './types/clock';
export * from './types/waits';
export { Events, settledChanges, type KeySetAside, type PoolEvent } from './types/events';
export * from './types/key';
export * from './types/stateStore';
export type * from './types/callEvent';
export type * from './types/outboxRecord';
export { DocMaps, DocsTransaction, nameOf, refOf, storedDocument, writeAfter, writesOf } from './store/docMaps';
export { copyOf, namedRefOf, replaceAll, writesByName } from './store/documentSet';
export { initialKeyRecord } from './health/initialRecords';
export { changesToResync } from './store/resync';
export { reconcile } from './store/reconcile';
export { bucketAfterRollback, keyAfterRollback, modelAfterRollback } from './quota/clockRollback';
export { bucketAt, cooldownEnd, leaseOf, sentToday } from './quota/bucket';
export { bucketAfter } from './quota/lease';
export { SharedStore, type SharedStoreParts } from './store/sharedStore';
export { StepQueue, type Step } from './store/stepQueue';
export * from './types/storeConnection';
export { maxDailyCosts } from './budget/dailyCost';
export { backWhen, countedState, isOfModel } from './usage/supply';
export { clientOf, initialSpending, isProgram, projectOf, spendingAfter, spendingAt } from './budget/spending';
export { defaults, type Options } from './types/options';
export * from './types/streamPart';
export type { PoolCommand } from './dispatch/poolCommand';
export type { CheckKey } from './dispatch/rechecks';
export { answererOf, usageOf, type StreamHooks } from './dispatch/requestStream';
export * from './types/poolRequest';
export * from './types/pricing';
export * from './types/spending';
export { expiredDocuments } from './maintenance/retention';
export { startMaintenance } from './maintenance/startMaintenance';
export { LeaderElection } from './maintenance/leaderElection';
export { windowMutex } from './maintenance/windowMutex';
export { Maintenance } from './maintenance/maintenance';
export * from './types/availability';
export type { UsageCount, UsageHour, Timings, RequestRecord } from './types/statistics';
export { usageHourId, withCount } from './usage/count';
export type { Statistics } from './usage/statistics';
export { strategyNames, type StrategyName } from './types/strategyName';
export * from './types/failure';

export interface PoolParts {
	readonly store: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: CheckKey;
	/** Loads what calls cost, before the first request. Absent: costs are unknown, and no budget holds. */
	readonly pricing?: () => Promise<Pricing>;
	/** This pool's name among those that share the store; absent where it is the only one. */
	readonly window?: string;
	/** Called with what a listener threw. */
	readonly onListenerError?: (error: unknown) => void;
}

/** What orders keys and says how long one is insisted on. */
type OrderOptions = Pick<Options, 'strategy' | 'paidKeys' | 'maxRetries' | 'baseDelayMs' | 'whenExhausted'>;

/** Answers every request through one fallback pool over the keys it is given. */
export class Pool {
	/** As they are wanted; `options` holds what clients' own budgets make of them. */
	private wanted: Options = defaults;
	private options: Options = defaults;
	private clientBudgets: Readonly<Record<string, Budget>> = {};
	private configured: { readonly keys: readonly Key[]; readonly projects: readonly Project[] } = {
		keys: [],
		projects: [],
	};
	/** As they were last: a team's gateway stands in for all of them. */
	private readonly knownKeys = new Map<KeyId, Key>();
	private keySet = new KeySet([], []);
	/** The revoked tiers that the key set was built with. */
	private revoked: PoolRecord['revoked'];
	private strategy = startStrategy(defaults.strategy);
	/** Those of `under`. */
	private readonly otherStrategies = new Map<StrategyName, RunningStrategy>();
	private hasBeenAsked = false;
	private prices: Pricing | undefined;
	private readonly events: PoolEvents;
	private readonly off: Dispose;
	private readonly statistics: Statistics;
	private readonly candidates: Candidates;
	private readonly recorder: OutcomeRecorder;
	private readonly guard: BudgetGuard;
	private readonly queue: Queue;
	private readonly rechecks: Rechecks;
	private readonly engine: Engine;
	private readonly snapshots: Snapshots;
	private readonly inFlight = new RequestsInFlight();

	constructor(private readonly parts: PoolParts) {
		const { store, clock, random, check, window, onListenerError = () => undefined } = parts;
		const keySet = (): KeySet => this.keySet;
		const options = (): Options => this.options;
		// Registered before the snapshots' listener, so that a snapshot has the effective tiers.
		this.off = store.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'pool')) this.updateTiers();
			if (refs.some((ref) => ref.kind === 'pool' || (ref.kind === 'key' && this.isQuarantined(ref.id))))
				this.rechecks.arm();
		});
		this.events = new PoolEvents(store, onListenerError);
		this.statistics = new Statistics(store);
		this.candidates = new Candidates(store, this.keySet, random);
		this.guard = new BudgetGuard(
			() => this.prices,
			() => this.options.budgets,
		);
		this.recorder = new OutcomeRecorder(
			store,
			keySet,
			random,
			() => this.options.baseDelayMs,
			this.guard,
			(key, number) => this.events.emit({ type: 'projectNamed', key, number }),
		);
		this.queue = new Queue(store, clock, random, window);
		const waits = new WaitCount(store, window, () => this.snapshots.invalidate());
		this.rechecks = new Rechecks(store, clock, keySet, this.recorder, check);
		this.engine = {
			...{
				store,
				clock,
				random,
				options,
				waits,
				queue: this.queue,
				recorder: this.recorder,
				affinity: new Affinity(),
				answerTimes: new AnswerTimes(clock),
			},
			allocator: new LeaseAllocator(store, this.candidates, random, options, () => this.strategy, this.guard),
			keys: () => this.keySet.keys.length,
			enabledKeys: () => this.keySet.enabled,
			enabledPaidKeys: () => this.keySet.enabledPaid,
			attempted: ({ id, origin }, attempt) => this.events.emit({ type: 'attempt', request: id, origin, attempt }),
		};
		this.snapshots = new Snapshots(store, clock, keySet, options, waits, () => this.events.emit({ type: 'changed' }));
	}

	/**
	 * Sends one request through the pool. Nothing happens before the stream is iterated; iterating throws only `PoolError`.
	 *
	 * @param hooks what the surface decides before anything is sent, and after a failure
	 */
	stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal, hooks?: StreamHooks): PoolStream<C> {
		return this.streamOn(this.engine, request, open, signal, hooks);
	}

	/** The same pool for requests that are not the workspace's: which key goes first, retries and waiting are as `chosen` says. */
	under(chosen: () => OrderOptions): Pick<Pool, 'stream'> {
		const { store, random } = this.parts;
		const options = (): Options => {
			const { strategy, paidKeys, maxRetries, baseDelayMs, whenExhausted } = chosen();
			return { ...this.options, strategy, paidKeys, maxRetries, baseDelayMs, whenExhausted };
		};
		const strategy = (): RunningStrategy => {
			const { strategy: name } = options();
			const running = this.otherStrategies.get(name) ?? startStrategy(name);
			this.otherStrategies.set(name, running);
			return running;
		};
		const allocator = new LeaseAllocator(store, this.candidates, random, options, strategy, this.guard);
		const engine: Engine = { ...this.engine, options, allocator };
		return { stream: (request, open, signal, hooks) => this.streamOn(engine, request, open, signal, hooks) };
	}

	private streamOn<C>(
		engine: Engine,
		request: PoolRequest,
		open: OpenStream<C>,
		signal?: AbortSignal,
		hooks: StreamHooks = {},
	): PoolStream<C> {
		const { clock } = this.parts;
		return new RequestStream<C>(
			request,
			{
				clock,
				precheck: async () => (await hooks.precheck?.()) ?? this.loadPrices(),
				retry: hooks.retry,
				now: () => this.parts.store.now(),
				run: (asked, own, observer) => new RequestRunner(engine, asked, open, own, observer),
				emit: (event) => this.events.emit(event),
				begun: (controller) => {
					this.hasBeenAsked = true;
					this.inFlight.begun(controller);
				},
				ending: (id) => this.events.endsHere(id),
				ended: (controller, end, isRecorded) => {
					this.ended(end, isRecorded);
					this.inFlight.ended(controller);
				},
			},
			signal,
		);
	}

	/** Replaces keys and projects. A removed key finishes its current answer. */
	setKeys(keys: readonly Key[], projects: readonly Project[]): void {
		for (const key of this.configured.keys) this.knownKeys.set(key.id, key);
		moveSpending(this.parts.store, [...this.knownKeys.values()], keys).catch(() => undefined);
		this.configured = { keys, projects };
		this.rebuildKeySet();
		this.snapshots.invalidate();
	}

	/** Changes options while requests run. */
	configure(options: Partial<Options>): void {
		const { strategy: before } = this.wanted;
		this.wanted = sane({ ...this.wanted, ...options });
		const { strategy } = this.wanted;
		this.options = { ...this.wanted, budgets: strictest(this.wanted.budgets, this.clientBudgets) };
		if (strategy !== before) this.strategy = startStrategy(strategy);
		this.queue.wake();
		this.snapshots.invalidate();
	}

	/** What clients may spend by rules of their own, beside the budgets of the options; by origin. */
	setClientBudgets(budgets: Readonly<Record<string, Budget>>): void {
		this.clientBudgets = budgets;
		this.configure({});
	}

	execute(command: PoolCommand): Promise<void> {
		const { keySet, guard } = this;
		return execute(command, { store: this.parts.store, keySet, guard, model: this.options.model });
	}

	/** Asks the service about a key now, and records what it says. Returns why it failed, or nothing. */
	check(key: KeyId): Promise<Failure | undefined> {
		return this.rechecks.check(key);
	}

	/** Records what a check made elsewhere (before the key was kept) found out. */
	recordCheck(key: KeyId, failure: Failure | undefined): Promise<void> {
		return this.recorder.checked(key, failure);
	}

	/**
	 * The model has asked a program for a tool: one that does so for the very same again and again is held.
	 *
	 * @param client the origin of its requests
	 * @param call a digest of the tool's name and arguments
	 * @returns whether the client is held
	 */
	noteToolCall(client: string, call: string): Promise<boolean> {
		return noteToolCall(this.parts.store, client, call);
	}

	snapshot(): Snapshot {
		return this.snapshots.take();
	}

	/** Whether the service counts a project as free that a person has marked as paid, also while the pool has none of its keys. */
	isTierRevoked(project: ProjectId): boolean {
		return isRevoked(this.parts.store.replica().pool, project);
	}

	/** The index of the key that is next in turn, if the strategy has turns and a request was made. */
	nextIndex(): number | undefined {
		return this.hasBeenAsked ? this.strategy.next(this.keySet.order) : undefined;
	}

	/** Under round robin, the key expected to take the next prompt for the default model; otherwise undefined. */
	nextInTurn(): KeyId | undefined {
		const { strategy, paidKeys } = this.options;
		if (strategy !== 'roundRobin') return undefined;
		const { keys, paused } = this.snapshots.take();
		const from = this.nextIndex() ?? 0;
		const usable = [...keys.slice(from), ...keys].filter(
			({ availability, isBarred }) => availability.state === 'usable' && !isBarred,
		);
		const first =
			paidKeys === 'mixed'
				? undefined
				: usable.find(({ project }) => (project.tier === 'paid') === (paidKeys === 'first'));
		return paused ? undefined : (first ?? usable[0])?.key.id;
	}

	usage(): Statistics {
		return this.statistics;
	}

	onEvent(listener: (event: PoolEvent) => void): Dispose {
		return this.events.on(listener);
	}

	/** Resolves when the store knows what each has come to. What it does not know counts at its most. */
	cancelRequests(reason: Error): Promise<void> {
		this.inFlight.cancel(reason);
		return this.inFlight.over(this.parts.clock);
	}

	/** As `dispose` cancels; resolves as `cancelRequests` does. */
	leave(): Promise<void> {
		this.inFlight.end();
		return this.inFlight.over(this.parts.clock);
	}

	/** Cancels the requests in flight. The store's owner closes the store. */
	dispose(): void {
		this.inFlight.end();
		this.off();
		this.queue.dispose();
		this.rechecks.dispose();
		this.candidates.dispose();
		this.snapshots.dispose();
		this.events.dispose();
	}

	/** Returns the error if they cannot be loaded; the next request tries again. */
	private async loadPrices(): Promise<PoolError | undefined> {
		try {
			this.prices ??= await this.parts.pricing?.();
			return undefined;
		} catch (error) {
			return new PoolError('unexpected', [], { serviceMessage: String(error) });
		}
	}

	private isQuarantined(key: KeyId): boolean {
		return this.parts.store.replica().key.get(key)?.status.state === 'quarantined';
	}

	private rebuildKeySet(): void {
		const { pool } = this.parts.store.replica();
		this.revoked = pool.revoked;
		this.keySet = new KeySet(this.configured.keys, effectiveProjects(this.configured.projects, pool));
		this.candidates.setKeySet(this.keySet);
		for (const one of [this.strategy, ...this.otherStrategies.values()]) one.onReordered(this.keySet.order);
		this.rechecks.arm();
		this.queue.wake();
	}

	/** A window has revoked or restored a project's tier. */
	private updateTiers(): void {
		const { revoked } = this.parts.store.replica().pool;
		if (JSON.stringify(revoked) !== JSON.stringify(this.revoked)) this.rebuildKeySet();
	}

	private ended(end: RequestEnd, isRecorded: boolean): void {
		this.events.endedHere(end.record);
		if (isRecorded) return;
		const { store } = this.parts;
		store.transact((tx, now) => recordRequestEnd(tx, store.replica(), end, now)).catch(() => undefined);
	}
}
