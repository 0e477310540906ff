/** The engine's face: everything the rest of the house may know of it. */
import type { Clock, Random } from './types/clock';
import { RequestEndEvents } from './usage/requestEndEvents';
import { Events, type PoolEvent } from './types/events';
import { bucketId, type BucketId, type Key, type KeyId, type Project, type ProjectId } from './types/key';
import type { StateStore, PoolRecord } from './types/stateStore';
import { defaults, sane, type Options } from './types/options';
import { PoolError, type Attempt, type StreamPart, type PoolStream } from './types/streamPart';
import { poolEnded } from './types/poolEnded';
import { allModels } from './quota/cap';
import type { Check } from './dispatch/rechecks';
import type { OpenStream, PoolRequest } from './types/poolRequest';
import { believed } from './health/revokedTier';
import { KeySet } from './types/keySet';
import type { RequestRunner } from './dispatch/requestRunner';
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
import type { Off } from './types/clock';

export type { BatchResult } from './dispatch/batch';
export * from './types/clock';
export type { PoolEvent } from './types/events';
export * from './types/key';
export * from './types/stateStore';
export { DocMaps, DocsTx, nameOf, refOf, stored } from './store/docMaps';
export { InMemoryStore, type StoreData } from './store/inMemoryStore';
export { SharedStore, type SharedStoreParts } from './store/sharedStore';
export * from './types/storeConnection';
export { defaults, type Options } from './types/options';
export * from './types/streamPart';
export type { Check } from './dispatch/rechecks';
export * from './types/poolRequest';
export { startMaintenance } from './maintenance/startMaintenance';
export { LeaderElection } from './maintenance/leaderElection';
export { Maintenance } from './maintenance/maintenance';
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
	| { readonly type: 'believeTier'; readonly project: ProjectId }
	/** All models of the project, or one. */
	| { readonly type: 'clearRest'; readonly project: ProjectId; readonly model?: string };

export interface PoolParts {
	readonly ledger: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: Check;
	/** Reads the half that sends from disk: at the first prompt, or when a key has to be re-checked. */
	readonly load: () => Promise<new (parts: SendingParts) => Sending>;
	/** This pool's name among those that share the ledger; absent where it is the only one. */
	readonly window?: string;
	/** A listener threw: the pool goes on. */
	readonly onListenerError?: (error: unknown) => void;
}

/** Answers every request through one fallback pool over the keys it is given. */
export class Pool {
	private options: Options = defaults;
	private given: { readonly keys: readonly Key[]; readonly projects: readonly Project[] } = { keys: [], projects: [] };
	private roster = new KeySet([], []);
	/** What the roster was made with. */
	private revoked: PoolRecord['revoked'];
	private sending: Sending | undefined;
	private loading: Promise<Sending> | undefined;
	private readonly off: Off;
	private readonly snapshots: Snapshots;
	private readonly statistics: Statistics;
	private readonly events: Events<PoolEvent>;
	private readonly endings: RequestEndEvents;
	/** What ends the requests under way. A composite of signals would outlive its request as long as the pool lives. */
	private readonly underWay = new Set<AbortController>();
	private ended = false;

