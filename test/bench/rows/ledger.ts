import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { GoogleGenAI } from '@google/genai/web';
import * as v from 'valibot';
import { createGemini, type Prompt } from '../../../src/gemini/gemini';
import { MemoryLedger, type Ledger, type ProjectId } from '../../../src/pool/pool';
import { systemClock } from '../../../src/platform/systemClock';
import rateLimited from '../../fixtures/errors/429_rpm_free.json';
import { answer, instantly } from '../answers';
import { inFolder, model, poolOver, requestOf, sharedLedger } from '../ledgers';
import { quantile, sampleOf, type Sample } from '../measure';
import type { Figure, Row } from '../row';

const prompt: Prompt = { turns: [{ role: 'user', content: [{ type: 'text', text: 'Why?' }] }] };
const secretOf = (): Promise<string> => Promise.resolve('sim-bench');
const same = (text: string): string => text;

export const row: Row = {
	name: 'ledger',
	what:
		'What the pool adds to the bare SDK until the first token (loopback, alternating pairs, the bare SDK against itself ' +
		'beside it); from the body of a 429 read to the next attempt sent; one request through the whole pool, with ' +
		'1 to 8 windows busy on one file. In memory, and shared in a SQLite file.',
	run: ({ quick }) =>
		inFolder(async (folder) => {
			const ledgers: readonly [string, Ledger, number, number][] = [
				['in memory', new MemoryLedger(systemClock), 25, 0.5],
				['shared', await sharedLedger(folder), 300, 5],
			];
			const figures: Figure[] = [];
			const server = await thread({ serves: true });
			for (const [name, ledger, firstToken] of ledgers) {
				figures.push(...(await overBareSdk(name, ledger, server.said, firstToken, quick ? 60 : 600)));
			}
			await server.end();
			for (const [name, ledger, , next] of ledgers) {
				figures.push(await toNextAttempt(name, ledger, next, quick ? 100 : 2_000));
			}
			for (const [, ledger] of ledgers) await ledger.close();
			for (const count of [1, 2, 4, 8]) figures.push(...(await manyWindows(count, quick ? 100 : 1_000)));
			return figures;
		}),
};

/** µs that the first token comes later through the pool, by pairs in turn. */
async function overBareSdk(
	name: string,
	ledger: Ledger,
	baseUrl: string,
	atMost: number,
	pairs: number,
): Promise<readonly Figure[]> {
	const client = new GoogleGenAI({ apiKey: 'sim-bench', httpOptions: { baseUrl } });
	const gemini = createGemini({ secretOf, baseUrl: () => baseUrl, mask: same, fetch: globalThis.fetch });
	const pool = poolOver(ledger, 10);
	const bare = (): Promise<number> =>
		firstMicros(async () => client.models.generateContentStream({ model, contents: 'Why?' }));
	const pooled = (): Promise<number> =>
		firstMicros(() => Promise.resolve(pool.stream(requestOf(), gemini.open(prompt))));
	const warmUp = Math.ceil(pairs / 3);
	const differences: number[] = [];
	const control: number[] = [];
	for (let n = 0; n < warmUp + pairs; n++) {
		const isFirst = n % 2 === 0;
		const a = isFirst ? await bare() : await pooled();
		const b = isFirst ? await pooled() : await bare();
		const [c, d] = [await bare(), await bare()];
		if (n < warmUp) continue;
		differences.push(isFirst ? b - a : a - b);
		control.push(isFirst ? d - c : c - d);
	}
	pool.dispose();
	return [
		{ of: `first token over the bare SDK, ${name}`, unit: 'µs', ...sampleOf(differences), goal: { atMost } },
		{ of: `the bare SDK over itself, beside ${name}`, unit: 'µs', ...sampleOf(control) },
	];
}

/** µs until the first piece; reads to the end. */
async function firstMicros(open: () => Promise<AsyncIterable<unknown>>): Promise<number> {
	const began = performance.now();
	let first: number | undefined;
	for await (const piece of await open()) first ??= piece === undefined ? undefined : performance.now() - began;
	return (first ?? NaN) * 1_000;
}

