import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Pool } from '../../../src/pool/pool';
import { systemClock } from '../../../src/node/systemClock';
import { ask, keyOf } from '../answering';
import { drain, everMs, keys, models, projectsOf, usedUpPool } from './usedUp';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

/** ms until all in line have been looked at. */
const lookedAtMs = 1_500;
const wakes = 200;
const leaves = 200;
/** ms between two looks at the event loop: what is seen is longer by up to that. */
const resolutionMs = 1;

export interface LongLineCost {
	/** µs on a processor for each request that is cancelled, one after the other, while the others wait. */
	readonly leave: number;
	/** µs on a processor each time that the line is woken and nobody can be served. */
	readonly wake: number;
	/** ms, the longest task of the event loop while … keys, and then settings, are set anew. */
	readonly changed: number;
	/** … the model of a hundred is changed. */
	readonly models: number;
	/** … half of them, cancelled in one turn, get their errors; from the end of that turn's own loop. */
	readonly cancelled: number;
	/** … the pool is paused, so that all end. */
	readonly paused: number;
}

/** So many requests in line for twenty keys that are used up. By the real clock, because its turns are those of the event loop. */
export async function longLine(length: number): Promise<LongLineCost> {
	const store = new InMemoryStore(systemClock);
	const pool = await usedUpPool(systemClock, store);
	const line = await join(pool, length);
	globalThis.gc?.();

	// The first ones warm up, and the collection goes on in other threads for a while.
	await waking(pool);
	const wake = await waking(pool);
	const leave = await leaving(line.splice(-leaves));
	const changed = await longestOf(() => change(pool));
	const changedModels = await longestOf(() => {
		for (const { stream } of line.slice(-100)) stream.useModel(models[1] ?? '');
		return after(lookedAtMs);
	});
	const half = line.splice(-Math.ceil(length / 2));
	for (const { stop } of half) stop.abort(new Error('It leaves.'));
	const cancelled = await longestOf(() => Promise.all(half.map(({ ended }) => ended)));
	const paused = await longestOf(async () => {
		await store.transact((tx, now) => {
			tx.put({ kind: 'pool', doc: { ...tx.pool(), paused: { reason: 'leaked', since: now, by: keyOf(0).id } } });
		});
		await Promise.all(line.map(({ ended }) => ended));
	});
	pool.dispose();
	return { leave, wake, changed, models: changedModels, cancelled, paused };
}

interface InLine {
	readonly stream: { useModel(model: string): void };
	readonly stop: AbortController;
	readonly ended: Promise<void>;
}

async function join(pool: Pool, length: number): Promise<InLine[]> {
	const line: InLine[] = [];
	for (let n = 0; n < length; n++) {
		const stop = new AbortController();
		const stream = ask(pool, 100 * n + 1, everMs, stop.signal);
		line.push({ stream, stop, ended: drain(stream[Symbol.asyncIterator]()).catch(() => undefined) });
		if (n % 100 === 0) await turn();
	}
	while (pool.snapshot().waiting < length) await after(100);
	await after(lookedAtMs);
	return line;
}

async function leaving(line: readonly InLine[]): Promise<number> {
	const began = process.cpuUsage();
	for (const { stop, ended } of line) {
		stop.abort(new Error('It leaves.'));
		await ended;
	}
	return microsSince(began) / line.length;
}

async function waking(pool: Pool): Promise<number> {
	const began = process.cpuUsage();
	for (let n = 0; n < wakes; n++) {
		pool.configure({});
		await turn();
	}
	return microsSince(began) / wakes;
}

function microsSince(began: NodeJS.CpuUsage): number {
	const { user, system } = process.cpuUsage(began);
	return user + system;
}

async function change(pool: Pool): Promise<void> {
	pool.setKeys([...keys].reverse(), projectsOf(1));
	await after(lookedAtMs);
	pool.configure({ maxRetries: 4 });
	await after(lookedAtMs);
}

/** ms, the longest time between two turns of the event loop until the work is done. */
async function longestOf(work: () => Promise<unknown>): Promise<number> {
	const delay = monitorEventLoopDelay({ resolution: resolutionMs });
	delay.enable();
	await work();
	await after(resolutionMs);
	delay.disable();
	return delay.max / 1e6;
}

function turn(): Promise<void> {
	return new Promise((resolve) => void setImmediate(resolve));
}

function after(ms: number): Promise<void> {
	return new Promise((resolve) => void systemClock.after(ms, resolve));
}
