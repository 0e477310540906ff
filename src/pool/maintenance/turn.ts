import type { Clock, Dispose } from '../types/clock';
import type { Role } from '../types/stateStore';
import { pause } from '../types/waits';
import type { LeaderElection } from './leaderElection';

/**
 * ms between two tries to have the turn, and after which a change goes ahead without. The turn of a window that crashed ends
 * long before; who has it may be asked to unlock the storage.
 */
const retryMs = 50;
const longestWaitMs = 60_000;
/** ms after a change in which the turn is kept: the editor hands a secret on to other windows only a moment after it has taken it. */
const handedOnMs = 500;

export interface TurnParts {
	readonly election: Pick<LeaderElection, 'tryAcquire'>;
	readonly clock: Pick<Clock, 'after'>;
}

/**
 * Windows take turns in changing what lies in the secret storage: it has no step that reads and writes in one, and each of
 * them reads a change of another one only a moment later.
 */
export class Turn {
	private last: Promise<unknown> = Promise.resolve();
	/** Takes the turn that the change before has left; undefined where there is none. */
	private takeKept: (() => Dispose) | undefined;

	constructor(
		private readonly role: Role,
		private readonly parts: TurnParts,
	) {}

	/** One after the other: a change begins with what the one before it wrote. */
	run<T>(change: () => Promise<T>): Promise<T> {
		const next = this.last.then(async () => {
			const end = this.takeKept?.() ?? (await this.taken());
			try {
				return await change();
			} finally {
				if (end) this.keep(end);
			}
		});
		this.last = next.catch(() => undefined);
		return next;
	}

	private async taken(): Promise<Dispose | undefined> {
		const { election, clock } = this.parts;
		for (let waited = 0; ; waited += retryMs) {
			const end = await election.tryAcquire(this.role);
			if (end || waited >= longestWaitMs) return end;
			await pause(clock, retryMs);
		}
	}

	private keep(end: Dispose): void {
		const off = this.parts.clock.after(handedOnMs, () => this.takeKept?.()());
		this.takeKept = () => {
			off();
			this.takeKept = undefined;
			return end;
		};
	}
}
