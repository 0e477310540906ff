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
import type { PoolRequest } from '../types/poolRequest';

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
