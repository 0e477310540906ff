import type { Clock, Dispose } from '../types/clock';
import type { Chunk, OpenStream, PoolRequest, Target, Received } from '../types/poolRequest';
import { Failure, type FailureAction } from '../types/failure';

export interface CallOptions<C> {
	readonly open: OpenStream<C>;
	readonly on: Target;
	readonly written: readonly C[];
	/** The service has refused a thought signature in the request. */
	readonly replaceSignatures?: boolean;
	/** The request's signal: the user cancelled, or the consumer left. */
	readonly signal: AbortSignal;
	/** ms of silence after which the stream counts as broken. Only time spent waiting for the service counts. */
	readonly firstMs: number;
	readonly betweenMs: number;
	/** ms that the whole answer may take, counted the same way, so that a slow stream does not hold its lease for ever. */
	readonly totalMs: number;
}

/** ms. Longer than any answer of today's models. */
export const maxAnswerMs = 15 * 60_000;

/** ms. A lease outlives the longest allowed silence by this much. */
const graceMs = 30_000;
/** ms. The least of that once a piece has come. */
const marginMs = 5_000;

/** ms. Google says of the flex tier that it answers within 1 to 15 minutes, and that one should wait for ten. */
const flexFirstMs = 10 * 60_000;

/** ms. In one piece comes a call of a tool, whose argument may be a whole file; so a picture, or sound. `fetch` bears no more. */
const pauseMs = 5 * 60_000;

/** How long a request bears silence: what is asked of the flex tier may take minutes to begin, and a tool's call to be written. */
export function idleOf(request: Pick<PoolRequest, 'idle' | 'serviceTier' | 'mayPause'>): PoolRequest['idle'] {
	const { idle, mayPause } = request;
	const leastMs = mayPause ? pauseMs : 0;
	return {
		firstMs: Math.max(idle.firstMs, isApart(request) ? flexFirstMs : leastMs),
		betweenMs: Math.max(idle.betweenMs, leastMs),
	};
}

/** The flex tier is refused first and answers last: neither says anything of the model in the other tiers. */
export function isApart({ serviceTier }: Pick<PoolRequest, 'serviceTier'>): boolean {
	return serviceTier === 'flex';
}

/** @param factor on the time-outs */
export function leaseMsOf({ firstMs, betweenMs }: PoolRequest['idle'], factor: number): number {
	return Math.max(firstMs, betweenMs) * factor + graceMs;
}

/** ms since the last renewal after which a piece renews its lease: the rest must outlive the longest silence that may follow. */
export function renewAfterMs(idle: PoolRequest['idle'], factor: number, hasOutput: boolean): number {
	const leaseMs = leaseMsOf(idle, factor);
	const silenceMs = (hasOutput ? idle.betweenMs : idle.firstMs) * factor;
	return Math.min(leaseMs / 2, leaseMs - silenceMs - marginMs);
}

const notWhole = { type: 'retrySameKey', scope: 'request', maxRetries: 2, afterRetries: 'otherKeyThenModel' } as const;
const silent: FailureAction = { ...notWhole, reason: 'idle' };
const cut: FailureAction = { ...notWhole, reason: 'cutStream' };
const empty: FailureAction = { ...notWhole, reason: 'emptyAnswer' };
const endless: FailureAction = { type: 'fail', reason: 'answerTooLong' };

const ended = new Error('The call has ended.');

/**
 * One call on one key: its chunks as they come. The answer is complete only if a finish reason came. A cancel, or too long a
 * silence, ends the call at once, without waiting for the service.
 */
export class Call<C> {
	private readonly controller = new AbortController();
	private chunks: AsyncIterator<Chunk<C>> | undefined;
	private isFinished = false;
	private isWhole = false;
	private hasOutput = false;
	/** ms that it may still wait, over all chunks. */
	private leftMs: number;
	/** What is waited for now. */
	private wait: Wait<IteratorResult<Chunk<C>>> | undefined;
	private timer: Dispose | undefined;
	/** When the timer rings, by the monotonic clock. */
	private ringsAt = Infinity;

	constructor(
		private readonly clock: Clock,
		private readonly options: CallOptions<C>,
	) {
		this.leftMs = options.totalMs;
		options.signal.addEventListener('abort', this.cancel);
	}

	/** ms that the service has taken, without those that its reader did. */
	get takenMs(): number {
		return this.options.totalMs - this.leftMs;
	}

	/** The next chunk; undefined once the answer is complete. Throws `Failure`, or the reason of the request's signal. */
	async read(): Promise<Chunk<C> | undefined> {
		const { signal, firstMs, betweenMs } = this.options;
		signal.throwIfAborted();
		try {
			const next = await this.within(this.pull(), this.hasOutput ? betweenMs : firstMs);
			if (!next.done) {
				this.hasOutput ||= next.value.output !== undefined;
				this.isFinished ||= next.value.finishReason !== undefined;
				return next.value;
			}
			this.isWhole = true;
		} catch (error) {
			if (signal.aborted) throw signal.reason;
			// After the finish reason the answer is complete, even if the connection breaks.
			if (!this.isFinished) throw asFailure(error);
		}
		if (!this.isFinished) throw new Failure(this.hasOutput ? cut : empty, true, '');
		return undefined;
	}

