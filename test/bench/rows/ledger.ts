import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { GoogleGenAI } from '@google/genai/web';
import type { ForwardRequest, Prompt } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import type { Chunk, StateStore, ProjectId } from '../../../src/pool/pool';
import { httpSend } from '../../../src/node/http/httpSend';
import { systemClock } from '../../../src/node/systemClock';
import rateLimited from '../../fixtures/errors/429_rpm_free.json';
import { requestOf } from '../answering';
import { answer } from '../answers';
import { inFolder, model, poolOver, sharedLedger } from '../ledgers';
import { sampleOf, worst } from '../measure';
import type { Figure, Row } from '../row';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

/** By marks on the way, without a network between. */
const firstTokenReason =
	'About half of it is the queue, the choice and the lease, half the way to the SDK (secret, signals, conversion ' +
	'of the prompt). Keypool reads the events itself instead of the SDK, which saves a part of it.';

const prompt: Prompt = { turns: [{ role: 'user', content: [{ type: 'text', text: 'Why?' }] }] };
/** The same, as a client of the gateway has written it. */
const forward: ForwardRequest = {
	...{ dialect: 'gemini', method: 'POST', isStream: true, namesFile: false, hasFinish: true },
	path: (asked) => `/v1beta/models/${asked}:streamGenerateContent?alt=sse`,
	body: () => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Why?' }] }] }),
};
const secretOf = (): Promise<string> => Promise.resolve('sim-bench');
const same = (text: string): string => text;

export const row: Row = {
	name: 'ledger',
	what:
		'The store, in memory and shared in a SQLite file. What the pool adds to the bare SDK until the first token, for ' +
		'a prompt and for a call that the gateway forwards (loopback, alternating pairs after three times as many to ' +
		'warm up, beside the bare SDK against itself); the processor time of a streamed piece, of a thousand in an ' +
		'answer; the time from reading the body of a 429 to sending the next attempt; what a request that is answered at ' +
		'once takes and writes.',
	run: ({ quick }) =>
		inFolder(async (folder) => {
			const ledgers: readonly [string, StateStore, number, number][] = [
				['in memory', new InMemoryStore(systemClock), 80, 0.5],
				['shared', await sharedLedger(folder), 200, 5],
			];
			const figures: Figure[] = [];
			const server = await serving();
			for (const [name, ledger, firstToken] of ledgers) {
				figures.push(...(await overBareSdk(name, ledger, server.address, firstToken, quick ? 60 : 800)));
			}
			await server.end();
			for (const [name, ledger] of ledgers) figures.push(await perPiece(name, ledger, quick ? 6 : 30));
			for (const [name, ledger, , next] of ledgers) {
				figures.push(await toNextAttempt(name, ledger, next, quick ? 100 : 2_000));
			}
			for (const [name, ledger] of ledgers) figures.push(...(await wholeRequest(name, ledger, quick ? 200 : 5_000)));
			for (const [, ledger] of ledgers) await ledger.close();
			return figures;
		}),
};

/** µs that the first token comes later through the pool, by pairs in turn. */
async function overBareSdk(
	name: string,
	ledger: StateStore,
	baseUrl: string,
	atMost: number,
	pairs: number,
): Promise<readonly Figure[]> {
	const client = new GoogleGenAI({ apiKey: 'sim-bench', httpOptions: { baseUrl } });
	const gemini = createGemini({ secretOf, baseUrl: () => baseUrl, mask: same, fetch: globalThis.fetch });
	const pool = poolOver(ledger, 10);
	const gateway = createGemini({ secretOf, baseUrl: () => baseUrl, mask: same, fetch: httpSend });
	const bare = (): Promise<number> =>
		firstMicros(async () => client.models.generateContentStream({ model, contents: 'Why?' }));
	const pooled = (): Promise<number> =>
		firstMicros(() => Promise.resolve(pool.stream(requestOf(), gemini.open(prompt))));
	const forwarded = (): Promise<number> =>
		firstMicros(() => Promise.resolve(pool.stream(requestOf(), gateway.forward(forward))));
	// Until the compiler has done its work on both: what is compared is the work, and not who is compiled first.
	const warmUp = 3 * pairs;
	const over = { pooled: [] as number[], forwarded: [] as number[], bare: [] as number[] };
	for (let n = 0; n < warmUp + pairs; n++) {
		for (const [name, other] of Object.entries({ pooled, forwarded, bare })) {
			const isFirst = n % 2 === 0;
			const a = isFirst ? await bare() : await other();
			const b = isFirst ? await other() : await bare();
			if (n >= warmUp) over[name as keyof typeof over].push(isFirst ? b - a : a - b);
		}
	}
	pool.dispose();
	return [
		{
			of: `first token over the bare SDK, ${name}`,
			unit: 'µs',
			...sampleOf(over.pooled),
			goal: { atMost },
			reason: firstTokenReason,
		},
		{
			of: `first token of a call that the gateway forwards, over the bare SDK, ${name}`,
			unit: 'µs',
			...sampleOf(over.forwarded),
			goal: { atMost: 0 },
		},
		{ of: `the bare SDK over itself, beside ${name}`, unit: 'µs', ...sampleOf(over.bare) },
	];
}

