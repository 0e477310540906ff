import type { Clock, Dispose } from '../types/clock';
import type { Role } from '../types/stateStore';
import { createMutex, pause } from '../types/waits';
import type { LeaderElection } from './leaderElection';

/**
 * ms between two tries to acquire it, and after which a change goes ahead without. That of a window that crashed expires
 * long before; who holds it may be asked to unlock the storage.
 */
const retryMs = 50;
const longestWaitMs = 60_000;
/** ms after a change in which it is held on to: the editor hands a secret on to other windows only a moment after it has taken it. */
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
	const inTurn = createMutex();
	/** Releases what this window holds. */
	let release: Dispose | undefined;
	let keepOn: Dispose | undefined;
	const acquire = async (): Promise<Dispose | undefined> => {
		for (let waited = 0; ; waited += retryMs) {
			const taken = await election().tryAcquire(role);
			if (taken || waited >= longestWaitMs) return taken;
			await pause({ after }, retryMs);
		}
	};
	return (change) =>
		inTurn(async () => {
			keepOn?.();
			release ??= await acquire();
			try {
				return await change();
			} finally {
				keepOn = after(handedOnMs, () => {
					release?.();
					release = undefined;
				});
			}
		});
}