	/** Closes the connection, where the answer has not ended by itself. */
	end(): void {
		this.timer?.();
		this.options.signal.removeEventListener('abort', this.cancel);
		if (!this.isWhole) this.controller.abort(ended);
	}

	private async pull(): Promise<IteratorResult<Chunk<C>>> {
		const { open, on, written, replaceSignatures = false } = this.options;
		if (!this.chunks) {
			const opened = await open({ ...on, written, replaceSignatures }, this.controller.signal);
			this.chunks = opened[Symbol.asyncIterator]();
		}
		return this.chunks.next();
	}

	/** Waits for `work`, at most `ms`; a cancel ends the wait at once. One timer serves all chunks. */
	private within(work: Promise<IteratorResult<Chunk<C>>>, ms: number): Promise<IteratorResult<Chunk<C>>> {
		const began = this.clock.monotonic();
		return new Promise((resolve, reject) => {
			this.wait = {
				began,
				dueAt: began + Math.max(0, Math.min(ms, this.leftMs)),
				action: this.leftMs <= ms ? endless : silent,
				resolve,
				reject,
			};
			if (this.wait.dueAt < this.ringsAt) this.startTimer(this.wait.dueAt);
			work.then(this.arrived, this.stop);
		});
	}

	private startTimer(dueAt: number): void {
		this.timer?.();
		this.ringsAt = dueAt;
		this.timer = this.clock.after(dueAt - this.clock.monotonic(), this.watch);
	}

	/** The time of some wait is over; that of the one under way may not be. */
	private readonly watch = (): void => {
		const { wait } = this;
		this.ringsAt = Infinity;
		if (!wait) return;
		if (this.clock.monotonic() < wait.dueAt) this.startTimer(wait.dueAt);
		else this.abort(new Failure(wait.action, true, ''));
	};

	private readonly arrived = (next: IteratorResult<Chunk<C>>): void => this.endWait()?.resolve(next);

	private readonly stop = (error: unknown): void =>
		this.endWait()?.reject(error instanceof Error ? error : new Error(String(error)));

	private endWait(): Wait<IteratorResult<Chunk<C>>> | undefined {
		const { wait } = this;
		this.wait = undefined;
		const now = this.clock.monotonic();
		// Longer than it may: the machine slept, by a clock that counts that, and the service took none of it.
		if (wait && now <= wait.dueAt) this.leftMs -= now - wait.began;
		return wait;
	}

	private abort(error: unknown): void {
		this.controller.abort(error);
		this.stop(error);
	}

	private readonly cancel = (): void => this.abort(this.options.signal.reason);
}

interface Wait<T> {
	/** By the monotonic clock. */
	readonly began: number;
	readonly dueAt: number;
	/** What has happened if it is not over by then. */
	readonly action: FailureAction;
	resolve(value: T): void;
	reject(error: Error): void;
}

function asFailure(error: unknown): Failure {
	if (error instanceof Failure) return error;
	const serviceMessage = error instanceof Error ? error.name : 'unknown';
	return new Failure({ type: 'fail', reason: 'unexpected' }, true, serviceMessage);
}

/** What a call has brought so far, beside its output. */
export class CallResult {
	finishReason: string | undefined;
	/** Millionths of a dollar; known once its lease is settled. */
	cost: number | undefined;
	private usage: Received['usage'];
	private servedModel: Received['servedModel'];
	private serviceTier: Received['serviceTier'];
	private hasChunk = false;

	/** @param resolved the model that was asked */
	constructor(private readonly resolved: string) {}

	/** The latest chunk wins; a usage that counts nothing says nothing. */
	add(chunk: Chunk<unknown>): void {
		this.hasChunk = true;
		const { input = 0, output = 0, thoughts = 0 } = chunk.usage ?? {};
		if (input + output + thoughts > 0) this.usage = chunk.usage;
		this.servedModel = chunk.servedModel ?? this.servedModel;
		this.serviceTier = chunk.serviceTier ?? this.serviceTier;
		this.finishReason = chunk.finishReason ?? this.finishReason;
	}

	/** Whether the answer has ended and what it came to is known, although its consumer may have left since. */
	get isComplete(): boolean {
		return this.finishReason !== undefined && this.usage !== undefined;
	}

	get received(): Received {
		const { usage, servedModel, serviceTier } = this;
		return {
			...(usage && { usage }),
			...(servedModel !== undefined && { servedModel }),
			...(serviceTier && { serviceTier }),
		};
	}

	/** The same for an attempt: the model that answered is named, whether or not it is the one that was asked. */
	get ofAttempt(): Pick<Received, 'usage' | 'servedModel'> & { readonly cost?: number } {
		const { usage, servedModel = this.resolved, cost } = this;
		return {
			...(usage && { usage }),
			...(this.hasChunk && { servedModel }),
			...(cost !== undefined && { cost }),
		};
	}
}
