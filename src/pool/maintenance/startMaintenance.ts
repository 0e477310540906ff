import type { Clock, Dispose } from '../types/clock';
import { startCooldownLog } from '../usage/cooldownLog';

/** ms. */
const firstMs = 60_000;
const everyMs = 15 * 60_000;

/** Runs maintenance until it is disposed. Runs in one window. */
export function startMaintenance(
	pool: Parameters<typeof keepTidy>[0] & Parameters<typeof startCooldownLog>[0],
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Dispose {
	const offs = [keepTidy(pool, clock, failed), startCooldownLog(pool, clock, failed)];
	return () => offs.forEach((off) => off());
}

/** Applies the retention rules at intervals. */
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