/** µs until the first piece; reads to the end. */
async function firstMicros(open: () => Promise<AsyncIterable<unknown>>): Promise<number> {
	const began = performance.now();
	let first: number | undefined;
	for await (const piece of await open()) first ??= piece === undefined ? undefined : performance.now() - began;
	return (first ?? NaN) * 1_000;
}

/** How often the bare SDK's processor time a streamed piece takes through the pool, by pairs in turn. */
async function perPiece(name: string, ledger: StateStore, pairs: number): Promise<Figure> {
	const [piece = '', end = ''] = answer.split(/(?<=\r\n\r\n)/);
	const events = [...Array.from({ length: 1_000 }, () => piece), end].map((text) => new TextEncoder().encode(text));
	const fetch = (): Promise<Response> => {
		let n = 0;
		// As over a network: event by event. Of all at once the SDK's own reader makes much work.
		const body = new ReadableStream<Uint8Array>({
			pull: (controller) => {
				const event = events[n++];
				if (event) controller.enqueue(event);
				else controller.close();
			},
		});
		return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
	};
	const baseUrl = 'https://simulator.invalid';
	const client = new GoogleGenAI({ apiKey: 'sim-bench', httpOptions: { baseUrl, fetch } });
	const gemini = createGemini({ secretOf, baseUrl: () => baseUrl, mask: same, fetch });
	const pool = poolOver(ledger, 10);
	const bare = (): Promise<number> =>
		processorMicros(async () => client.models.generateContentStream({ model, contents: 'Why?' }));
	const pooled = (): Promise<number> =>
		processorMicros(() => Promise.resolve(pool.stream(requestOf(), gemini.open(prompt))));
	const ratios: number[] = [];
	for (let n = 0; n < 2 * pairs; n++) {
		const isFirst = n % 2 === 0;
		const a = isFirst ? await bare() : await pooled();
		const b = isFirst ? await pooled() : await bare();
		if (n >= pairs) ratios.push(isFirst ? b / a : a / b);
	}
	pool.dispose();
	return {
		of: `processor time of a piece, ${name}`,
		unit: 'times the bare SDK’s',
		...sampleOf(ratios),
		goal: { atMost: 1.2 },
		reason: 'The events are read here: the SDK’s own reader throws and catches an error for each of them.',
	};
}

/** µs of the processor until the stream has ended. */
async function processorMicros(open: () => Promise<AsyncIterable<unknown>>): Promise<number> {
	const began = process.cpuUsage();
	let pieces = 0;
	for await (const piece of await open()) pieces += piece === undefined ? 0 : 1;
	const { user, system } = process.cpuUsage(began);
	return pieces > 0 ? user + system : NaN;
}

/** ms from the last byte of a 429 to the next call, 99th of a hundred. */
async function toNextAttempt(name: string, ledger: StateStore, atMost: number, times: number): Promise<Figure> {
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
		await pool.execute({ type: 'clearCooldown', project: 'p0' as ProjectId });
		await firstMicros(() => Promise.resolve(pool.stream(requestOf(), gemini.open(prompt))));
	}
	pool.dispose();
	const warm = gaps.slice(-times);
	return {
		of: `429 read to next attempt, p99, ${name}`,
		unit: 'ms',
		...worst(warm),
		goal: { atMost },
		reason:
			'Half of them take what the quartiles say. The garbage collector runs in one of 180, and other work of the ' +
			'machine delays some.',
	};
}

/** µs that a request takes which is answered at once, and the documents that it writes. */
async function wholeRequest(name: string, ledger: StateStore, times: number): Promise<readonly Figure[]> {
	let written = 0;
	const off = ledger.onDidChange((refs) => void (written += refs.length));
	const pool = poolOver(ledger, 10);
	const open = async function* (): AsyncGenerator<Chunk<string>> {
		await Promise.resolve();
		yield { output: 'An answer.' };
		yield { finishReason: 'STOP', usage: { input: 120, cached: 0, output: 10, thoughts: 0 } };
	};
	const took: number[] = [];
	for (let n = 0; n < times * 1.1; n++) {
		if (n === Math.floor(times / 10)) written = 0;
		const began = performance.now();
		for await (const part of pool.stream(requestOf({ size: { bytes: 400, tokens: 0 } }), open)) void part;
		took.push((performance.now() - began) * 1_000);
	}
	off();
	pool.dispose();
	const warm = took.slice(-times);
	return [
		{ of: `a request that is answered at once, ${name}`, unit: 'µs', ...sampleOf(warm) },
		{ of: `documents that it writes, ${name}`, unit: 'documents', ...sampleOf([written / warm.length]) },
	];
}

interface Thread {
	/** Where it listens. */
	readonly address: string;
	end(): Promise<void>;
}

/** The service, in another thread of this very file. */
async function serving(): Promise<Thread> {
	const worker = new Worker(new URL(import.meta.url));
	const address = await new Promise<string>((resolve, reject) => {
		worker.once('message', (text: unknown) => resolve(String(text)));
		worker.once('error', reject);
	});
	return {
		address,
		end: async () => {
			await worker.terminate();
		},
	};
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

if (!isMainThread) serve();
