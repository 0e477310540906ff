import type { Clock, Dispose } from '../types/clock';
import type { KeyId } from '../types/key';
import type { EpochMs, StateStore } from '../types/stateStore';
import type { OutcomeRecorder } from './outcomeRecorder';
import { poolEnded } from '../types/poolEnded';
import { RollbackGuard } from '../store/rollbackGuard';
import type { KeySet } from '../types/keySet';
import { Failure, type FailureAction } from '../types/failure';
import { untilAborted } from '../types/waits';

/** Checks whether the service knows the key, with `models.list`, which uses no generation quota. Throws only `Failure`. */
export type CheckKey = (key: KeyId, signal: AbortSignal) => Promise<void>;

/** Concurrent re-checks: many retired keys must not look like an attack. */
const maxConcurrentChecks = 4;
/** ms. A check that takes longer counts as not having reached the service, so that it does not hold up the others. */
const checkTimeoutMs = 30_000;
/** ms. Timers are re-armed after this, because the clock may have been set or the machine may have slept. */
const maxTimerMs = 60_000;
const notReached: FailureAction = {
	type: 'retrySameKey',
	reason: 'unreachable',
	scope: 'request',
	maxRetries: 0,
	afterRetries: 'fail',
};

/**
 * Re-checks quarantined keys when they are due; success verifies them. While the pool is paused after an abuse signal, only
 * checks that the user asks for run; due ones wait until the user resumes.
 */
export class Rechecks {
	private readonly running = new Map<KeyId, Promise<Failure | undefined>>();
	/** Cancels the calls in flight. */
	private readonly calls = new Set<AbortController>();
	private ended = false;
	private readonly rollbackGuard: RollbackGuard;
	private timer: Dispose | undefined;

	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly keySet: () => KeySet,
		private readonly recorder: OutcomeRecorder,
		private readonly checkKey: CheckKey,
	) {
		this.rollbackGuard = new RollbackGuard(store);
	}

	/** Checks a key now. Returns why it failed, or undefined if the service knows the key. */
	check(key: KeyId): Promise<Failure | undefined> {
		return this.once(key, () => this.run(key));
	}

	/** Sets the timer for the next due re-check. Call it when the keys, a quarantine or the pause have changed. */
	arm(): void {
		this.timer?.();
		this.timer = undefined;
		if (this.ended || this.store.replica().pool.paused) return;
		let next = Infinity;
		for (const [id, dueAt] of this.waiting()) if (!this.running.has(id)) next = Math.min(next, dueAt);
		if (next === Infinity || this.running.size >= maxConcurrentChecks) return;
		const inMs = Math.min(Math.max(1, next - this.store.now()), maxTimerMs);
		this.timer = this.clock.after(inMs, () => {
			this.timer = undefined;
			void this.checkDue();
		});
	}

	dispose(): void {
		this.timer?.();
		this.ended = true;
		for (const call of this.calls) call.abort(poolEnded());
	}

	private async checkDue(): Promise<void> {
		// A store that cannot be written to still has the time.
		const now = await this.rollbackGuard.now().catch(() => this.store.now());
		if (this.ended || this.store.replica().pool.paused) return;
		for (const [id, dueAt] of this.waiting()) {
			if (this.running.size >= maxConcurrentChecks) break;
			if (dueAt <= now) void this.once(id, () => this.runIfDue(id)).catch(() => undefined);
		}
		this.arm();
	}

	/** The quarantined keys that are checked again, and when. */
	private *waiting(): Generator<readonly [KeyId, EpochMs]> {
		for (const { id, enabled } of this.keySet().keys) {
			const status = this.store.replica().key.get(id)?.status;
			if (enabled && status?.state === 'quarantined' && status.recheckAt !== undefined) yield [id, status.recheckAt];
		}
	}

	/** One check at a time for each key. */
	private once(key: KeyId, act: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
		const running = this.running.get(key);
		if (running) return running;
		const work = act().finally(() => {
			this.running.delete(key);
			this.arm();
		});
		this.running.set(key, work);
		return work;
	}

	/** Every window has the same timer; claiming in the store decides which one runs the check. */
	private async runIfDue(key: KeyId): Promise<Failure | undefined> {
		return (await this.recorder.takeRecheck(key)) ? this.run(key) : undefined;
	}

	private async run(key: KeyId): Promise<Failure | undefined> {
		const failure = await this.checkWithTimeout(key);
		await this.recorder.checked(key, failure);
		return failure;
	}

	/** Runs one check. A call that hangs is cancelled and not awaited. Rejects if the pool ends. */
	private async checkWithTimeout(key: KeyId): Promise<Failure | undefined> {
		const call = new AbortController();
		this.calls.add(call);
		const off = this.clock.after(checkTimeoutMs, () => call.abort(new Error('The check took too long.')));
		try {
			if (this.ended) call.abort(poolEnded());
			await untilAborted(call.signal, this.checkKey(key, call.signal));
			return undefined;
		} catch (error) {
			if (this.ended) throw error;
			if (call.signal.aborted) return new Failure(notReached, true, '');
			return error instanceof Failure ? error : new Failure({ type: 'fail', reason: 'unexpected' }, true, '');
		} finally {
			off();
			this.calls.delete(call);
		}
	}
}
