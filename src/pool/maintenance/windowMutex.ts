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
 * A mutex of all windows, for what lies in the secret storage: that has no step that reads and writes in one, and each of
 * them reads a change of another one only a moment later. What is returned runs one change after the other.
 */
export function windowMutex(
	role: Role,
	election: () => Pick<LeaderElection, 'tryAcquire'>,
	{ after }: Pick<Clock, 'after'>,
): <T>(change: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	/** Of the turn that this window has. */
	let end: Dispose | undefined;
	let keepOn: Dispose | undefined;
	const take = async (): Promise<Dispose | undefined> => {
		for (let waited = 0; ; waited += retryMs) {
			const taken = await election().tryAcquire(role);
			if (taken || waited >= longestWaitMs) return taken;
			await pause({ after }, retryMs);
		}
	};
	return (change) => {
		const next = last.then(async () => {
			keepOn?.();
			end ??= await take();
			try {
				return await change();
			} finally {
				keepOn = after(handedOnMs, () => {
					end?.();
					end = undefined;
				});
			}
		});
		last = next.catch(() => undefined);
		return next;
	};
}
