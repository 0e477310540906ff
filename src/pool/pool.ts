/** The engine's face: everything the rest of the house may know of it. */
import type { Clock, Random } from './types/clock';
import { RequestEndEvents } from './usage/requestEndEvents';
import { Events, type PoolEvent } from './types/events';
import { bucketId, type BucketId, type Key, type KeyId, type Project, type ProjectId } from './types/key';
import type { StateStore, PoolRecord } from './types/stateStore';
import { strictest } from './budget/strictest';
import { defaults, sane, type Options } from './types/options';
import { PoolError, type Attempt, type StreamPart, type PoolStream } from './types/streamPart';
import { poolEnded } from './types/poolEnded';
import type { CheckKey } from './dispatch/rechecks';
import type { OpenStream, PoolRequest } from './types/poolRequest';
import { effectiveProjects } from './health/revokedTier';
import { KeySet } from './types/keySet';
import type { RequestRunner } from './dispatch/requestRunner';
import type { MicroDollars, Pricing } from './types/pricing';
import type { Budget, SpendingPeriod, SpendingScope } from './types/spending';
import type { Sending, SendingParts } from './sending';
import { resolveAlias } from './types/modelAlias';
import type { KeySetAside } from './types/events';
import { Snapshots } from './usage/snapshots';
import type { Snapshot } from './types/availability';
import { Statistics } from './usage/statistics';
import type { KeySwitch, Timings, RequestRecord } from './types/statistics';
import type { RequestTimer } from './usage/requestTimer';
import { isStrategyName, strategyNames } from './selection/strategies/names';
import type { Failure, Reason } from './types/failure';
import type { Dispose } from './types/clock';

export type { BatchResult } from './dispatch/batch';
export { ClientCounts, type ClientUse } from './usage/clientCounts';
export * from './types/clock';
export { Events, type PoolEvent } from './types/events';
export * from './types/key';
export * from './types/stateStore';
export { DocMaps, DocsTransaction, nameOf, refOf, storedDocument } from './store/docMaps';
export { copyOf, replaceAll } from './store/documentSet';
export { InMemoryStore, type StoreData } from './store/inMemoryStore';
export { changesToResync } from './store/resync';
export { SharedStore, type SharedStoreParts } from './store/sharedStore';
export * from './types/storeConnection';
export { clientOf, isProgram, projectOf } from './budget/scopes';
export { defaults, type Options } from './types/options';
export * from './types/streamPart';
export type { CheckKey } from './dispatch/rechecks';
export * from './types/poolRequest';
export * from './types/pricing';
export * from './types/spending';
export { LeaderElection } from './maintenance/leaderElection';
export type { KeySetAside } from './types/events';
export * from './types/availability';
export type { UsageCount, UsageHour, Timings, RequestRecord } from './types/statistics';
export { usageHourId, withCount } from './usage/usageHour';
export type { Statistics } from './usage/statistics';
export { strategyNames, type StrategyName } from './selection/strategies/names';
export * from './types/failure';

/** What a person does to the pool's state. */
export type PoolCommand =
	| { readonly type: 'resume' }
	| { readonly type: 'liftQuarantine'; readonly key: KeyId }
	/** They have set its tier, which the service may have contradicted: it is believed again. */
	| { readonly type: 'restoreTier'; readonly project: ProjectId }
	/** A person allows a scope more, until the period ends. */
	| {
			readonly type: 'raiseBudget';
			readonly scope: SpendingScope;
			readonly period: SpendingPeriod;
			readonly by: MicroDollars;
	  }
	/** A person has looked at a client that is held. */
	| { readonly type: 'releaseClient'; readonly client: string }
	/** All models of the project, or one. */
	| { readonly type: 'clearCooldown'; readonly project: ProjectId; readonly model?: string };

