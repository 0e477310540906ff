import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useLoopback } from '../../support/loopback';
import { Program } from '../../support/program';
import { findScenario, readScenarios, type Scenario } from '../scenario';
import type { Brief } from './contract';
import { needsFastClock, scaleFor, shorten, type Pace } from './pace';
import { serveScenario, type Serving } from './server';
import { asSingle } from './single';
import { differenceKinds, type Verdict } from './verdict';

const real: Pace = { scale: 1000, clock: 'real' };
const path = '/v1beta/models/gemini-3.8-flash';

function scenarioOf(id: string): Scenario {
	const scenario = findScenario(id);
	assert.ok(scenario, id);
	return scenario;
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
	return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

function ask(url: string, key: string, method = 'generateContent'): Promise<Response> {
	return post(`${url}${path}:${method}`, { contents: [] }, { 'x-goog-api-key': `sim-key-${key}` });
}

describe('conformance, the server for strangers', () => {
	const open: Serving[] = [];
	after(() => Promise.all(open.map((one) => one.close())));

	async function serving(id: string, pace: Pace = real): Promise<string> {
		const one = await serveScenario(scenarioOf(id), { pace });
		open.push(one);
		return one.url;
	}

	it('tells the keys and the asks, answers by the script, and judges', async () => {
		const url = await serving('the-next-key-is-tried-at-once');
		const brief = (await (await fetch(`${url}/_scenario`)).json()) as Brief;
		assert.deepEqual(
			brief.keys.map(({ name, secret, tier }) => [name, secret, tier]),
			[
				['A', 'sim-key-A', 'free'],
				['B', 'sim-key-B', 'free'],
			],
		);
		assert.deepEqual(
			brief.asks.map(({ at, models, maxWait }) => [at, models, maxWait]),
			[
				[0, ['gemini-3.8-flash'], 0.12],
				[0.005, ['gemini-3.8-flash'], 0.12],
			],
		);
		assert.equal((await ask(url, 'A')).status, 429);
		const judged = async (): Promise<Verdict> => (await (await fetch(`${url}/_verdict`)).json()) as Verdict;
		assert.equal((await judged()).passed, false);
		for (const n of [0, 1]) {
			const answer = (await (await ask(url, 'B')).json()) as {
				candidates: { content: { parts: { text: string }[] }; finishReason: string }[];
			};
			assert.deepEqual(answer.candidates[0]?.content.parts, [{ text: 'Hello there' }]);
			assert.equal(answer.candidates[0].finishReason, 'STOP');
			assert.equal((await post(`${url}/_end`, { ask: n, end: 'answered', text: 'Hello there' })).status, 200);
		}
		assert.deepEqual((await judged()).differences, []);
		assert.deepEqual((await judged()).ends, ['answered', 'answered']);
		await ask(url, 'A');
		const stopped = (await (await post(`${url}/_stop`, {})).json()) as Verdict;
		assert.deepEqual(
			stopped.differences.map(({ kind }) => kind),
			['wasted call'],
		);
		await Promise.all(open.slice(-1).map((one) => one.stopped));
	});

	it('streams to whoever asks for a stream, and takes the key wherever it comes', async () => {
		const url = await serving('the-next-key-is-tried-at-once');
		const streamed = await fetch(`${url}${path}:streamGenerateContent?alt=sse&key=sim-key-B`, { method: 'POST' });
		assert.equal(streamed.headers.get('content-type'), 'text/event-stream');
		assert.match(await streamed.text(), /data: .*"Hello ".*\r\n\r\ndata: .*"STOP"/s);
		const bearer = await post(`${url}${path}:generateContent`, {}, { authorization: 'Bearer sim-key-B' });
		assert.equal(bearer.status, 200);
	});

	it('shortens the delays that bodies state for a client in real time, and for that one alone', async () => {
		const id = 'a-minute-quota-rests-for-the-stated-time-and-a-second';
		const short = await (await ask(await serving(id), 'A')).text();
		assert.match(short, /"retryDelay": ?"0\.030s"/);
		assert.match(short, /Please retry in 0\.030s/);
		const whole = await (await ask(await serving(id, { scale: 1000, clock: 'fast' }), 'A')).text();
		assert.match(whole, /"retryDelay": ?"30s"/);
		assert.equal(
			shorten('{\\"retryDelay\\": \\"900ms\\"} retry in 6h39m37.4s, please', 10),
			'{\\"retryDelay\\": \\"0.090s\\"} retry in 2397.740s, please',
		);
	});

	it('refuses what is no word of the contract, and no JSON', async () => {
		const url = await serving('the-next-key-is-tried-at-once');
		for (const wrong of [{}, { ask: -1, end: 'answered' }, { ask: 0, end: 'answered', more: 1 }]) {
			assert.equal((await post(`${url}/_end`, wrong)).status, 400);
		}
		const broken = await fetch(`${url}${path}:generateContent`, { method: 'POST', body: '{' });
		assert.equal(broken.status, 400);
	});

	it('gives a stream that breaks to a client that does not stream as half a body', () => {
		const pieces = ['data: {"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]}\r\n\r\n'];
		const reply = { type: 'response', status: 200, headers: { 'content-type': 'text/event-stream' }, pieces } as const;
		const [whole = ''] = textOf(asSingle({ ...reply, then: 'end' }));
		assert.deepEqual(JSON.parse(whole), { candidates: [{ content: { role: 'model', parts: [{ text: 'Hel' }] } }] });
		const [half = ''] = textOf(asSingle({ ...reply, then: 'cut' }));
		assert.ok(half.length > 10 && half.length < whole.length);
	});

	it('runs as fast as the length of a scenario asks for, and leaves hours to clocks that can be set', () => {
		const lasting = (s: number, more: Partial<Scenario> = {}): Scenario => {
			const scenario = scenarioOf('the-next-key-is-tried-at-once');
			return { ...scenario, asks: [{}], expect: { ...scenario.expect, calls: [`A m @0`, `A m @${s}`] }, ...more };
		};
		assert.equal(scaleFor(lasting(38)), 20);
		assert.equal(scaleFor(lasting(2130)), 213);
		assert.equal(scaleFor(lasting(43_201)), 300, 'no faster than a process can follow');
		assert.equal(scaleFor(lasting(5, { asks: [{}, { at: 5 }] })), 16, 'what is to come later comes 300 ms later');
		assert.equal(scaleFor(lasting(5, { asks: [{ cancelAfter: 0.1 }] })), 1);
		assert.deepEqual(
			[2130, 43_201].map((s) => needsFastClock(lasting(s))),
			[false, true],
		);
	});
});

function textOf(reply: ReturnType<typeof asSingle>): readonly string[] {
	return reply.type === 'response' ? reply.pieces : [];
}

describe('the contract for strangers', () => {
	const readme = readFileSync('test/conformance/README.md', 'utf8');

	it('tells every reason that a scenario expects, every route, every kind of difference and every option', () => {
		const [, told = ''] = readme.split('## The words for an end');
		const words = new Set([...told.matchAll(/^\| `(\w+)`/gm)].map(([, word]) => word));
		const used = new Set(readScenarios().flatMap(({ scenarios }) => scenarios.flatMap(({ expect }) => expect.ends)));
		assert.deepEqual(
			[...used].filter((word) => !words.has(word)),
			[],
		);
		for (const word of [
			'/_scenario',
			'/_begin',
			'/_end',
			'/_verdict',
			'/_stop',
			'--port',
			'--scale',
			'--fast-clock',
			'--list',
		]) {
			assert.ok(readme.includes(word), word);
		}
		for (const kind of differenceKinds) assert.ok(readme.includes(`| ${kind} `), kind);
	});
});

describe('npm run conformance -- serve', () => {
	const listen = useLoopback();
	const run = (...args: readonly string[]): Program =>
		new Program(['--require', 'tsx/cjs', 'test/conformance/server/cli.ts', ...args]);

	it('ends with 0 for whoever does as expected, with 1 for whoever does not', async () => {
		for (const [keys, code] of [
			[['A', 'B'], 0],
			[['A', 'A'], 1],
		] as const) {
			const program = run('a-daily-quota-wrapped-in-an-array-is-one-all-the-same', '--port', '0');
			const [, url = ''] = await program.until(/answers at (http:\S+),/);
			await program.until(/Keys: sim-key-A,sim-key-B/);
			for (const key of keys) await (await ask(url, key)).text();
			await post(`${url}/_stop`, {});
			assert.equal(await program.ended, code, program.text);
			assert.match(program.text, code === 0 ? /\npassed\n$/ : /\nwasted call: Call 2 .*\nfailed\n$/);
		}
	});

	it('lists the scenarios, and says in one sentence what it cannot do', async () => {
		const list = run('--list');
		assert.equal(await list.ended, 0);
		assert.match(list.text, /quotas\.json\n.* {2}the-next-key-is-tried-at-once\n/s);
		const { port } = await listen();
		const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
			[['no-such-scenario'], /^There is no such scenario/],
			[['a-daily-rest-ends-at-midnight-in-los-angeles'], /needs --fast-clock\.$/],
			[['the-next-key-is-tried-at-once', '--scale', '0'], /^--scale is a number from 1 to/],
			[['the-next-key-is-tried-at-once', '--port', String(port)], /^The port is taken/],
		];
		const runs = wrong.map(([args]) => run(...args));
		assert.deepEqual(await Promise.all(runs.map(({ ended }) => ended)), [2, 2, 2, 2]);
		wrong.forEach(([, says], n) => assert.match(runs[n]?.text.trim() ?? '', says));
	});
});
