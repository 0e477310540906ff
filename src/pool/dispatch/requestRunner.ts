import { allocateWithFallback } from '../selection/leaseAllocator';
import { Call, CallResult, idleOf, isApart, leaseMsOf, maxAnswerMs, renewAfterMs } from './call';
import { toQueueRecord } from './toQueueRecord';
import type { Dispose } from '../types/clock';
import { RetryState, SendBudget, TimeLeft } from './retryState';
import { AttemptLog, attemptOf, SetAsides, waitMs, type AttemptEnd } from './attemptLog';
import type { LeaseId } from '../types/key';
import type { Arrival } from '../queue/queuedRequest';
import { backOffMs } from '../health/modelRecord';
import type { Engine, RequestObserver } from './engine';
import { isProgram } from '../budget/spending';
import type { Attempt, PoolError, StreamPart } from '../types/streamPart';
import type { Needs, OpenStream, PoolRequest } from '../types/poolRequest';
import type { LeaseChoice, Rejection, LeaseGrant, LeaseRequest, QueueTicket } from '../types/leaseRequest';
import { LatestValueChannel } from '../types/events';
import type { RequestEnd } from '../types/statistics';
import { Failure } from '../types/failure';
import { pause, untilAborted } from '../types/waits';

type Granted = Extract<LeaseChoice, { grant: unknown }>;

/** Runs one request until it is answered or fails: get a lease, send, decide what follows. */
export class RequestRunner<C> {
	private readonly retryState: RetryState;
	private readonly attemptLog: AttemptLog;
	private readonly setAsides: SetAsides;
	private readonly budget: SendBudget;
	private readonly timeLeft: TimeLeft;
	private readonly idle: PoolRequest['idle'];
	private readonly written: C[] = [];
	/** The attempt whose output is shown; for a consumer that bears no break, whose answer has begun. */
	private shownAttempt: number | undefined;
	private sendCount = 0;
	/** Its position in the queue, kept from the first time it queued. */
	private arrival: Arrival | undefined;
	/** Whether the consumer has read a part since the request queued, so that the lease may have waited for the consumer. */
	private wasHeldUp = false;
	/** How the request has ended, where the store knows that with the end of its answer. */
	private recorded: RequestEnd | undefined;
	/** Ends this request's own back-off. */
	private endBackOff: () => void = () => undefined;

	constructor(
		private readonly engine: Engine,
		private readonly request: PoolRequest,
		private readonly open: OpenStream<C>,
		private readonly signal: AbortSignal,
		private readonly observer: RequestObserver,
	) {
		this.retryState = new RetryState(request.models, request.canReplaceSignatures);
		this.setAsides = new SetAsides(engine.store, (event) => observer.setAside(event));
		this.timeLeft = new TimeLeft(engine, request);
		this.idle = idleOf(request);
		this.budget = new SendBudget(engine, this.retryState, (model) => this.leaseRequest(model, undefined));
		this.attemptLog = new AttemptLog(engine.allocator, request.size, request.origin, {
			keys: () => engine.keys(),
			enabledKeys: () => engine.enabledKeys(),
			enabledPaidKeys: () => engine.enabledPaidKeys(),
			isPaidDemanded: () => this.isPaidDemanded,
		});
	}

	get attempts(): readonly Attempt[] {
		return this.attemptLog.attempts;
	}

	get recordedEnd(): RequestEnd | undefined {
		return this.recorded;
	}

	/** ms spent waiting for a lease so far. */
	get waited(): number {
		return this.timeLeft.waited;
	}

	useModel(model: string): void {
		this.retryState.useModel(model);
		this.recordAsked(model);
		this.endBackOff();
		this.engine.queue.changed(this.request.id);
	}

	/** Throws only `PoolError`. */
	async *parts(): AsyncGenerator<StreamPart<C>, void, undefined> {
		try {
			for (;;) {
				const { grant, insteadOf } = yield* this.acquire();
				const ready = yield* this.announce(grant, insteadOf);
				if (ready && (yield* this.send(grant))) return;
			}
		} catch (error) {
			throw this.attemptLog.error(error, this.signal.aborted);
		}
	}

	/**
	 * For statistics of the supply of keys, which include models that no key could serve. The step that grants a lease says it
	 * as well, so that a key that is there at once waits for no step before.
	 */
	private recordAsked(model: string): void {
		void this.engine.recorder.recordAsked(model).catch(ignore);
	}

