import type { Affinity } from '../selection/affinity';
import type { LeaseAllocator } from '../selection/leaseAllocator';
import type { Clock, Random } from '../types/clock';
import type { StateStore } from '../types/stateStore';
import type { WaitCount } from '../queue/waitCount';
import type { Queue } from '../queue/queue';
import type { AnswerTimes } from '../health/modelRecord';
import type { Options } from '../types/options';
import type { OutcomeRecorder } from './outcomeRecorder';
import type { Attempt } from '../types/streamPart';
import type { KeySetAside } from '../types/events';
import type { PoolRequest } from '../types/poolRequest';
import type { RequestEnd } from '../types/statistics';

/** What a request needs of the engine. */
export interface Engine {
	readonly store: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly allocator: LeaseAllocator;
	readonly queue: Queue;
	readonly waits: Pick<WaitCount, 'begin'>;
	readonly recorder: OutcomeRecorder;
	readonly affinity: Affinity;
	readonly answerTimes: AnswerTimes;
	options(): Options;
	/** Also those that are disabled. */
	keys(): number;
	enabledKeys(): number;
	enabledPaidKeys(): number;
	/** Called when an attempt ended. */
	attempted(request: PoolRequest, attempt: Attempt): void;
}

/** What its runner tells the stream of a request. */
export interface RequestObserver {
	/** A key was set aside for the request. */
	setAside(event: KeySetAside): void;
	/** The step that settles its answer also records its end, made here of all its attempts; the step may run again. */
	endsWith(attempts: readonly Attempt[]): RequestEnd;
}
