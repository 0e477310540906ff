import type { Clock, Off } from './clock';

/** ms. */
const firstMs = 60_000;
const everyMs = 15 * 60_000;

/** Forgets what is of no use any more, now and then, until it is ended. For one of the windows on a ledger. */
export function keepTidy(
	pool: { tidy(): Promise<void> },
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Off {
	let timer = clock.after(firstMs, run);
	function run(): void {
		pool.tidy().catch(failed);
		timer = clock.after(everyMs, run);
	}
	return () => timer();
}