	private async *acquire(): AsyncGenerator<StreamPart<C>, Granted, undefined> {
		const { engine, retryState, request } = this;
		if (this.budget.sendsLeft <= 0) throw this.attemptLog.tooManyTries(this.budget.maxSends);
		const wait: { began: boolean; end?: Dispose } = { began: false };
		const remainingWaitMs = (): number => this.timeLeft.toWait(retryState.openModels);
		this.timeLeft.beginWait();
		const release = ({ grant }: Granted): void => void engine.recorder.cancelled(grant, false).catch(ignore);
		const work = engine.queue.acquire(
			{
				id: request.id,
				priority: request.priority,
				toQueueRecord: (rejection) =>
					toQueueRecord(request, this.needs, retryState, rejection, engine.store, engine.options().whenExhausted),
				kind: () => this.kind,
				size: request.size,
				remainingWaitMs,
				attempt: async (held, ticket) => {
					// After a wait, everything that was refused may be tried again.
					if (wait.began) retryState.newRound();
					const asked = this.modelsToAsk();
					const inTime = asked.filter((model) => this.timeLeft.suffices([model]));
					if (inTime.length < asked.length && inTime.length === 0) throw this.noTimeLeft(asked);
					const allocate = (): Promise<LeaseChoice> =>
						allocateWithFallback(
							engine.allocator,
							inTime.map((model) => this.leaseRequest(model, ticket)),
							engine.options().whenExhausted,
							engine.store.now(),
							remainingWaitMs(),
							held,
						);
					const choice = await allocate();
					return 'rejection' in choice && retryState.retryExcluded(this.budget.sendsLeft) ? allocate() : choice;
				},
				onWaiting: (rejection, ahead) => {
					if (!wait.began) this.recordAsked(retryState.wanted);
					wait.began = true;
					wait.end ??= engine.waits.begin();
					channel.post(this.waiting(rejection, ahead));
				},
				release,
			},
			this.signal,
			(this.arrival ??= engine.queue.arrival()),
		);
		const channel = new LatestValueChannel<StreamPart<C>, Granted>(work);
		let taken = false;
		this.wasHeldUp = false;
		try {
			for (;;) {
				const next = await channel.next();
				if ('result' in next) {
					taken = true;
					return next.result;
				}
				this.wasHeldUp = true;
				yield next.value;
			}
		} finally {
			wait.end?.();
			this.recordAsked(retryState.wanted);
			// The consumer left before the lease arrived.
			if (!taken) void work.then(release, ignore);
			this.timeLeft.endWait(wait.began);
		}
	}

	/** Announces a switch. False, with the lease released, if the consumer took so long that the lease is no longer valid. */
	private async *announce(
		grant: LeaseGrant,
		insteadOf: Rejection | undefined,
	): AsyncGenerator<StreamPart<C>, boolean, undefined> {
		let ready = false;
		try {
			const attempt = this.sendCount + 1;
			const switched = this.attemptLog.switched(grant, { attempt, wanted: this.retryState.wanted, insteadOf });
			if (switched) {
				this.setAsides.switched(grant, this.attemptLog.previous ? undefined : insteadOf);
				this.wasHeldUp = true;
				yield switched;
			}
			this.signal.throwIfAborted();
			ready = this.engine.allocator.isStillValid(grant, this.needs, this.wasHeldUp);
			// Prefer the same key, because its switch was already announced.
			if (!ready) this.retryState.preferredKey = grant.key;
			return ready;
		} finally {
			if (!ready) await this.engine.recorder.cancelled(grant, false).catch(ignore);
		}
	}

