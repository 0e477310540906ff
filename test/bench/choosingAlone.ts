/** Measures one strategy in a thread that has run no other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Order } from './alone';
import { chooserAmong } from './choosing';
import { timedInTurn } from './measure';

const { strategy, sizes, needs, blocks } = workerData as Order;
const choosers = sizes.map((size) => chooserAmong(strategy, size, needs));
parentPort?.postMessage(
	timedInTurn(
		choosers.map((chooser) => () => void chooser.choose()),
		blocks,
	),
);
