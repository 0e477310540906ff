import type { AnswerTimes } from '../health/answerTimes';
import { resolveAlias } from '../health/modelRecord';
import type { Clock } from '../types/clock';
import type { PoolRequest } from '../types/poolRequest';
import type { StateStore } from '../types/stateStore';

/** How much time one request has: to wait for a key, and until nobody waits for its answer any more. */
export class TimeLeft {
	private readonly began: number;
	private waitedMs = 0;
	private waitingSince: number | undefined;

	constructor(
		private readonly engine: {
			readonly clock: Pick<Clock, 'monotonic'>;
			readonly store: StateStore;
			readonly answerTimes: Pick<AnswerTimes, 'usualMs'>;
		},
		private readonly request: Pick<PoolRequest, 'maxWaitMs' | 'timeoutMs'>,
	) {
		this.began = engine.clock.monotonic();
	}

	/** ms spent waiting for a lease in waits that have ended. */
	get waited(): number {
		return this.waitedMs;
	}

	beginWait(): void {
		this.waitingSince = this.engine.clock.monotonic();
	}

	/** @param counts whether it really waited */
	endWait(counts: boolean): void {
		const { waitingSince = Infinity } = this;
		this.waitingSince = undefined;
		if (counts) this.waitedMs += Math.max(0, this.engine.clock.monotonic() - waitingSince);
	}

	/** ms that it may still wait for a lease on one of these models. */
	toWait(models: readonly string[]): number {
		const now = this.engine.clock.monotonic();
		const left = this.request.maxWaitMs - this.waitedMs - (now - (this.waitingSince ?? now));
		return Math.min(left, this.beforeSend(models));
	}

	/** Whether an answer of this model can be expected to end in time. */
	suffices(model: string): boolean {
		return this.beforeSend([model]) > 0;
	}

	/** ms that an answer of the quickest of these models usually takes. */
	usualMs(models: readonly string[]): number {
		const { store, answerTimes } = this.engine;
		return Math.min(...models.map((model) => answerTimes.usualMs(resolveAlias(store, model))));
	}

	/** ms until no call on any of these models can be expected to end in time. */
	private beforeSend(models: readonly string[]): number {
		const { timeoutMs } = this.request;
		if (timeoutMs === undefined) return Infinity;
		return this.began + timeoutMs - this.engine.clock.monotonic() - this.usualMs(models);
	}
}
