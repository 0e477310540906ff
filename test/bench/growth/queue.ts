import { VirtualClock } from '../../support/virtualClock';
import { ask } from '../answering';
import { drain, everMs, keys, projectsOf, usedUpPool } from './usedUp';

export interface QueueCost {
	/** µs for each request, until it is told that it waits. */
	readonly join: number;
	/** µs for each request, from the moment that room is there until all have their answers. */
	readonly serve: number;
	/** Bytes that the heap holds for each request in line. */
	readonly bytes: number;
}

/** So many requests in line for twenty keys that are used up, and then are not. In virtual time. */
export async function queueOf(length: number): Promise<QueueCost> {
	const clock = new VirtualClock();
	const pool = await usedUpPool(clock);
	globalThis.gc?.();
	const before = process.memoryUsage().heapUsed;

	const joined = performance.now();
	const line = Array.from({ length }, (_, n) => ask(pool, 100 * n + 1, everMs)[Symbol.asyncIterator]());
	for (const first of await clock.until(Promise.all(line.map((parts) => parts.next())))) {
		if (first.done === true || first.value.type !== 'waiting') throw new Error('A request did not wait.');
	}
	const waiting = performance.now();
	globalThis.gc?.();
	const bytes = process.memoryUsage().heapUsed - before;

	const freed = performance.now();
	const served = Promise.all(line.map(drain));
	pool.setKeys(keys, projectsOf(1_000_000));
	await clock.until(served);
	const end = performance.now();
	pool.dispose();
	const each = (ms: number): number => (ms * 1_000) / length;
	return {
		join: each(waiting - joined),
		serve: each(end - freed),
		bytes: bytes / length,
	};
}