export interface PoolParts {
	readonly store: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: CheckKey;
	/** Reads the half that sends from disk: at the first prompt, or when a key has to be re-checked. */
	readonly load: () => Promise<new (parts: SendingParts) => Sending>;
	/** Reads with it what calls cost; absent: nothing. */
	readonly pricing?: () => Promise<Pricing>;
	/** This pool's name among those that share the ledger; absent where it is the only one. */
	readonly window?: string;
	/** A listener threw: the pool goes on. */
	readonly onListenerError?: (error: unknown) => void;
}

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
	private keySet = new KeySet([], []);
	/** What the roster was made with. */
	private revoked: PoolRecord['revoked'];
	private sending: Sending | undefined;
	private loading: Promise<Sending> | undefined;
	private readonly off: Dispose;
	private readonly snapshots: Snapshots;
	private readonly statistics: Statistics;
	private readonly events: Events<PoolEvent>;
	private readonly requestEnds: RequestEndEvents;
	/** What ends the requests under way. A composite of signals would outlive its request as long as the pool lives. */
	private readonly running = new Set<AbortController>();
	private ended = false;

	constructor(private readonly parts: PoolParts) {
		const { store, clock } = parts;
		// Before whoever shows the keys: they show them as they count.
		this.off = store.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'key')) this.loadForRechecks();
			if (refs.some(({ kind }) => kind === 'pool')) this.updateTiers();
		});
		this.events = new Events(parts.onListenerError ?? (() => undefined));
		this.requestEnds = new RequestEndEvents(store, (event) => this.events.emit(event));
		this.statistics = new Statistics(store);
		this.snapshots = new Snapshots(
			store,
			clock,
			() => this.keySet,
			() => this.options,
			() => this.sending?.waiting ?? 0,
			() => this.events.emit({ type: 'changed' }),
		);
	}

	/** Sends one request through the pool. Nothing happens before it is iterated; iterating throws `PoolError` only. */
	stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal): PoolStream<C> {
		const controller = new AbortController();
		const retryState: RetryState<C> = { run: undefined, model: undefined };
		const parts = this.observed(request, open, retryState, controller, signal);
		return {
			get attempts() {
				return retryState.run?.attempts ?? [];
			},
			useModel: (model) => {
				retryState.model = model;
				retryState.run?.useModel(model);
			},
			[Symbol.asyncIterator]: () => ({
				next: () => parts.next(),
				return: async () => {
					// A consumer that leaves ends the call at once, even while it waits for the next piece.
					controller.abort(new Error('The consumer has left.'));
					await parts.return(undefined).catch(() => undefined);
					return { done: true, value: undefined };
				},
			}),
		};
	}

	/** Writes down a request that ended before it came here, so that whoever counts requests counts it too. */
	recordRefusal({ id, origin }: Pick<PoolRequest, 'id' | 'origin'>, reason: Reason): void {
		this.events.emit({ type: 'failed', request: id, origin, reason });
		this.recordEnd({ id, origin }, reason, [], { ms: 0, waitedMs: 0, switches: [] });
	}

	/** Replaces keys and projects. A key that is in use and gone finishes its answer. */
	setKeys(keys: readonly Key[], projects: readonly Project[]): void {
		this.configured = { keys, projects };
		this.rebuildKeySet();
		this.loadForRechecks();
		this.snapshots.invalidate();
	}

	/** Changes options while requests run. An unknown strategy counts as the default. */
	configure(options: Partial<Options>): void {
		const wanted = sane({ ...this.wanted, ...options });
		this.wanted = isStrategyName(wanted.strategy) ? wanted : { ...wanted, strategy: strategyNames[0] };
		this.options = { ...this.wanted, budgets: strictest(this.wanted.budgets, this.clientBudgets) };
		this.sending?.configure(this.options);
		this.snapshots.invalidate();
	}

	/** What clients may spend by rules of their own, beside the budgets of the options; by origin. */
	setClientBudgets(budgets: Readonly<Record<string, Budget>>): void {
		this.clientBudgets = budgets;
		this.configure({});
	}

	async execute(execute: PoolCommand): Promise<void> {
		const sending = await this.engine();
		const { recorder: outcomes } = sending;
		switch (execute.type) {
			case 'raiseBudget':
				return sending.raiseBudget(execute.scope, execute.period, execute.by);
			case 'releaseClient':
				return sending.releaseClient(execute.client);
			case 'resume':
				return outcomes.resume();
			case 'liftQuarantine':
				return outcomes.liftQuarantine(execute.key);
			case 'restoreTier':
				return outcomes.restoreTier(execute.project);
			case 'clearCooldown':
				return outcomes.clearCooldowns(this.bucketsOf(execute.project, execute.model));
		}
	}

	/** Asks the service about a key now, and keeps what it says. Returns why it failed, or nothing. */
	async check(key: KeyId): Promise<Failure | undefined> {
		return (await this.engine()).rechecks.check(key);
	}

	/** What a check made elsewhere (before the key was kept) found out. */
	async recordCheck(key: KeyId, failure: Failure | undefined): Promise<void> {
		await (await this.engine()).recorder.checked(key, failure);
	}

	/**
	 * The model has asked a program for a tool: one that does so for the very same again and again is held.
	 *
	 * @param client the origin of its requests
	 * @param call a digest of the tool's name and arguments
	 * @returns whether the client is held
	 */
	async noteToolCall(client: string, call: string): Promise<boolean> {
		return (await this.engine()).noteToolCall(client, call);
	}

	snapshot(): Snapshot {
		return this.snapshots.take();
	}

	/** The place in the key order that is next in turn, where the strategy has turns and something was asked. */
	nextIndex(): number | undefined {
		return this.sending?.nextIndex(this.keySet.order);
	}

	/** Under round robin the key that takes the next prompt for the default model, as far as is known; else undefined. */
	nextInTurn(): KeyId | undefined {
		const { strategy, paidKeys } = this.options;
		if (strategy !== 'roundRobin') return undefined;
		const { keys, paused, paidOnly } = this.snapshots.take();
		const from = this.nextIndex() ?? 0;
		const usable = [...keys.slice(from), ...keys.slice(0, from)].filter(
			({ project, availability }) => availability.state === 'usable' && !(paidOnly && project.tier === 'free'),
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

	/** Cancels what runs. The ledger is its owner's to close. */
	dispose(): void {
		this.ended = true;
		for (const controller of this.running) controller.abort(poolEnded());
		this.off();
		this.sending?.dispose();
		this.snapshots.dispose();
		this.requestEnds.dispose();
		this.events.clear();
	}

	private rebuildKeySet(): void {
		const { pool } = this.parts.store.replica();
		this.revoked = pool.revoked;
		this.keySet = new KeySet(this.configured.keys, effectiveProjects(this.configured.projects, pool));
		this.sending?.setKeySet(this.keySet);
	}

	/** The service has said of a project that it is a free one, or a person that it is a paid one: in whichever window. */
	private updateTiers(): void {
		const { revoked } = this.parts.store.replica().pool;
		if (JSON.stringify(revoked) !== JSON.stringify(this.revoked)) this.rebuildKeySet();
	}

	private async *observed<C>(
		request: PoolRequest,
		open: OpenStream<C>,
		retryState: RetryState<C>,
		controller: AbortController,
		signal: AbortSignal | undefined,
	): AsyncGenerator<StreamPart<C>, void, undefined> {
		const { id, origin } = request;
		const cancel = (): void => controller.abort(signal?.reason);
		signal?.addEventListener('abort', cancel);
		this.running.add(controller);
		if (signal?.aborted) cancel();
		if (this.ended) controller.abort(poolEnded());
		const began = this.parts.clock.monotonic();
		let timer: RequestTimer | undefined;
		const setAside = (event: KeySetAside): void => {
			timer?.setAside(event);
			this.events.emit({ type: 'keySetAside', request: id, origin, ...event });
		};
		let outcome: Attempt['outcome'] = 'cancelled';
		try {
			const sending = this.sending ?? (await this.engine());
			timer = sending.startTimer(began);
			const run = sending.run(request, open, controller.signal, setAside);
			retryState.run = run;
			if (retryState.model !== undefined) run.useModel(retryState.model);
			for await (const part of run.parts()) {
				if (part.type === 'done') outcome = 'answered';
				timer.onPart(part);
				if (part.type !== 'output') this.events.emit({ type: 'part', request: id, origin, part });
				yield part;
			}
		} catch (error) {
			outcome = error instanceof PoolError ? error.reason : 'unexpected';
			this.events.emit({ type: 'failed', request: id, origin, reason: outcome });
			throw error;
		} finally {
			signal?.removeEventListener('abort', cancel);
			this.running.delete(controller);
			const ms = this.parts.clock.monotonic() - began;
			const timings = timer?.timings(retryState.run?.waited ?? 0) ?? { ms, waitedMs: 0, switches: [] };
			this.recordEnd({ id, origin }, outcome, [...(retryState.run?.attempts ?? [])], timings, timer?.switches());
		}
	}

	private recordEnd(
		{ id, origin }: Pick<PoolRequest, 'id' | 'origin'>,
		outcome: Attempt['outcome'],
		attempts: readonly Attempt[],
		timings: Timings,
		switches: readonly KeySwitch[] = [],
	): void {
		const record = { request: id, origin, endedAt: this.parts.store.now(), outcome, attempts, timings };
		this.requestEnds.own(record);
		this.writeEnd(record, switches).catch(() => undefined);
	}

	private async writeEnd(record: RequestRecord, switches: readonly KeySwitch[]): Promise<void> {
		await (this.sending ?? (await this.engine())).recordEnd(record, switches);
	}

	private bucketsOf(project: ProjectId, model: string | undefined): readonly BucketId[] {
		const { store } = this.parts;
		if (model !== undefined)
			return [...new Set([model, resolveAlias(store, model)])].map((name) => bucketId(project, name));
		return [...store.replica().bucket.keys()].filter((id) => id.startsWith(`${project}/`));
	}

	/** The engine with the half that sends. Throws `PoolError` only; the next call tries again. */
	private async engine(): Promise<Sending> {
		return this.sending ?? (this.loading ??= this.load());
	}

	private async load(): Promise<Sending> {
		const { store, clock, random, check, window, load, pricing } = this.parts;
		try {
			const [Whole, prices] = await Promise.all([load(), pricing?.()]);
			const sending = new Whole({
				store,
				clock,
				random,
				check,
				...(window === undefined ? {} : { window }),
				...(prices && { pricing: prices }),
				keySet: () => this.keySet,
				options: () => this.options,
				attempted: ({ id, origin }, attempt) => this.events.emit({ type: 'attempt', request: id, origin, attempt }),
				projectNamed: (key, number) => this.events.emit({ type: 'projectNamed', key, number }),
			});
			if (this.ended) sending.dispose();
			this.sending = sending;
			return sending;
		} catch (error) {
			this.loading = undefined;
			throw new PoolError('unexpected', [], { serviceMessage: String(error) });
		}
	}

	/** Quarantined keys are re-checked by the half that sends. */
	private loadForRechecks(): void {
		const { key: records } = this.parts.store.replica();
		const isDue = ({ id, enabled }: Key): boolean => {
			const status = records.get(id)?.status;
			return enabled && status?.state === 'quarantined' && status.recheckAt !== undefined;
		};
		if (!this.sending && !this.ended && this.keySet.keys.some(isDue)) this.engine().catch(() => undefined);
	}
}

/** A request: before it is iterated there is no run, and what it was told waits. */
interface RetryState<C> {
	run: RequestRunner<C> | undefined;
	model: string | undefined;
}
