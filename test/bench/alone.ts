import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Needs } from '../../src/pool/types/poolRequest';
import type { StrategyName } from '../../src/pool/types/strategyName';
import type { Blocks } from './measure';

export interface Order {
	readonly strategy: StrategyName;
	/** Numbers of keys. */
	readonly sizes: readonly number[];
	/** Of the request. */
	readonly needs?: Needs;
	readonly blocks: Blocks;
}

/**
 * µs a choice for each size, round by round, in a thread of its own: a window runs one strategy, and code that has run
 * five others is compiled for none of them.
 */
export async function choosingAlone(order: Order): Promise<readonly (readonly number[])[]> {
	const worker = new Worker(path.resolve('out/bench/choosingAlone.js'), { workerData: order });
	const [rounds] = (await once(worker, 'message')) as [readonly (readonly number[])[]];
	return rounds;
}
