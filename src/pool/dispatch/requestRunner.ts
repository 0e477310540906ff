import { allocateWithFallback } from '../selection/modelFallback';
import { call, longestAnswerMs } from './call';
import { toQueueRecord } from './toQueueRecord';
import type { Clock, Random } from '../types/clock';
import { RetryState } from './retryState';
import type { LeaseAllocator } from '../selection/leaseAllocator';
import { AttemptLog, type Ended } from './attemptLog';
import type { LeaseId } from '../types/key';
import type { StateStore } from '../types/stateStore';
import { LatestValueChannel } from './latestValueChannel';
import { backOffMs } from '../health/modelRecord';
import type { Options } from '../types/options';
import type { OutcomeRecorder } from './outcomeRecorder';
import type { Attempt, StreamPart } from '../types/streamPart';
import type { Queue, Arrival } from '../queue/queue';
import type { Needs, OpenStream, PoolRequest, Received, Target, Usage } from '../types/poolRequest';
import type { LeaseChoice, Rejection, LeaseGrant, LeaseRequest, QueueTicket } from '../types/leaseRequest';
import { SendBudget } from './sendBudget';
import type { KeySetAside } from '../types/events';
import { SetAsides } from '../usage/setAside';
import { Failure } from '../types/failure';

/** What a request needs of the engine. */
export interface Engine {
	readonly ledger: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly allocator: LeaseAllocator;
	readonly queue: Queue;
	readonly recorder: OutcomeRecorder;
	options(): Options;
	enabledKeys(): number;
	enabledPaidKeys(): number;
	/** An attempt ended: for the log and the statistics. */
	attempted(request: PoolRequest, attempt: Attempt): void;
}

/** A lease outlives the longest silence by this much, in ms. */
const leaseGraceMs = 30_000;

type Granted = Extract<LeaseChoice, { grant: unknown }>;

/** One request on its way to an answer: look for a key, send, judge, go on. */
export class RequestRunner<C> {
	private readonly course: RetryState;
	private readonly history: AttemptLog;
	private readonly setAsides: SetAsides;
	private readonly budget: SendBudget;
	private readonly written: C[] = [];
	/** The attempt whose output stands on the screen. */
	private shown: number | undefined;
	private count = 0;
	/** Its place in line, from the first time that it stood there. */
	private ticket: Arrival | undefined;
	private waitedMs = 0;
	/** Whether the consumer was handed a part since it got in line, so that the place may have waited for it. */
	private heldUp = false;
	/** The switch that was told last: a place that is taken anew for the same send is not told again. */
	private told: { readonly attempt: number; readonly to: Target } | undefined;
	/** Ends a back-off of this request's own. */
	private endPause: () => void = () => undefined;

	constructor(
		private readonly engine: Engine,
		private readonly request: PoolRequest,
		private readonly open: OpenStream<C>,
		private readonly signal: AbortSignal,
		/** Told of each key that is set aside for this request. */
		setAside: (event: KeySetAside) => void,
	) {
		this.course = new RetryState(request.models);
		this.setAsides = new SetAsides(engine.ledger, setAside);
		this.budget = new SendBudget(engine, this.course, (model) => this.seek(model, undefined));
		this.history = new AttemptLog(engine.allocator, request.size, {
			enabledKeys: () => engine.enabledKeys(),
			enabledPaidKeys: () => engine.enabledPaidKeys(),
			isPaidDemanded: () => this.isPaidDemanded,
		});
	}

	get attempts(): readonly Attempt[] {
		return this.history.attempts;
	}

	/** ms in line for a key so far. */
	get waited(): number {
		return this.waitedMs;
	}

	useModel(model: string): void {
		this.course.useModel(model);
		this.asksFor(model);
		this.endPause();
		this.engine.queue.wake();
	}

	/** Throws `PoolError` only. */
	async *parts(): AsyncGenerator<StreamPart<C>, void, undefined> {
		this.asksFor(this.course.wanted);
		try {
			for (;;) {
				const { grant, insteadOf } = yield* this.acquire();
				const ready = yield* this.announce(grant, insteadOf);
				if (ready && (yield* this.send(grant))) return;
			}
		} catch (error) {
			throw this.history.error(error, this.signal.aborted);
		}
	}

	/** For whoever watches the supply of keys: a model may be asked for in vain. */
	private asksFor(model: string): void {
		void this.engine.recorder.asked(model).catch(ignore);
	}

