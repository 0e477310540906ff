/** The half of the engine that sends: read from disk at the first prompt, so that a window that asks nothing starts quickly. */
import type { Clock, Random } from './types/clock';
import { writeEnd } from './usage/count';
import { Granter } from './selection/leaseAllocator';
import type { KeyId } from './types/key';
import type { Ledger } from './types/stateStore';
import type { Options } from './types/options';
import { Outcomes } from './dispatch/outcomeRecorder';
import type { Attempt } from './types/streamPart';
import { Queue } from './queue/queue';
import { Rechecks, type Check } from './dispatch/rechecks';
import type { Open, Request } from './types/poolRequest';
import type { Roster } from './types/keySet';
import { Run, type Engine } from './dispatch/requestRunner';
import type { KeySetAside } from './types/events';
import { Slots } from './selection/candidates';
import type { Move, Trail } from './types/statistics';
import { Stopwatch } from './usage/requestTimer';
import { strategyNames, isStrategyName, type StrategyName } from './selection/strategies/names';
import { startStrategy, type RunningStrategy } from './selection/strategies/registry';

export { collect, runBatch } from './dispatch/batch';

export interface SendingParts {
	readonly ledger: Ledger;
	readonly clock: Clock;
	readonly random: Random;
	readonly check: Check;
	/** This pool's name among those that share the ledger; absent where it is the only one. */
	readonly window?: string;
	readonly roster: () => Roster;
	readonly options: () => Options;
	/** An attempt ended: for the log and the statistics. */
	readonly attempted: (request: Request, attempt: Attempt) => void;
	readonly projectNamed?: (key: KeyId, number: string) => void;
}

export class Sending {
	readonly outcomes: Outcomes;
	readonly rechecks: Rechecks;
	private readonly queue: Queue;
	private readonly slots: Slots;
	private readonly engine: Engine;
	private running: { readonly name: StrategyName; readonly strategy: RunningStrategy };

	constructor({ ledger, clock, random, check, window, roster, options, attempted, projectNamed }: SendingParts) {
		this.running = start(options().strategy);
		this.slots = new Slots(ledger, roster());
		this.outcomes = new Outcomes(ledger, roster, random, () => options().baseDelayMs, projectNamed);
		this.queue = new Queue(ledger, clock, random, window);
		this.rechecks = new Rechecks(ledger, clock, roster, this.outcomes, check);
		this.rechecks.arm();
		this.engine = {
			ledger,
			clock,
			random,
			granter: new Granter(ledger, this.slots, random, options, () => this.running.strategy),
			queue: this.queue,
			outcomes: this.outcomes,
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
	run<C>(request: Request, open: Open<C>, signal: AbortSignal, setAside: (event: KeySetAside) => void): Run<C> {
		return new Run(this.engine, request, open, signal, setAside);
	}

	/** @param began when the request did, in ms by the steady clock. */
	stopwatch(began: number): Stopwatch {
		return new Stopwatch(this.engine.clock, began);
	}

	/** Writes down how a request ended. */
	end(trail: Trail, moves: readonly Move[]): Promise<void> {
		return writeEnd(this.engine.ledger, trail, moves);
	}

	/** Keys or projects have changed. */
	setRoster(roster: Roster): void {
		this.slots.setRoster(roster);
		this.running.strategy.moved(roster.order);
		this.rechecks.arm();
		this.queue.wake();
	}

	/** Options have changed. */
	configure({ strategy }: Options): void {
		if (strategy !== this.running.name) this.running = start(strategy);
		this.queue.wake();
	}

	/** The place in the key order that is next in turn, where the strategy has turns. */
	nextIndex(order: Roster['order']): number | undefined {
		return this.running.strategy.next(order);
	}

	dispose(): void {
		this.queue.dispose();
		this.rechecks.dispose();
		this.slots.dispose();
	}
}

function start(name: string): { name: StrategyName; strategy: RunningStrategy } {
	const known = isStrategyName(name) ? name : strategyNames[0];
	return { name: known, strategy: startStrategy(known) };
}
