import type { Clock, Off } from '../types/clock';
import { logRests } from '../usage/cooldownLog';

/** ms. */
const firstMs = 60_000;
const everyMs = 15 * 60_000;

/** Keeps the ledger in order until it is ended: for one of the windows on it. */
export function startMaintenance(
	pool: Parameters<typeof keepTidy>[0] & Parameters<typeof logRests>[0],
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Off {
	const offs = [keepTidy(pool, clock, failed), logRests(pool, clock, failed)];
	return () => offs.forEach((off) => off());
}

/** Forgets what is of no use any more, now and then. */
function keepTidy(pool: { tidy(): Promise<void> }, clock: Pick<Clock, 'after'>, failed: (error: unknown) => void): Off {
	let timer = clock.after(firstMs, run);
	function run(): void {
		pool.tidy().catch(failed);
		timer = clock.after(everyMs, run);
	}
	return () => timer();
}
