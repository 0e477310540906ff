import { strategyNames } from '../../../src/pool/types/strategyName';
import { chance } from '../../support/pool/chance';
import { VirtualClock } from '../../support/virtualClock';
import { choosingAlone } from '../alone';
import { answerAll, poolOn } from '../answering';
import { longLine } from '../growth/longLine';
import { queueOf } from '../growth/queue';
import { amongWindows } from '../growth/windows';
import { blocksFor, sampleOf, worst, type Sample } from '../measure';
import { mixedKeys } from '../mixedKeys';
import type { Figure, Row, RunOptions } from '../row';

const count = new Intl.NumberFormat('en-US');

export const row: Row = {
	name: 'growth',
	what:
		'How costs grow: choosing a key with the number of keys, as in choose; memory after a forced collection and time ' +
		'for each request with the number of requests, in virtual time, over 20 keys, 1 % of them refused; queued ' +
		'requests for 20 used-up keys, in virtual time and by the real clock, with the longest task of the event loop, ' +
		'garbage collection included; and a request through the whole pool with the number of windows, each a process ' +
		'that asks 50 times a second, on one store in a SQLite file.',
	charts: {
		choosing: { title: 'Choosing a key', x: 'keys', y: 'µs' },
		memory: { title: 'Memory of the pool', x: 'requests', y: 'MB' },
		time: { title: 'Time for each request', x: 'requests', y: 'µs' },
		line: { title: 'Time for each request in line', x: 'requests in line', y: 'µs' },
		windows: { title: 'A request through the pool', x: 'windows', y: 'ms' },
	},
	run: async (options) => [
		...(await byKeys(options)),
		...(await byRequests(options)),
		...(await byLine(options)),
		...(await byLongLine(options)),
		...(await byWindows(options)),
	],
};

function figure(chart: string, series: string, x: number, of: string, unit: string, sample: Sample): Figure {
	return { of, unit, ...sample, point: { chart, series, x } };
}

async function byKeys({ quick }: RunOptions): Promise<readonly Figure[]> {
	const blocks = quick ? { count: 3, leastMs: 2 } : blocksFor(quick);
	const sizes = [1, 10, 100, 1_000, 10_000];
	const figures: Figure[] = [];
	for (const strategy of strategyNames) {
		const rounds = await choosingAlone({ strategy, sizes, blocks });
		rounds.forEach((micros, n) => {
			const keys = sizes[n] ?? 0;
			const of = `choosing, ${strategy}, ${count.format(keys)} ${keys === 1 ? 'key' : 'keys'}`;
			figures.push(figure('choosing', strategy, keys, of, 'µs', sampleOf(micros)));
		});
	}
	return figures;
}

async function byRequests({ quick }: RunOptions): Promise<readonly Figure[]> {
	const clock = new VirtualClock();
	const { roster } = mixedKeys(20, chance(2), clock.wall());
	const projects = roster.keys.map(({ project }) => roster.project(project));
	const pool = poolOn(clock, roster.keys, projects);
	const figures: Figure[] = [];
	let done = 0;
	for (const until of quick ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 100_000, 1_000_000]) {
		const began = performance.now();
		await answerAll(pool, clock, done, until);
		const micros = ((performance.now() - began) * 1_000) / (until - done);
		done = until;
		globalThis.gc?.();
		const megabytes = process.memoryUsage().heapUsed / 1e6;
		const of = `${count.format(until)} requests`;
		figures.push(
			figure('memory', 'heap', until, `memory after ${of}`, 'MB', sampleOf([megabytes])),
			figure('time', 'until then', until, `time for each of ${of}`, 'µs', sampleOf([micros])),
		);
	}
	pool.dispose();
	return figures;
}

async function byLine({ quick }: RunOptions): Promise<readonly Figure[]> {
	const times = quick ? 1 : 5;
	const figures: Figure[] = [];
	// The first one warms up.
	await queueOf(100);
	for (const length of quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000]) {
		const costs = [];
		for (let n = 0; n < times; n++) costs.push(await queueOf(length));
		const of = `${count.format(length)} in line`;
		figures.push(
			figure('line', 'to get in line', length, `${of}: to get in line`, 'µs', sampleOf(costs.map(({ join }) => join))),
			figure('line', 'to be served', length, `${of}: to be served`, 'µs', sampleOf(costs.map(({ serve }) => serve))),
			{ of: `${of}: memory of each`, unit: 'KB', ...sampleOf(costs.map(({ bytes }) => bytes / 1_024)) },
		);
	}
	return figures;
}

const costing = [
	['leave', 'to leave'],
	['wake', 'a wake'],
] as const;
const blockedBy = [
	['changed', 'keys and settings are set anew'],
	['models', 'a hundred change their model'],
	['cancelled', 'half of them were cancelled in one turn'],
	['paused', 'the pool is paused and all end'],
] as const;

async function byLongLine({ quick }: RunOptions): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	// The first one warms up.
	await longLine(1_000);
	for (const length of quick ? [1_000] : [1_000, 10_000, 30_000]) {
		const costs = [];
		for (let n = 0; n < (quick ? 1 : 5); n++) costs.push(await longLine(length));
		const of = `${count.format(length)} in line`;
		for (const [name, series] of costing) {
			const sample = sampleOf(costs.map((cost) => cost[name]));
			const measured = figure('line', series, length, `${of}: ${series}, on a processor`, 'µs', sample);
			figures.push({ ...measured, goal: { atMost: 100 } });
		}
		for (const [name, what] of blockedBy) {
			const sample = sampleOf(costs.map((cost) => cost[name]));
			figures.push({ of: `${of}: longest task while ${what}`, unit: 'ms', ...sample, goal: { atMost: 20 } });
		}
	}
	return figures;
}

async function byWindows({ quick }: RunOptions): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	for (const windows of [1, 2, 4, 8]) {
		const took = await amongWindows(windows, quick ? 50 : 1_000);
		const of = `a request, ${windows} ${windows === 1 ? 'window' : 'windows'}`;
		figures.push(
			figure('windows', 'half of them', windows, `${of}, p50`, 'ms', sampleOf(took)),
			figure('windows', '99 of a hundred', windows, `${of}, p99`, 'ms', { ...worst(took), count: 1 }),
		);
	}
	return figures;
}
