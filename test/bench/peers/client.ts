/** A process that asks one peer as the row says, on scaled time. */
import { ask } from './asking';
import { bareSdk } from './bare';
import type { Arrival } from './load';
import type { Asked, Order, Report } from './messages';
import type { Peer, Place } from './peer';
import { createPeer } from './peers';

let prepared: { readonly peer: Peer; readonly place: Place } | undefined;

process.on('message', (order: Order) => void obey(order));
process.once('disconnect', () => process.exit());

async function obey(order: Order): Promise<void> {
	if (order.is === 'prepare') {
		prepared = { peer: await createPeer(order.peer, order.place), place: order.place };
		await tell({ is: 'ready' });
		return;
	}
	if (!prepared) throw new Error('Nothing was prepared.');
	const { peer, place } = prepared;
	if (order.is === 'load') await tell({ is: 'asked', prompts: await load(peer, order.arrivals, order.patienceMs) });
	else await tell({ is: 'compared', later: await compare(peer, bareSdk(place, false), order.pairs) });
	await peer.close?.();
	process.disconnect();
}

/** Over when it is on its way: thousands of answers are more than the pipe takes at once, and whoever leaves would cut them. */
function tell(report: Report): Promise<void> {
	return new Promise((resolve, reject) => {
		process.send?.(report, undefined, undefined, (error) => (error ? reject(error) : resolve()));
	});
}

function load(peer: Peer, arrivals: readonly Arrival[], patienceMs: number): Promise<Asked[]> {
	const began = performance.now();
	return Promise.all(
		arrivals.map(async (arrival): Promise<Asked> => {
			await new Promise((resolve) => setTimeout(resolve, arrival.at - (performance.now() - began)));
			return ask(peer, arrival, began, patienceMs);
		}),
	);
}

async function compare(peer: Peer, bare: Peer, pairs: number): Promise<number[]> {
	const warmUp = Math.ceil(pairs / 3);
	const later: number[] = [];
	for (let n = 0; n < warmUp + pairs; n++) {
		const isFirst = n % 2 === 0;
		const a = await firstMs(isFirst ? bare : peer);
		const b = await firstMs(isFirst ? peer : bare);
		if (n >= warmUp) later.push(isFirst ? b - a : a - b);
	}
	return later;
}

/** ms until the first text; reads to the end. */
async function firstMs(peer: Peer): Promise<number> {
	const began = performance.now();
	let first: number | undefined;
	for await (const piece of peer.ask('[short] why?', new AbortController().signal)) {
		first ??= 'text' in piece ? performance.now() - began : undefined;
	}
	return first ?? NaN;
}
