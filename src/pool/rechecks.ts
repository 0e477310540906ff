import type { Clock, Off } from './clock';
import type { KeyId } from './key';
import type { Ledger } from './ledger';
import type { Outcomes } from './outcomes';
import type { Roster } from './roster';
import { Failure } from './verdict';

/** Asks the service whether it knows the key, with `models.list`: no generation quota is used. Throws `Failure` only. */
export type Check = (key: KeyId, signal: AbortSignal) => Promise<void>;

/** So many re-checks run at the same time: thousands of retired keys must not look like an attack. */
const mostAtOnce = 4;

/** Re-checks benched keys when their time has come; success frees them. */
export class Rechecks {
	private readonly running = new Map<KeyId, Promise<Failure | undefined>>();
	private readonly ended = new AbortController();
	private timer: Off | undefined;
	private readonly off: Off;

	constructor(
		private readonly ledger: Ledger,
		private readonly clock: Clock,
		private readonly roster: () => Roster,
		private readonly outcomes: Outcomes,
		private readonly ask: Check,
	) {
		this.off = ledger.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'key')) this.arm();
		});
	}

	/** Checks a key now. Returns why it failed; nothing where the service knows it. */
	check(key: KeyId): Promise<Failure | undefined> {
		return this.once(key, () => this.run(key));
	}

	/** Sets the timer for the next re-check that is due. */
	arm(): void {
		this.timer?.();
		this.timer = undefined;
		if (this.ended.signal.aborted) return;
		const { key: records } = this.ledger.replica();
		let next = Infinity;
		for (const { id, enabled } of this.roster().keys) {
			const state = records.get(id)?.state;
			if (enabled && state?.is === 'benched' && state.recheckAt !== undefined && !this.running.has(id)) {
				next = Math.min(next, state.recheckAt);
			}
		}
		if (next === Infinity || this.running.size >= mostAtOnce) return;
		this.timer = this.clock.after(Math.max(1, next - this.ledger.now()), () => this.due());
	}

	dispose(): void {
		this.off();
		this.timer?.();
		this.ended.abort(new Error('The pool has ended.'));
	}

	private due(): void {
		const now = this.ledger.now();
		for (const { id, enabled } of this.roster().keys) {
			const state = this.ledger.replica().key.get(id)?.state;
			if (this.running.size >= mostAtOnce) break;
			if (enabled && state?.is === 'benched' && state.recheckAt !== undefined && state.recheckAt <= now) {
				void this.once(id, () => this.runIfDue(id)).catch(() => undefined);
			}
		}
		this.arm();
	}

	/** One of its kind at a time for each key. */
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

	/** Every window has the same timer; the ledger says whose turn it is. */
	private async runIfDue(key: KeyId): Promise<Failure | undefined> {
		return (await this.outcomes.takeRecheck(key)) ? this.run(key) : undefined;
	}

	private async run(key: KeyId): Promise<Failure | undefined> {
		const { signal } = this.ended;
		let failure: Failure | undefined;
		try {
			await this.ask(key, signal);
		} catch (error) {
			if (signal.aborted) throw error;
			failure = error instanceof Failure ? error : new Failure({ act: 'fail', why: 'unexpected' }, true, '');
		}
		await this.outcomes.checked(key, failure);
		return failure;
	}
}
