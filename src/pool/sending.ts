/** The half of the engine that sends: read from disk at the first prompt, so that a window that asks nothing starts quickly. */
import type { Clock, Random } from './types/clock';
import { recordRequestEnd } from './usage/count';
import { LeaseAllocator } from './selection/leaseAllocator';
import type { KeyId } from './types/key';
import type { StateStore } from './types/stateStore';
import type { Options } from './types/options';
import { OutcomeRecorder } from './dispatch/outcomeRecorder';
import type { Attempt } from './types/streamPart';
import { Queue } from './queue/queue';
import { Rechecks, type CheckKey } from './dispatch/rechecks';
import type { OpenStream, PoolRequest } from './types/poolRequest';
import type { MicroDollars, Pricing } from './types/pricing';
import type { SpendingPeriod, SpendingScope } from './types/spending';
import { noteToolCall, raiseBudget, releaseClient } from './budget/spendingSteps';
import { BudgetGuard } from './budget/budgetGuard';
import type { KeySet } from './types/keySet';
import { RequestRunner, type Engine } from './dispatch/requestRunner';
import type { KeySetAside } from './types/events';
import { Affinity } from './selection/affinity';
import { Candidates } from './selection/candidates';
import type { KeySwitch, RequestRecord } from './types/statistics';
import { RequestTimer } from './usage/requestTimer';
import { strategyNames, isStrategyName, type StrategyName } from './selection/strategies/names';
import { startStrategy, type RunningStrategy } from './selection/strategies/registry';

export { collect, runBatch } from './dispatch/batch';
export { estimateTokens } from './usage/tokenEstimate';

export interface SendingParts {
	readonly store: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: CheckKey;
	/** This pool's name among those that share the ledger; absent where it is the only one. */
	readonly window?: string;
	readonly keySet: () => KeySet;
	readonly options: () => Options;
	/** An attempt ended: for the log and the statistics. */
	readonly attempted: (request: PoolRequest, attempt: Attempt) => void;
	readonly projectNamed?: (key: KeyId, number: string) => void;
	/** What calls cost; absent: nothing is known of it. */
	readonly pricing?: Pricing;
}

export class Sending {
	readonly recorder: OutcomeRecorder;
	readonly rechecks: Rechecks;
	private readonly queue: Queue;
	private readonly candidates: Candidates;
	private readonly engine: Engine;
	private running: { readonly name: StrategyName; readonly strategy: RunningStrategy };

	constructor(parts: SendingParts) {
		const { store, clock, random, check, window, keySet, options, attempted, projectNamed, pricing } = parts;
		const guard = new BudgetGuard(pricing, () => options().budgets);
		this.running = start(options().strategy);
		this.candidates = new Candidates(store, keySet());
		this.recorder = new OutcomeRecorder(store, keySet, random, () => options().baseDelayMs, guard, projectNamed);
		this.queue = new Queue(store, clock, random, window);
		this.rechecks = new Rechecks(store, clock, keySet, this.recorder, check);
		this.rechecks.arm();
		this.engine = {
			store,
			clock,
			random,
			affinity: new Affinity(),
			allocator: new LeaseAllocator(store, this.candidates, random, options, () => this.running.strategy, guard),
			queue: this.queue,
			recorder: this.recorder,
			options,
			enabledKeys: () => keySet().enabled,
			enabledPaidKeys: () => keySet().enabledPaid,
			attempted,
		};
	}

	/** Requests in line. */
	get waiting(): number {
		return this.queue.length;
	}

	/** @param setAside told of each key that is set aside for the request. */
	run<C>(
		request: PoolRequest,
		open: OpenStream<C>,
		signal: AbortSignal,
		setAside: (event: KeySetAside) => void,
	): RequestRunner<C> {
		return new RequestRunner(this.engine, request, open, signal, setAside);
	}

	/** @param began when the request did, in ms by the steady clock. */
	startTimer(began: number): RequestTimer {
		return new RequestTimer(this.engine.clock, began);
	}

	/** A person allows more, until the period ends. */
	raiseBudget(scope: SpendingScope, period: SpendingPeriod, by: MicroDollars): Promise<void> {
		return raiseBudget(this.engine.store, scope, period, by);
	}

	releaseClient(client: string): Promise<void> {
		return releaseClient(this.engine.store, client);
	}

	/** @returns whether the client is held. */
	noteToolCall(client: string, call: string): Promise<boolean> {
		return noteToolCall(this.engine.store, client, call);
	}

	/** Writes down how a request ended. */
	recordEnd(attempts: RequestRecord, switches: readonly KeySwitch[]): Promise<void> {
		return recordRequestEnd(this.engine.store, attempts, switches);
	}

	/** Keys or projects have changed. */
	setKeySet(keySet: KeySet): void {
		this.candidates.setKeySet(keySet);
		this.running.strategy.onReordered(keySet.order);
		this.rechecks.arm();
		this.queue.wake();
	}

	/** Options have changed. */
	configure({ strategy }: Options): void {
		if (strategy !== this.running.name) this.running = start(strategy);
		this.queue.wake();
	}

	/** The place in the key order that is next in turn, where the strategy has turns. */
	nextIndex(order: KeySet['order']): number | undefined {
		return this.running.strategy.next(order);
	}

	dispose(): void {
		this.queue.dispose();
		this.rechecks.dispose();
		this.candidates.dispose();
	}
}

function start(name: string): { name: StrategyName; strategy: RunningStrategy } {
	const known = isStrategyName(name) ? name : strategyNames[0];
	return { name: known, strategy: startStrategy(known) };
}
