import type { Clock, Dispose } from '../types/clock';
import { startCooldownLog } from '../usage/cooldownLog';

/** ms. */
const firstMs = 60_000;
const everyMs = 15 * 60_000;

/** Keeps the ledger in order until it is ended: for one of the windows on it. */
export function startMaintenance(
	pool: Parameters<typeof keepTidy>[0] & Parameters<typeof startCooldownLog>[0],
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Dispose {
	const offs = [keepTidy(pool, clock, failed), startCooldownLog(pool, clock, failed)];
	return () => offs.forEach((off) => off());
}

/** Forgets what is of no use any more, now and then. */
function keepTidy(
	pool: { applyRetention(): Promise<void> },
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Dispose {
	let timer = clock.after(firstMs, run);
	function run(): void {
		pool.applyRetention().catch(failed);
		timer = clock.after(everyMs, run);
	}
	return () => timer();
}
