/** Measures one strategy in a thread that has run no other. */
import { parentPort, workerData } from 'node:worker_threads';
import { choosing } from './choosing';
import type { Order } from './alone';

const { strategy, sizes, blocks } = workerData as Order;
parentPort?.postMessage(sizes.map((size) => choosing(strategy, size, blocks)));
