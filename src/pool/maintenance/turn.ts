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

/**
 * Windows take turns in changing what lies in the secret storage: it has no step that reads and writes in one, and each of
 * them reads a change of another one only a moment later.
 */
export class Turn {
	private last: Promise<unknown> = Promise.resolve();
	/** Of the turn that this window has. */
	private end: Dispose | undefined;
	private keepOn: Dispose | undefined;

	constructor(
		private readonly role: Role,
		private readonly election: () => Pick<LeaderElection, 'tryAcquire'>,
		private readonly clock: Pick<Clock, 'after'>,
	) {}

	/** One after the other: a change begins with what the one before it wrote. */
	run<T>(change: () => Promise<T>): Promise<T> {
		const next = this.last.then(async () => {
			this.keepOn?.();
			this.end ??= await this.taken();
			try {
				return await change();
			} finally {
				this.keepOn = this.clock.after(handedOnMs, () => {
					this.end?.();
					this.end = undefined;
				});
			}
		});
		this.last = next.catch(() => undefined);
		return next;
	}

	private async taken(): Promise<Dispose | undefined> {
		for (let waited = 0; ; waited += retryMs) {
			const end = await this.election().tryAcquire(this.role);
			if (end || waited >= longestWaitMs) return end;
			await pause(this.clock, retryMs);
		}
	}
}
