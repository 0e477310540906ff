/** The half of the engine that sends: read from disk at the first prompt, so that a window that asks nothing starts quickly. */
import type { Clock, Random } from './types/clock';
import { writeEnd } from './usage/count';
import { LeaseAllocator } from './selection/leaseAllocator';
import type { KeyId } from './types/key';
import type { StateStore } from './types/stateStore';
import type { Options } from './types/options';
import { OutcomeRecorder } from './dispatch/outcomeRecorder';
import type { Attempt } from './types/streamPart';
import { Queue } from './queue/queue';
import { Rechecks, type Check } from './dispatch/rechecks';
import type { OpenStream, PoolRequest } from './types/poolRequest';
import type { KeySet } from './types/keySet';
import { RequestRunner, type Engine } from './dispatch/requestRunner';
import type { KeySetAside } from './types/events';
import { Candidates } from './selection/candidates';
import type { KeySwitch, RequestRecord } from './types/statistics';
import { RequestTimer } from './usage/requestTimer';
import { strategyNames, isStrategyName, type StrategyName } from './selection/strategies/names';
import { startStrategy, type RunningStrategy } from './selection/strategies/registry';

export { collect, runBatch } from './dispatch/batch';

export interface SendingParts {
	readonly ledger: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: Check;
	/** This pool's name among those that share the ledger; absent where it is the only one. */
	readonly window?: string;
	readonly roster: () => KeySet;
	readonly options: () => Options;
	/** An attempt ended: for the log and the statistics. */
	readonly attempted: (request: PoolRequest, attempt: Attempt) => void;
	readonly projectNamed?: (key: KeyId, number: string) => void;
}

export class Sending {
	readonly outcomes: OutcomeRecorder;
	readonly rechecks: Rechecks;
	private readonly queue: Queue;
	private readonly candidates: Candidates;
	private readonly engine: Engine;
	private running: { readonly name: StrategyName; readonly strategy: RunningStrategy };

	constructor({ ledger, clock, random, check, window, roster, options, attempted, projectNamed }: SendingParts) {
		this.running = start(options().strategy);
		this.candidates = new Candidates(ledger, roster());
		this.outcomes = new OutcomeRecorder(ledger, roster, random, () => options().baseDelayMs, projectNamed);
		this.queue = new Queue(ledger, clock, random, window);
		this.rechecks = new Rechecks(ledger, clock, roster, this.outcomes, check);
		this.rechecks.arm();
		this.engine = {
			ledger,
			clock,
			random,
			allocator: new LeaseAllocator(ledger, this.candidates, random, options, () => this.running.strategy),
			queue: this.queue,
			recorder: this.outcomes,
			options,
			enabledKeys: () => roster().enabled,
			enabledPaidKeys: () => roster().enabledPaid,
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
	stopwatch(began: number): RequestTimer {
		return new RequestTimer(this.engine.clock, began);
	}

	/** Writes down how a request ended. */
	end(attempts: RequestRecord, moves: readonly KeySwitch[]): Promise<void> {
		return writeEnd(this.engine.ledger, attempts, moves);
	}

	/** Keys or projects have changed. */
	setRoster(roster: KeySet): void {
		this.candidates.setRoster(roster);
		this.running.strategy.onReordered(roster.order);
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
