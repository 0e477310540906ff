import type { Clock } from '../types/clock';
import type { KeySetAside, PoolEvent } from '../types/events';
import type { KeyId } from '../types/key';
import type { EpochMs } from '../types/stateStore';
import { poolEnded } from '../types/poolEnded';
import type { PoolRequest, Usage } from '../types/poolRequest';
import { type KeySwitch, type RequestEnd, maxAttempts, type Timings } from '../types/statistics';
import { PoolError, type Attempt, type PoolStream, type StreamPart } from '../types/streamPart';
import type { RequestObserver } from './engine';
import type { RequestRunner } from './requestRunner';

/** What a surface decides about its request. */
export interface StreamHooks {
	/** Runs before anything is sent. The error it resolves to, if any, ends the request. */
	readonly precheck?: (() => Promise<PoolError | undefined>) | undefined;
	/** Called when the request failed before any output. The request it resolves to, if any, is sent in its place. */
	readonly retry?: ((error: PoolError) => Promise<PoolRequest | undefined>) | undefined;
}

export interface RequestStreamParts<C> extends StreamHooks {
	readonly clock: Pick<Clock, 'monotonic'>;
	/** The store's time. */
	readonly now: () => EpochMs;
	readonly run: (request: PoolRequest, signal: AbortSignal, observer: RequestObserver) => RequestRunner<C>;
	readonly emit: (event: PoolEvent) => void;
	readonly begun: (controller: AbortController) => void;
	/** The end of the request is about to be recorded. */
	readonly ending: (request: string) => void;
	/** @param isRecorded whether its end is in the store already */
	readonly ended: (controller: AbortController, end: RequestEnd, isRecorded: boolean) => void;
}

/**
 * One request as its consumer reads it. It emits the request's events, times it, and records how it ended, once. Nothing
 * happens before the first `next`.
 */
export class RequestStream<C> implements PoolStream<C>, AsyncIterator<StreamPart<C>, undefined> {
	private readonly controller = new AbortController();
	private runner: RequestRunner<C> | undefined;
	private parts: AsyncIterator<StreamPart<C>, void> | undefined;
	private checking: Promise<void> | undefined;
	private model: string | undefined;
	private timer: RequestTimer | undefined;
	private outcome: Attempt['outcome'] = 'cancelled';
	private hasOutput = false;
	private isOver = false;
	/** Attempts of requests that were retried. */
	private earlier: readonly Attempt[] = [];

	constructor(
		private request: PoolRequest,
		private readonly given: RequestStreamParts<C>,
		private readonly signal: AbortSignal | undefined,
	) {}

	get attempts(): readonly Attempt[] {
		return [...this.earlier, ...(this.runner?.attempts ?? [])];
	}

	useModel(model: string): void {
		this.model = model;
		this.runner?.useModel(model);
	}

	[Symbol.asyncIterator](): AsyncIterator<StreamPart<C>, undefined> {
		return this;
	}

	async next(): Promise<IteratorResult<StreamPart<C>, undefined>> {
		if (this.isOver && !this.checking) return { done: true, value: undefined };
		try {
			await (this.checking ??= this.check());
			if (!this.isOver && !this.parts) this.start();
			const next = this.isOver ? undefined : await this.parts?.next();
			if (next && !next.done) {
				this.observe(next.value);
				// The reader sees one request, whatever was asked in between.
				if (next.value.type !== 'done') return next;
				const { attempts } = this;
				return { value: { ...next.value, ...usageOf(attempts), attempts } };
			}
		} catch (error) {
			if (this.isOver) throw error;
			this.fail(error);
			if (!(await this.retries(error))) throw error;
			return this.next();
		}
		this.end();
		return { done: true, value: undefined };
	}

	/** The consumer leaves: the call ends at once, even while the next piece is awaited. */
	async return(): Promise<IteratorResult<StreamPart<C>, undefined>> {
		this.controller.abort(new Error('The consumer has left.'));
		await this.parts?.return?.().catch(() => undefined);
		if (this.checking) this.end();
		this.isOver = true;
		return { done: true, value: undefined };
	}

	private async check(): Promise<void> {
		this.signal?.addEventListener('abort', this.cancel);
		const left = new Promise<unknown>((resolve) => this.controller.signal.addEventListener('abort', resolve));
		// The precheck may ask a person. A consumer that leaves does not wait for that, and one that has left asks nobody.
		const refused = this.signal?.aborted ? undefined : await Promise.race([this.given.precheck?.(), left]);
		this.timer = new RequestTimer(this.given.clock);
		if (refused instanceof PoolError) throw refused;
	}

	private start(): void {
		this.signal?.addEventListener('abort', this.cancel);
		if (this.signal?.aborted) this.cancel();
		this.given.begun(this.controller);
		this.runner = this.given.run(this.request, this.controller.signal, {
			setAside: (event) => this.setAside(event),
			endsWith: (attempts) => {
				this.given.ending(this.request.id);
				return this.endOf('answered', attempts);
			},
		});
		if (this.model !== undefined) this.runner.useModel(this.model);
		this.parts = this.runner.parts();
	}

	private readonly cancel = (): void => this.controller.abort(this.signal?.reason);

