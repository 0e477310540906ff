import type { Clock } from '../types/clock';
import type { KeySetAside, PoolEvent } from '../types/events';
import type { PoolRequest } from '../types/poolRequest';
import type { KeySwitch, RequestRecord } from '../types/statistics';
import { PoolError, type Attempt, type PoolStream, type StreamPart } from '../types/streamPart';
import { RequestTimer } from '../usage/requestTimer';
import type { RequestRunner } from './requestRunner';

export interface RequestStreamParts<C> {
	readonly clock: Pick<Clock, 'monotonic'>;
	/** Runs before anything is sent. The error it resolves to, if any, ends the request. */
	readonly precheck: (() => Promise<PoolError | undefined>) | undefined;
	/** @param setAside called with each key that is set aside for the request */
	readonly run: (signal: AbortSignal, setAside: (event: KeySetAside) => void) => RequestRunner<C>;
	readonly emit: (event: PoolEvent) => void;
	readonly begun: (controller: AbortController) => void;
	readonly ended: (
		controller: AbortController,
		record: Omit<RequestRecord, 'endedAt'>,
		switches: readonly KeySwitch[],
	) => void;
}

/**
 * One request as its consumer reads it. It emits the request's events, times it, and records how it ended, once. Nothing
 * happens before the first `next`.
 */
export class RequestStream<C> implements PoolStream<C>, AsyncIterator<StreamPart<C>, undefined> {
	private readonly controller = new AbortController();
	private runner: RequestRunner<C> | undefined;
	private parts: AsyncIterator<StreamPart<C>, void> | undefined;
	private starting: Promise<void> | undefined;
	private model: string | undefined;
	private outcome: Attempt['outcome'] = 'cancelled';
	private timer: RequestTimer | undefined;
	private isOver = false;

	constructor(
		private readonly request: Pick<PoolRequest, 'id' | 'origin'>,
		private readonly given: RequestStreamParts<C>,
		private readonly signal: AbortSignal | undefined,
	) {}

	get attempts(): readonly Attempt[] {
		return this.runner?.attempts ?? [];
	}

	useModel(model: string): void {
		this.model = model;
		this.runner?.useModel(model);
	}

	[Symbol.asyncIterator](): AsyncIterator<StreamPart<C>, undefined> {
		return this;
	}

	async next(): Promise<IteratorResult<StreamPart<C>, undefined>> {
		if (this.isOver && !this.starting) return { done: true, value: undefined };
		try {
			await (this.starting ??= this.start());
			const next = this.isOver ? undefined : await this.parts?.next();
			if (next && !next.done) {
				this.observe(next.value);
				return next;
			}
		} catch (error) {
			if (!this.isOver) this.fail(error);
			throw error;
		}
		this.end();
		return { done: true, value: undefined };
	}

	/** The consumer leaves: the call ends at once, even while the next piece is awaited. */
	async return(): Promise<IteratorResult<StreamPart<C>, undefined>> {
		this.controller.abort(new Error('The consumer has left.'));
		await this.parts?.return?.().catch(() => undefined);
		if (this.starting) this.end();
		this.isOver = true;
		return { done: true, value: undefined };
	}

	private async start(): Promise<void> {
		const { clock, precheck, run, begun } = this.given;
		const refused = await precheck?.();
		this.timer = new RequestTimer(clock);
		if (refused) throw refused;
		if (this.isOver) return;
		this.signal?.addEventListener('abort', this.cancel);
		if (this.signal?.aborted) this.cancel();
		begun(this.controller);
		this.runner = run(this.controller.signal, (event) => this.setAside(event));
		if (this.model !== undefined) this.runner.useModel(this.model);
		this.parts = this.runner.parts();
	}

	private readonly cancel = (): void => this.controller.abort(this.signal?.reason);

	private observe(part: StreamPart<C>): void {
		this.timer?.onPart(part);
		if (part.type === 'output') return;
		if (part.type === 'done') this.outcome = 'answered';
		const { id, origin } = this.request;
		this.given.emit({ type: 'part', request: id, origin, part });
	}

	private setAside(event: KeySetAside): void {
		const { id, origin } = this.request;
		this.timer?.setAside(event);
		this.given.emit({ type: 'keySetAside', request: id, origin, ...event });
	}

	private fail(error: unknown): void {
		const { id, origin } = this.request;
		this.outcome = error instanceof PoolError ? error.reason : 'unexpected';
		this.given.emit({ type: 'failed', request: id, origin, reason: this.outcome });
		this.end();
	}

	private end(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.signal?.removeEventListener('abort', this.cancel);
		const { id, origin } = this.request;
		const timer = this.timer ?? new RequestTimer(this.given.clock);
		const timings = timer.timings(this.runner?.waited ?? 0);
		const record = { request: id, origin, outcome: this.outcome, attempts: [...this.attempts], timings };
		this.given.ended(this.controller, record, timer.switches());
	}
}