	private async *acquire(): AsyncGenerator<StreamPart<C>, Granted, undefined> {
		const { engine, course, request } = this;
		if (this.budget.left <= 0) throw this.history.tooManyTries(this.budget.most);
		const began = engine.clock.monotonic();
		const wait = { began: false };
		const patienceMs = (): number => request.maxWaitMs - this.waitedMs - (engine.clock.monotonic() - began);
		const giveBack = ({ grant }: Granted): void => void engine.recorder.cut(grant, false).catch(ignore);
		const work = engine.queue.acquire(
			{
				id: request.id,
				priority: request.priority,
				toQueueRecord: (rejection) =>
					toQueueRecord(request, this.needs, course, rejection, engine.ledger, engine.options().whenExhausted),
				kind: () => this.kind(),
				size: request.size,
				remainingWaitMs: patienceMs,
				attempt: async (held, place) => {
					// A wait has begun: what was spent in the last round may be asked again.
					if (wait.began) course.newRound();
					const look = (): Promise<LeaseChoice> =>
						allocateWithFallback(
							engine.allocator,
							this.modelsToAsk().map((model) => this.seek(model, place)),
							engine.options().whenExhausted,
							engine.ledger.now(),
							patienceMs(),
							held,
						);
					const choice = await look();
					return 'rejection' in choice && course.retryExcluded(this.budget.left) ? look() : choice;
				},
				waits: (rejection, ahead) => {
					wait.began = true;
					mailbox.post(this.waiting(rejection, ahead));
				},
				release: giveBack,
			},
			this.signal,
			(this.ticket ??= engine.queue.arrival()),
		);
		const mailbox = new LatestValueChannel<StreamPart<C>, Granted>(work);
		let taken = false;
		this.heldUp = false;
		try {
			for (;;) {
				const next = await mailbox.next();
				if ('result' in next) {
					taken = true;
					return next.result;
				}
				this.heldUp = true;
				yield next.value;
			}
		} finally {
			// The consumer left while the place was on its way.
			if (!taken) void work.then(giveBack, ignore);
			if (wait.began) this.waitedMs += engine.clock.monotonic() - began;
		}
	}

	/** Tells of a switch. False, and the place is given back, where the consumer took so long that it is good no more. */
	private async *announce(
		grant: LeaseGrant,
		insteadOf: Rejection | undefined,
	): AsyncGenerator<StreamPart<C>, boolean, undefined> {
		let ready = false;
		try {
			const switched = this.switched(grant, insteadOf);
			if (switched) {
				this.setAsides.switched(grant, this.history.previous ? undefined : insteadOf);
				this.heldUp = true;
				yield switched;
			}
			this.signal.throwIfAborted();
			ready = this.engine.allocator.stillHolds(grant, this.needs, this.heldUp);
			// The same target again, so that it was told already.
			if (!ready) this.course.preferredKey = grant.key;
			return ready;
		} finally {
			if (!ready) await this.engine.recorder.cut(grant, false).catch(ignore);
		}
	}

	/** True once the answer is whole. */
	private async *send(grant: LeaseGrant): AsyncGenerator<StreamPart<C>, boolean, undefined> {
		const { engine, request, course } = this;
		const attempt = ++this.count;
		course.sending(grant.model);
		const began = engine.clock.monotonic();
		let usage: Usage | undefined;
		let servedModel: string | undefined;
		let finished: string | undefined;
		const lease = { settled: false };
		let renewAt = began + grant.leaseMs / 2;
		let alive = false;
		const ended = (outcome: Attempt['outcome'], more: Pick<Ended, 'serviceMessage' | 'unsent'> = {}): void => {
			lease.settled = true;
			const ms = engine.clock.monotonic() - began;
			const served = alive ? { servedModel: servedModel ?? grant.resolved } : {};
			engine.attempted(
				request,
				this.history.ended(grant, { outcome, ms, ...(usage && { usage }), ...served, ...more }),
			);
		};
		const received = (): Received => ({ ...(usage && { usage }), ...(servedModel !== undefined && { servedModel }) });
		try {
			const chunks = call(engine.clock, {
				open: this.open,
				on: { key: grant.key, model: grant.model },
				written: this.written,
				signal: this.signal,
				firstMs: request.idle.firstMs * course.timeoutFactor,
				betweenMs: request.idle.betweenMs * course.timeoutFactor,
				wholeMs: longestAnswerMs,
			});
			for await (const chunk of chunks) {
				const isFirst = !alive;
				alive = true;
				// A consumer may take its time: who waits for a probe must not wait for it. Else the first token goes first.
				const isProbe = isFirst && engine.recorder.isProbe(grant);
				if (isProbe) await engine.recorder.proved(grant).catch(ignore);
				if (engine.clock.monotonic() > renewAt) {
					renewAt = engine.clock.monotonic() + grant.leaseMs / 2;
					await engine.recorder.renew(grant).catch(ignore);
				}
				usage = chunk.usage ?? usage;
				servedModel = chunk.servedModel ?? servedModel;
				finished = chunk.finishReason ?? finished;
				if (chunk.output !== undefined) yield* this.show(chunk.output, attempt);
				if (isFirst && !isProbe) await engine.recorder.proved(grant).catch(ignore);
			}
			await engine.recorder.answered(grant, received()).catch(ignore);
			ended('answered');
			const on = { key: grant.key, model: grant.model };
			yield {
				type: 'done',
				attempt,
				finishReason: finished ?? '',
				on,
				...(usage ? { usage } : {}),
				attempts: this.attempts,
			};
			return true;
		} catch (error) {
			if (lease.settled || !(error instanceof Failure)) throw error;
			await engine.recorder.failed(grant, error, received()).catch(ignore);
			ended(error.action.reason, { serviceMessage: error.serviceMessage, ...(error.sent ? {} : { unsent: true }) });
			yield* this.afterFailure(error, grant, attempt);
			return false;
		} finally {
			// A cancel, or a consumer that left: nobody's fault.
			if (!lease.settled) {
				ended('cancelled');
				await engine.recorder.cut(grant, true, received()).catch(ignore);
			}
		}
	}