	/** Returns true once the answer is complete. */
	private async *send(grant: LeaseGrant): AsyncGenerator<StreamPart<C>, boolean, undefined> {
		const { engine, request, retryState } = this;
		const attempt = ++this.sendCount;
		retryState.countSend(grant.model);
		const began = engine.clock.monotonic();
		const result = new CallResult(grant.resolved);
		const lease = { settled: false };
		let renewedAt = began;
		let hasFirstChunk = false;
		const madeOf = (end: Pick<AttemptEnd, 'outcome' | 'serviceMessage' | 'unsent'>): Attempt =>
			attemptOf(grant, { ms: engine.clock.monotonic() - began, ...result.ofAttempt, ...end });
		const ended = (made: Attempt): void => {
			lease.settled = true;
			this.attemptLog.add(made);
			engine.attempted(request, made);
		};
		/** @param isRead whether the consumer is still there, so that the request ends with this answer */
		const answered = async (isRead: boolean): Promise<void> => {
			if (request.session) engine.affinity.answered(request.session, grant.key);
			if (!isApart(grant)) engine.answerTimes.answered(grant.resolved, call.takenMs);
			const end = (cost?: number): RequestEnd => {
				result.cost = cost;
				return (this.recorded = this.observer.endsWith([...this.attempts, madeOf({ outcome: 'answered' })]));
			};
			try {
				result.cost = await engine.recorder.answered(grant, result.received, isRead ? end : undefined);
			} catch {
				result.cost = this.recorded = undefined;
			}
			ended(this.recorded?.record.attempts.at(-1) ?? madeOf({ outcome: 'answered' }));
		};
		const call = new Call(engine.clock, {
			open: this.open,
			on: { key: grant.key, model: grant.model },
			written: this.written,
			replaceSignatures: retryState.replaceSignatures,
			signal: this.signal,
			firstMs: this.idle.firstMs * retryState.timeoutFactor,
			betweenMs: this.idle.betweenMs * retryState.timeoutFactor,
			totalMs: maxAnswerMs,
		});
		try {
			try {
				for (let chunk = await call.read(); chunk; chunk = await call.read()) {
					const isFirst = !hasFirstChunk;
					hasFirstChunk = true;
					// Requests that wait for this probe must not wait for a slow consumer. Otherwise the first token goes out first.
					const isProbe = isFirst && engine.recorder.isProbe(grant);
					if (isProbe) await engine.recorder.recordFirstChunk(grant).catch(ignore);
					const now = engine.clock.monotonic();
					if (now - renewedAt > renewAfterMs(this.idle, retryState.timeoutFactor, this.shownAttempt === attempt)) {
						renewedAt = now;
						await engine.recorder.renew(grant).catch(ignore);
					}
					result.add(chunk);
					if (chunk.output !== undefined) yield* this.show(chunk.output, attempt, chunk.isPreliminary);
					// Of an answer in one chunk, the step that settles its lease records it.
					const isSettledNext = isProbe || chunk.finishReason !== undefined;
					if (isFirst && !isSettledNext) await engine.recorder.recordFirstChunk(grant).catch(ignore);
				}
			} finally {
				call.end();
			}
			await answered(true);
			const on = { key: grant.key, model: grant.model };
			// An answer can be complete without any output, where all its tokens went into thoughts.
			yield* this.retractBefore(attempt);
			yield { type: 'done', attempt, finishReason: result.finishReason ?? '', on, attempts: this.attempts };
			return true;
		} catch (error) {
			if (lease.settled || !(error instanceof Failure)) throw error;
			if (error.received) result.add(error.received);
			result.cost = await engine.recorder.failed(grant, error, result.received).catch(unknown);
			const { serviceMessage } = error;
			ended(madeOf({ outcome: error.action.reason, serviceMessage, ...(error.sent ? {} : { unsent: true }) }));
			yield* this.afterFailure(error, grant, attempt);
			return false;
		} finally {
			// The user cancelled, or the consumer left: no key is at fault.
			if (!lease.settled && result.isComplete) {
				await answered(false);
			} else if (!lease.settled) {
				lease.settled = true;
				if (!isApart(grant)) engine.answerTimes.givenUp(grant.resolved, call.takenMs);
				result.cost = await engine.recorder.cancelled(grant, true, result.received).catch(unknown);
				ended(madeOf({ outcome: 'cancelled' }));
			}
		}
	}

	private *show(output: C, attempt: number, isPreliminary = false): Generator<StreamPart<C>, void, undefined> {
		yield* this.retractBefore(attempt);
		if (!isPreliminary || this.request.recovery !== 'fail') this.shownAttempt = attempt;
		if (this.request.recovery === 'continue') this.written.push(output);
		yield { type: 'output', attempt, value: output };
	}

	/** Takes back what an earlier attempt has shown, now that this one has come to something. */
	private *retractBefore(attempt: number): Generator<StreamPart<C>, void, undefined> {
		if (this.shownAttempt === undefined || this.shownAttempt === attempt || this.request.recovery !== 'retract') return;
		yield { type: 'retract', attempt: this.shownAttempt, reason: this.attemptLog.previous?.reason ?? 'cutStream' };
	}

