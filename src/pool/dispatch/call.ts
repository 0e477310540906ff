import type { Clock, Dispose } from '../types/clock';
import type { Chunk, OpenStream, Target } from '../types/poolRequest';
import { Failure, type FailureAction } from '../types/failure';

export interface CallOptions<C> {
	readonly open: OpenStream<C>;
	readonly on: Target;
	readonly written: readonly C[];
	/** The service has refused a thought signature in the request. */
	readonly replaceSignatures?: boolean;
	/** The request's own signal: a person or a consumer that left. */
	readonly signal: AbortSignal;
	/** Silence that counts as broken, in ms; only time spent waiting for the service counts. */
	readonly firstMs: number;
	readonly betweenMs: number;
	/** The longest that one answer may take, in ms, of the same time: a stream that drips would hold its place for ever. */
	readonly totalMs: number;
}

/** ms. Longer than any answer of today's models takes. */
export const maxAnswerMs = 15 * 60_000;

const silent: FailureAction = {
	type: 'retrySameKey',
	reason: 'idle',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};
const cut: FailureAction = {
	type: 'retrySameKey',
	reason: 'cutStream',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};
const endless: FailureAction = { type: 'fail', reason: 'answerTooLong' };
const empty: FailureAction = {
	type: 'retrySameKey',
	reason: 'emptyAnswer',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};

/**
 * One call on one key, watched: its chunks as they come, then its end. It ends normally only where a finish reason came;
 * else it throws a `Failure`, or the reason of the request's own signal. A cancel reaches the call at once and does not
 * wait for it to agree.
 */
export async function* call<C>(clock: Clock, options: CallOptions<C>): AsyncGenerator<Chunk<C>, void, undefined> {
	const { open, on, written, replaceSignatures = false, signal, totalMs: wholeMs } = options;
	signal.throwIfAborted();
	const controller = new AbortController();
	const idle = new IdleTimeout(clock, signal, controller, wholeMs);
	let finished = false;
	let shown = false;
	try {
		const target = { key: on.key, model: on.model, written, replaceSignatures };
		const chunks = open(target, controller.signal)[Symbol.asyncIterator]();
		for (;;) {
			const next: IteratorResult<Chunk<C>> = await idle.within(
				chunks.next(),
				shown ? options.betweenMs : options.firstMs,
			);
			if (next.done) break;
			shown ||= next.value.output !== undefined;
			finished ||= next.value.finishReason !== undefined;
			yield next.value;
			signal.throwIfAborted();
		}
	} catch (error) {
		if (signal.aborted) throw signal.reason;
		// After the finish reason the answer is whole, whatever becomes of the connection.
		if (!finished) throw asFailure(error);
	} finally {
		idle.end();
		controller.abort(ended);
	}
	if (!finished) throw new Failure(shown ? cut : empty, true, '');
}

const ended = new Error('The call has ended.');

function asFailure(error: unknown): Failure {
	if (error instanceof Failure) return error;
	const serviceMessage = error instanceof Error ? error.name : 'unknown';
	return new Failure({ type: 'fail', reason: 'unexpected' }, true, serviceMessage);
}

/** Waits for one chunk at a time; a cancel or a silence ends the waiting at once. */
class IdleTimeout {
	private timer: Dispose | undefined;
	private stop: (error: unknown) => void = () => undefined;

	constructor(
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
		private readonly own: AbortController,
		/** ms that it may still wait, over all chunks. */
		private leftMs: number,
	) {
		signal.addEventListener('abort', this.cancelled);
	}

	within<T>(work: Promise<T>, ms: number): Promise<T> {
		const began = this.clock.monotonic();
		const action = this.leftMs <= ms ? endless : silent;
		return new Promise((resolve, reject) => {
			const settle = (): void => {
				this.leftMs -= this.clock.monotonic() - began;
				this.timer?.();
				this.timer = undefined;
			};
			this.stop = (error) => {
				settle();
				this.own.abort(error);
				reject(error instanceof Error ? error : new Error(String(error)));
			};
			const dueMs = Math.max(0, Math.min(ms, this.leftMs));
			this.timer = this.clock.after(dueMs, () => this.stop(new Failure(action, true, '')));
			work.then(
				(value) => {
					settle();
					resolve(value);
				},
				(error: unknown) => {
					settle();
					reject(error instanceof Error ? error : new Error(String(error)));
				},
			);
		});
	}

	end(): void {
		this.timer?.();
		this.signal.removeEventListener('abort', this.cancelled);
	}

	private readonly cancelled = (): void => {
		this.own.abort(this.signal.reason);
		this.stop(this.signal.reason);
	};
}