	private observe(part: StreamPart<C>): void {
		this.timer?.onPart(part);
		if (part.type === 'output') {
			this.hasOutput = true;
			return;
		}
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
		const { reason, facts } = error instanceof PoolError ? error : new PoolError('unexpected', []);
		this.outcome = reason;
		const { isHeld } = facts.shortage ?? {};
		this.given.emit({ type: 'failed', request: id, origin, reason, ...(isHeld && { isHeld }) });
		this.end();
	}

	/** Whether another request takes the place of the failed one. */
	private async retries(error: unknown): Promise<boolean> {
		if (!this.runner || this.hasOutput || !(error instanceof PoolError)) return false;
		const request = await this.given.retry?.(error);
		if (!request) return false;
		this.earlier = this.attempts;
		this.request = request;
		this.runner = undefined;
		this.parts = undefined;
		this.timer = new RequestTimer(this.given.clock);
		this.outcome = 'cancelled';
		this.isOver = this.controller.signal.aborted;
		return !this.isOver;
	}

	private end(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.signal?.removeEventListener('abort', this.cancel);
		const recorded = this.runner?.recordedEnd;
		const end = recorded ?? this.endOf(this.outcome, [...(this.runner?.attempts ?? [])]);
		this.given.ended(this.controller, end, recorded !== undefined);
	}

	private endOf(outcome: Attempt['outcome'], attempts: readonly Attempt[]): RequestEnd {
		const { id: request, origin } = this.request;
		const timer = this.timer ?? new RequestTimer(this.given.clock);
		const timings = timer.timings(this.runner?.waited ?? 0);
		const record = { request, origin, outcome, attempts, timings, endedAt: this.given.now() };
		return { record, switches: timer.switches() };
	}
}

/** Tokens of all sends, as far as the service has told: what broke, or was left, was read and written as well. */
export function usageOf(attempts: readonly Attempt[]): { readonly usage?: Usage } {
	const told = attempts.flatMap(({ usage }) => usage ?? []);
	const sum = (of: 'input' | 'cached' | 'output' | 'thoughts'): number => told.reduce((all, one) => all + one[of], 0);
	const usage = { input: sum('input'), cached: sum('cached'), output: sum('output'), thoughts: sum('thoughts') };
	return told.length > 0 ? { usage } : {};
}

/**
 * Who has answered, as people call it. The model has its own name: an alias is asked by another one, and where a gateway was
 * asked, one that it lets stand in may have answered.
 */
export function answererOf(
	{ on, attempts }: Pick<Extract<StreamPart<never>, { type: 'done' }>, 'on' | 'attempts'>,
	labelOf: (key: KeyId) => string,
): { readonly key: string; readonly model: string } {
	const last = attempts.findLast(({ outcome }) => outcome === 'answered');
	// The label when it was sent: a key that was removed since keeps its name.
	return { key: last?.label ?? labelOf(on.key), model: last?.servedModel ?? on.model };
}

/** Looks whether the cancelled requests have ended, and ms before each: one whose consumer reads no more does not. */
const maxLooks = 40;
const lookMs = 50;

/** The requests in flight. A signal of the pool for all of them would leak one signal for each. */
export class RequestsInFlight {
	private readonly all = new Set<AbortController>();
	private isOver = false;

	begun(controller: AbortController): void {
		this.all.add(controller);
		if (this.isOver) controller.abort(poolEnded());
	}

	ended(controller: AbortController): void {
		this.all.delete(controller);
	}

	/** Cancels them, and each that begins later. */
	end(): void {
		this.isOver = true;
		this.cancel(poolEnded());
	}

	cancel(reason: Error): void {
		for (const controller of this.all) controller.abort(reason);
	}

	/** Resolves when none is left. */
	async over({ after }: Pick<Clock, 'after'>): Promise<void> {
		for (let n = 0; this.all.size > 0 && n < maxLooks; n++) await new Promise<void>((look) => after(lookMs, look));
	}
}

/** Times one request: its first output, its end, and when keys were set aside for it. */
export class RequestTimer {
	private firstMs: number | undefined;
	/** `at` by the monotonic clock. */
	private readonly setAsides: (Omit<KeySwitch, 'agoMs'> & { readonly at: number })[] = [];

	private readonly began: number;

	constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
		this.began = clock.monotonic();
	}

	onPart(part: StreamPart<unknown>): void {
		if (part.type === 'output') this.firstMs ??= this.clock.monotonic() - this.began;
	}

	/** A key was set aside. */
	setAside({ key, model, reason }: Pick<KeySetAside, 'key' | 'model' | 'reason'>): void {
		this.setAsides.push({ key, model, reason, at: this.clock.monotonic() });
		if (this.setAsides.length > maxAttempts) this.setAsides.shift();
	}

	/** @param waitedMs ms spent waiting for a lease */
	timings(waitedMs: number): Timings {
		return {
			ms: this.clock.monotonic() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.setAsides.map(({ reason }) => reason),
		};
	}

	/** The keys set aside so far, oldest first. */
	switches(): readonly KeySwitch[] {
		return this.setAsides.map(({ at, ...set }) => ({ ...set, agoMs: this.clock.monotonic() - at }));
	}
}