	constructor(private readonly parts: PoolParts) {
		const { ledger, clock } = parts;
		// Before whoever shows the keys: they show them as they count.
		this.off = ledger.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'key')) this.loadForRechecks();
			if (refs.some(({ kind }) => kind === 'pool')) this.followTiers();
		});
		this.events = new Events(parts.onListenerError ?? (() => undefined));
		this.endings = new RequestEndEvents(ledger, (event) => this.events.emit(event));
		this.statistics = new Statistics(ledger);
		this.snapshots = new Snapshots(
			ledger,
			clock,
			() => this.roster,
			() => this.options,
			() => this.sending?.waiting ?? 0,
			() => this.events.emit({ type: 'changed' }),
		);
	}

	/** Sends one request through the pool. Nothing happens before it is iterated; iterating throws `PoolError` only. */
	stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal): PoolStream<C> {
		const own = new AbortController();
		const course: RetryState<C> = { run: undefined, model: undefined };
		const parts = this.watched(request, open, course, own, signal);
		return {
			get attempts() {
				return course.run?.attempts ?? [];
			},
			useModel: (model) => {
				course.model = model;
				course.run?.useModel(model);
			},
			[Symbol.asyncIterator]: () => ({
				next: () => parts.next(),
				return: async () => {
					// A consumer that leaves ends the call at once, even while it waits for the next piece.
					own.abort(new Error('The consumer has left.'));
					await parts.return(undefined).catch(() => undefined);
					return { done: true, value: undefined };
				},
			}),
		};
	}

	/** Writes down a request that ended before it came here, so that whoever counts requests counts it too. */
	refuse({ id, origin }: Pick<PoolRequest, 'id' | 'origin'>, reason: Reason): void {
		this.events.emit({ type: 'failed', request: id, origin, reason });
		this.close({ id, origin }, reason, [], { ms: 0, waitedMs: 0, switches: [] });
	}

	/** Replaces keys and projects. A key that is in use and gone finishes its answer. */
	setKeys(keys: readonly Key[], projects: readonly Project[]): void {
		this.given = { keys, projects };
		this.makeRoster();
		this.loadForRechecks();
		this.snapshots.invalidate();
	}

	/** Changes options while requests run. An unknown strategy counts as the default. */
	configure(options: Partial<Options>): void {
		const wanted = sane({ ...this.options, ...options });
		this.options = isStrategyName(wanted.strategy) ? wanted : { ...wanted, strategy: strategyNames[0] };
		this.sending?.configure(this.options);
		this.snapshots.invalidate();
	}

	async execute(execute: PoolCommand): Promise<void> {
		const { outcomes } = await this.whole();
		switch (execute.type) {
			case 'resume':
				return outcomes.resume();
			case 'liftQuarantine':
				return outcomes.liftQuarantine(execute.key);
			case 'believeTier':
				return outcomes.believeTier(execute.project);
			case 'clearRest':
				return outcomes.clearRests(this.bucketsOf(execute.project, execute.model));
		}
	}

	/** Asks the service about a key now, and keeps what it says. Returns why it failed, or nothing. */
	async check(key: KeyId): Promise<Failure | undefined> {
		return (await this.whole()).rechecks.check(key);
	}

	/** What a check made elsewhere (before the key was kept) found out. */
	async recordCheck(key: KeyId, failure: Failure | undefined): Promise<void> {
		await (await this.whole()).outcomes.checked(key, failure);
	}

	snapshot(): Snapshot {
		return this.snapshots.take();
	}

	/** The place in the key order that is next in turn, where the strategy has turns and something was asked. */
	nextIndex(): number | undefined {
		return this.sending?.nextIndex(this.roster.order);
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

	onEvent(listener: (event: PoolEvent) => void): Off {
		return this.events.on(listener);
	}

	/** Cancels what runs. The ledger is its owner's to close. */
	dispose(): void {
		this.ended = true;
		for (const own of this.underWay) own.abort(poolEnded());
		this.off();
		this.sending?.dispose();
		this.snapshots.dispose();
		this.endings.dispose();
		this.events.clear();
	}

	private makeRoster(): void {
		const { pool } = this.parts.ledger.replica();
		this.revoked = pool.revoked;
		this.roster = new KeySet(this.given.keys, believed(this.given.projects, pool));
		this.sending?.setRoster(this.roster);
	}

	/** The service has said of a project that it is a free one, or a person that it is a paid one: in whichever window. */
	private followTiers(): void {
		const { revoked } = this.parts.ledger.replica().pool;
		if (JSON.stringify(revoked) !== JSON.stringify(this.revoked)) this.makeRoster();
	}

	private async *watched<C>(
		request: PoolRequest,
		open: OpenStream<C>,
		course: RetryState<C>,
		own: AbortController,
		signal: AbortSignal | undefined,
	): AsyncGenerator<StreamPart<C>, void, undefined> {
		const { id, origin } = request;
		const cancel = (): void => own.abort(signal?.reason);
		signal?.addEventListener('abort', cancel);
		this.underWay.add(own);
		if (signal?.aborted) cancel();
		if (this.ended) own.abort(poolEnded());
		const began = this.parts.clock.monotonic();
		let watch: RequestTimer | undefined;
		const setAside = (event: KeySetAside): void => {
			watch?.setAside(event);
			this.events.emit({ type: 'keySetAside', request: id, origin, ...event });
		};
		let outcome: Attempt['outcome'] = 'cancelled';
		try {
			const sending = this.sending ?? (await this.whole());
			watch = sending.stopwatch(began);
			const run = sending.run(request, open, own.signal, setAside);
			course.run = run;
			if (course.model !== undefined) run.useModel(course.model);
			for await (const part of run.parts()) {
				if (part.type === 'done') outcome = 'answered';
				watch.saw(part);
				if (part.type !== 'output') this.events.emit({ type: 'part', request: id, origin, part });
				yield part;
			}
		} catch (error) {
			outcome = error instanceof PoolError ? error.reason : 'unexpected';
			this.events.emit({ type: 'failed', request: id, origin, reason: outcome });
			throw error;
		} finally {
			signal?.removeEventListener('abort', cancel);
			this.underWay.delete(own);
			const ms = this.parts.clock.monotonic() - began;
			const took = watch?.took(course.run?.waited ?? 0) ?? { ms, waitedMs: 0, switches: [] };
			this.close({ id, origin }, outcome, [...(course.run?.attempts ?? [])], took, watch?.moves());
		}
	}

	private close(
		{ id, origin }: Pick<PoolRequest, 'id' | 'origin'>,
		outcome: Attempt['outcome'],
		attempts: readonly Attempt[],
		timings: Timings,
		moves: readonly KeySwitch[] = [],
	): void {
		const record = { request: id, origin, endedAt: this.parts.ledger.now(), outcome, attempts, timings };
		this.endings.own(record);
		this.write(record, moves).catch(() => undefined);
	}

	private async write(record: RequestRecord, moves: readonly KeySwitch[]): Promise<void> {
		await (this.sending ?? (await this.whole())).end(record, moves);
	}

	private bucketsOf(project: ProjectId, model: string | undefined): readonly BucketId[] {
		const { ledger } = this.parts;
		if (model !== undefined)
			return [...new Set([model, resolveAlias(ledger, model)])].map((name) => bucketId(project, name));
		// What a person allowed a day is no rest: it stays counted.
		const cap = bucketId(project, allModels);
		return [...ledger.replica().bucket.keys()].filter((id) => id.startsWith(`${project}/`) && id !== cap);
	}

	/** The engine with the half that sends. Throws `PoolError` only; the next call tries again. */
	private async whole(): Promise<Sending> {
		return this.sending ?? (this.loading ??= this.load());
	}

	private async load(): Promise<Sending> {
		const { ledger, clock, random, check, window, load } = this.parts;
		try {
			const Whole = await load();
			const sending = new Whole({
				ledger,
				clock,
				random,
				check,
				...(window === undefined ? {} : { window }),
				roster: () => this.roster,
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
		const { key: records } = this.parts.ledger.replica();
		const isDue = ({ id, enabled }: Key): boolean => {
			const state = records.get(id)?.status;
			return enabled && state?.state === 'quarantined' && state.recheckAt !== undefined;
		};
		if (!this.sending && !this.ended && this.roster.keys.some(isDue)) this.whole().catch(() => undefined);
	}
}

/** A request: before it is iterated there is no run, and what it was told waits. */
interface RetryState<C> {
	run: RequestRunner<C> | undefined;
	model: string | undefined;
}