	private *show(output: C, attempt: number): Generator<StreamPart<C>, void, undefined> {
		if (this.shown !== undefined && this.shown !== attempt && this.request.recovery === 'retract') {
			yield { type: 'retract', attempt: this.shown, reason: this.history.previous?.reason ?? 'cutStream' };
		}
		this.shown = attempt;
		if (this.request.recovery === 'continue') this.written.push(output);
		yield { type: 'output', attempt, value: output };
	}

	private async *afterFailure(
		failure: Failure,
		grant: LeaseGrant,
		attempt: number,
	): AsyncGenerator<StreamPart<C>, void, undefined> {
		const { action: verdict } = failure;
		if (this.history.failed(failure, grant)) this.course.tooLarge(grant.model);
		const next = this.course.after(verdict, grant, this.budget.after(grant));
		this.setAsides.failed(verdict, grant, next.setsAside);
		if (next.type === 'fail' || (this.shown === attempt && this.request.recovery === 'fail')) throw failure;
		if (next.type === 'afterBackOff') {
			const { baseDelayMs } = this.engine.options();
			const ms = Math.max(next.leastMs, backOffMs(baseDelayMs, next.n, this.engine.random));
			const on = { key: grant.key, model: grant.model };
			yield { type: 'waiting', on, reason: verdict.reason, inMs: ms, ahead: 0 };
			await this.pause(ms);
		}
	}

	private switched(grant: LeaseGrant, insteadOf: Rejection | undefined): StreamPart<C> | undefined {
		const to: Target = { key: grant.key, model: grant.model };
		const { previous } = this.history;
		const from: Target = previous?.on ?? { key: grant.key, model: this.course.wanted };
		if (isSame(from, to)) return undefined;
		const attempt = this.count + 1;
		if (this.told?.attempt === attempt && isSame(this.told.to, to)) return undefined;
		this.told = { attempt, to };
		const reason = previous?.reason ?? insteadOf?.reason ?? 'overloaded';
		return { type: 'switched', attempt, from, to, reason };
	}

	private waiting(rejection: Rejection, ahead: number): StreamPart<C> {
		const key = rejection.on?.id ?? this.history.previous?.on.key;
		const inMs = Math.max(0, rejection.retryAt - this.engine.ledger.now());
		return {
			type: 'waiting',
			on: { ...(key ? { key } : {}), model: rejection.model },
			reason: rejection.reason,
			inMs,
			ahead,
		};
	}

	private seek(model: string, place: QueueTicket | undefined): LeaseRequest {
		const { request, course } = this;
		return {
			model,
			size: request.size,
			needs: this.needs,
			lease: `${request.id}.${this.count + 1}` as LeaseId,
			holder: request.id,
			client: request.origin,
			leaseMs: Math.max(request.idle.firstMs, request.idle.betweenMs) * course.timeoutFactor + leaseGraceMs,
			excludedBuckets: course.excludedBuckets,
			excludedKeys: course.excludedKeys(model),
			paidForSize: course.paidForSize(model),
			preferredKey: course.preferredKey,
			...(place ? { ticket: place } : {}),
		};
	}

	private modelsToAsk(): readonly string[] {
		const { course, engine } = this;
		if (engine.options().whenExhausted === 'wait') return course.open;
		return course.openFor(this.budget.left, (model) => engine.allocator.couldServe(this.seek(model, undefined)));
	}

	/** A demand for paid keys that came after the prompt counts too: nothing is sent before it is looked at. */
	private get isPaidDemanded(): boolean {
		return this.request.needs.paid === true || this.engine.options().paidOnly;
	}

	/** What it needs now. */
	private get needs(): Needs {
		const { needs } = this.request;
		return this.course.paidOnly || this.isPaidDemanded ? { ...needs, paid: true } : needs;
	}

	/** Requests of one kind are granted or denied alike, apart from their size. */
	private kind(): string {
		const { course, request } = this;
		const { paid, project } = this.needs;
		if (!course.isFresh || course.preferredKey) return request.id;
		const models = course.open.map((model) => `${model} ${String(course.paidForSize(model))}`);
		return `${models.join(' ')} ${String(paid)} ${project ?? ''}`;
	}

	private pause(ms: number): Promise<void> {
		return new Promise((resolve, reject) => {
			const cancel = (): void => {
				off();
				reject(this.signal.reason instanceof Error ? this.signal.reason : new Error('cancelled'));
			};
			this.endPause = () => {
				off();
				this.signal.removeEventListener('abort', cancel);
				resolve();
			};
			const off = this.engine.clock.after(ms, this.endPause);
			if (this.signal.aborted) cancel();
			else this.signal.addEventListener('abort', cancel, { once: true });
		});
	}
}

function isSame(a: Target, b: Target): boolean {
	return a.key === b.key && a.model === b.model;
}

function ignore(): void {
	// The ledger is gone: the lease settles as spent when it expires.
}