	private async *afterFailure(
		failure: Failure,
		grant: LeaseGrant,
		attempt: number,
	): AsyncGenerator<StreamPart<C>, void, undefined> {
		const { action } = failure;
		if (this.attemptLog.recordFailure(failure, grant)) this.retryState.markTooLarge(grant.model);
		if ('isNoTry' in action) this.timeLeft.backedOff(this.attempts.at(-1)?.ms ?? 0);
		const longestBackOffMs = Math.max(0, this.timeLeft.toWaitMs);
		const next = this.retryState.afterFailure(action, grant, { ...this.budget.after(grant), longestBackOffMs });
		this.setAsides.failed(action, grant, next.setsAside);
		if (next.type === 'fail' || (this.shownAttempt === attempt && this.request.recovery === 'fail')) throw failure;
		if (next.type === 'backOff') {
			const { openModels: open } = this.retryState;
			const ms = Math.max(next.minMs, backOffMs(this.engine.options().baseDelayMs, next.n, this.engine.random));
			if (!this.timeLeft.suffices(open, ms)) throw this.noTimeLeft(open);
			const { key, model } = grant;
			yield { type: 'waiting', on: { key, model }, reason: action.reason, inMs: ms, ahead: 0 };
			const [over, endWait] = [new AbortController(), this.engine.waits.begin()];
			this.endBackOff = () => over.abort();
			await untilAborted(this.signal, pause(this.engine.clock, ms, over.signal)).finally(() => {
				over.abort();
				endWait();
			});
			this.timeLeft.backedOff(next.minMs);
		}
	}

	private waiting(rejection: Rejection, ahead: number): StreamPart<C> {
		const { on, model, reason } = rejection;
		// An overload is the model's, whichever key met it.
		const key = reason === 'overloaded' ? undefined : (on?.id ?? this.attemptLog.previous?.on.key);
		const inMs = waitMs(rejection, this.engine.store.now());
		return { type: 'waiting', on: { ...(key && { key }), model }, reason, inMs, ahead };
	}

	private leaseRequest(model: string, ticket: QueueTicket | undefined): LeaseRequest {
		const { engine, request, retryState } = this;
		return {
			model,
			size: request.size,
			needs: this.needs,
			lease: `${request.id}.${this.sendCount + 1}` as LeaseId,
			holder: request.id,
			client: request.origin,
			isWatched: isProgram(request.origin) && !request.isOfBatchClient,
			serviceTier: request.serviceTier ?? 'standard',
			leaseMs: leaseMsOf(this.idle, retryState.timeoutFactor),
			excludedBuckets: retryState.excludedBuckets,
			excludedKeys: retryState.excludedKeys(model),
			paidForSize: retryState.paidForSize(model),
			preferredKey: retryState.preferredKey,
			...(request.session && engine.affinity.of(request.session)),
			...(ticket ? { ticket } : {}),
		};
	}

	private noTimeLeft(models: readonly string[]): PoolError {
		return this.attemptLog.noTimeLeft(models[0] ?? this.retryState.wanted, this.timeLeft.usualMs(models));
	}

	private modelsToAsk(): readonly string[] {
		const { retryState, engine } = this;
		if (engine.options().whenExhausted === 'wait') return retryState.openModels;
		return retryState.modelsToTry(this.budget.sendsLeft, (model) =>
			engine.allocator.couldServe(this.leaseRequest(model, undefined)),
		);
	}

	/** Checked before every send, so that a demand for paid keys made after the prompt counts too. */
	private get isPaidDemanded(): boolean {
		return this.request.needs.paid === true || this.engine.options().paidOnly;
	}

	/**
	 * Requests of one kind are treated alike, apart from their size. Whose they are is part of it, because budgets and holds are a
	 * client's; so is what differs between the workspace's options and those of tools, and for which models there is time. Other
	 * options are the same for all.
	 */
	private get kind(): string {
		const { request, retryState, timeLeft, engine } = this;
		const { id, origin, serviceTier = 'standard', needs } = request;
		if (!retryState.hasNoExclusions || retryState.preferredKey) return id;
		const paid = retryState.paidOnly || needs.paid === true;
		const inTime = retryState.openModels.filter((model) => timeLeft.suffices([model]));
		const models = inTime.map((model) => `${model} ${String(retryState.paidForSize(model))}`);
		const { whenExhausted } = engine.options();
		return [...models, paid, needs.free, needs.project, serviceTier, whenExhausted, origin].map(String).join(' ');
	}

	/** The request's needs as they are now: each key is measured by them. */
	private get needs(): Needs {
		const { needs } = this.request;
		return this.retryState.paidOnly || this.isPaidDemanded ? { ...needs, paid: true } : { ...needs };
	}
}

/** What it has cost is not known. */
const unknown = (): undefined => undefined;

/** The store is gone: the lease settles as spent when it expires. */
const ignore = (): void => undefined;