/** ms from the last byte of a 429 to the next call, 99th of a hundred. */
async function toNextAttempt(name: string, ledger: Ledger, atMost: number, times: number): Promise<Figure> {
	let read = NaN;
	const gaps: number[] = [];
	const refused = JSON.stringify(rateLimited);
	let calls = 0;
	const fetch = (): Promise<Response> => {
		if (calls++ % 2 === 1) {
			gaps.push(performance.now() - read);
			return Promise.resolve(new Response(answer, { headers: { 'content-type': 'text/event-stream' } }));
		}
		const body = new ReadableStream<Uint8Array>({
			start: (controller) => controller.enqueue(new TextEncoder().encode(refused)),
			pull: (controller) => {
				controller.close();
				read = performance.now();
			},
		});
		return Promise.resolve(new Response(body, { status: 429, headers: { 'content-type': 'application/json' } }));
	};
	const gemini = createGemini({ secretOf, baseUrl: () => 'https://simulator.invalid', mask: same, fetch });
	const pool = poolOver(ledger, 10);
	for (let n = 0; n < times + times / 10; n++) {
		await pool.act({ do: 'clearRest', project: 'p0' as ProjectId });
		await firstMicros(() => Promise.resolve(pool.stream(requestOf(), gemini.open(prompt))));
	}
	pool.dispose();
	const warm = gaps.slice(-times);
	return { of: `429 read to next attempt, p99, ${name}`, unit: 'ms', ...worst(warm), goal: { atMost } };
}

/** The 99th of a hundred, with the middle half of all beside it. */
function worst(values: readonly number[]): Sample {
	const sorted = [...values].sort((a, b) => a - b);
	return { ...sampleOf(values), median: quantile(sorted, 0.99) };
}

/** ms of a request through the whole pool while so many windows ask one after the other, each 50 times a second. */
async function manyWindows(count: number, times: number): Promise<readonly Figure[]> {
	return inFolder(async (folder) => {
		const ledger = await sharedLedger(folder);
		const others = await Promise.all(Array.from({ length: count - 1 }, () => thread({ asks: folder })));
		const pool = poolOver(ledger, 10);
		const took: number[] = [];
		for (let n = 0; n < times + times / 10; n++) {
			const began = performance.now();
			for await (const part of pool.stream(requestOf(), instantly))
				if (part.type === 'done') took.push(performance.now() - began);
			await pause();
		}
		pool.dispose();
		await ledger.close();
		await Promise.all(others.map((other) => other.end()));
		const of = `a request, ${count} ${count === 1 ? 'window' : 'windows'}`;
		const warm = took.slice(-times);
		return [
			{ of: `${of}, p50`, unit: 'ms', ...sampleOf(warm) },
			{ of: `${of}, p99`, unit: 'ms', ...worst(warm) },
		];
	});
}

function pause(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 20));
}

const Task = v.union([v.object({ serves: v.literal(true) }), v.object({ asks: v.string() })]);

interface Thread {
	/** What it said when it was ready. */
	readonly said: string;
	end(): Promise<void>;
}

/** Another thread of this very file. */
async function thread(task: v.InferInput<typeof Task>): Promise<Thread> {
	const worker = new Worker(new URL(import.meta.url), { workerData: task });
	const said = await new Promise<string>((resolve, reject) => {
		worker.once('message', (text: unknown) => resolve(String(text)));
		worker.once('error', reject);
	});
	return {
		said,
		end: async () => {
			await worker.terminate();
		},
	};
}

/** Another window, until it is ended. */
async function ask(folder: string): Promise<void> {
	const pool = poolOver(await sharedLedger(folder), 10);
	parentPort?.postMessage('ready');
	for (;;) {
		for await (const part of pool.stream(requestOf(), instantly)) if (part.type === 'done') break;
		await pause();
	}
}

function serve(): void {
	const server = createServer((request, response) => {
		request.resume();
		request.once('end', () => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(answer);
		});
	});
	server.listen(0, '127.0.0.1', () => {
		parentPort?.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	});
}

if (!isMainThread) {
	const task = v.parse(Task, workerData);
	if ('serves' in task) serve();
	else void ask(task.asks);
}
