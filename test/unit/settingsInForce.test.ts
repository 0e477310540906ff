import assert from 'node:assert/strict';
import manifest from '../../package.json';
import { createAsk } from '../../src/ask';
import { OrderRotation } from '../../src/keys/orderRotation';
import { createMasker } from '../../src/masking';
import { createLog } from '../../src/monitoring/log';
import { startMetrics } from '../../src/monitoring/metrics/startMetrics';
import type { Chunk } from '../../src/pool/pool';
import { PoolError } from '../../src/pool/pool';
import { runBatch } from '../../src/pool/sending';
import { Settings } from '../../src/settings';
import type { Piece } from '../../src/gemini/gemini';
import { loadSdk, question, roomOver, run } from './gemini/room';
import { answers, breaks, fails, hangs, Rig, rpd, rpm, type KeyPlan, type Script, type Send } from './pool/rig';
import { words } from './views/snapshots';
import { VirtualClock } from './virtualClock';

/** Settings as somebody wrote them, and everything that listens to them in the house. */
function settingsWith(values: Readonly<Record<string, unknown>>, restricted = false): Settings {
	return new Settings(
		{
			read: (name) => values[name],
			readLevels: (name) => [values[name]],
			isRestricted: () => restricted,
			onDidChange: () => ({ dispose: () => undefined }),
		},
		{ bad: (name) => rethrow(new Error(`${name} is refused`)), failed: rethrow },
	);
}

function rethrow(error: unknown): void {
	throw error;
}

interface Scene {
	readonly keys?: Readonly<Record<string, KeyPlan>>;
	readonly script?: Script;
	readonly asks?: number;
	readonly restricted?: boolean;
}

/** What a person would see of asking: who was sent what, how long it took, and how it ended. */
function asking({ keys = { a: {}, b: {} }, script = answers, asks = 1, restricted = false }: Scene) {
	return async (values: Readonly<Record<string, unknown>>): Promise<unknown> => {
		const settings = settingsWith(values, restricted);
		const rig = new Rig(keys, script);
		rig.pool.configure(settings.options);
		let requests = 0;
		const ask = createAsk({
			pool: rig.pool,
			gemini: {
				open: () => (on, signal) => pieces(rig.open({ ...on, written: [] }, signal)),
				cost: () => ({ bytes: 9, tokens: 0 }),
			},
			settings,
			inputLimit: () => undefined,
			obstacle: () => Promise.resolve(undefined),
			newId: () => `q${(requests += 1)}`,
		});
		const ends: unknown[] = [];
		for (let n = 0; n < asks; n += 1) {
			const asked = (async () => {
				try {
					for await (const part of ask(question(), { origin: 'chat' }, new AbortController().signal)) {
						if (part.type === 'done') ends.push(part.finished);
					}
				} catch (error) {
					assert.ok(error instanceof PoolError);
					ends.push(error.reason);
				}
			})();
			await rig.clock.until(asked);
		}
		return { sends: rig.sends.map(({ key, model, at }) => `${key} ${model} ${at}`), ends, elapsed: rig.elapsed };
	};
}

async function* pieces(chunks: AsyncIterable<Chunk<string>>): AsyncGenerator<Chunk<Piece>> {
	for await (const { output, ...rest } of chunks) {
		yield output === undefined ? rest : { ...rest, output: { type: 'text', text: output } };
	}
}

const flaky = { act: 'backOff', why: 'network', scope: 'request', times: 50, then: 'fail' } as const;
const backupFirst = { spare: { role: 'backup' }, main: {} } as const;
const freeAndPaid = { free: {}, rich: { tier: 'paid' } } as const;
const restingOnce: Script = (send: Send) => (send.nth === 1 ? fails(rpm(38_000)) : answers(send));

/**
 * For each setting of the manifest a value other than its default, and what a person would see of it: with the default and
 * with this value that must differ. Whoever adds a setting adds a line here.
 */
const inForce: Readonly<
	Record<string, readonly [value: unknown, observe: (values: Readonly<Record<string, unknown>>) => Promise<unknown>]>
> = {
	model: ['gemini-other', asking({})],
	fallbackModels: [
		['gemini-third'],
		asking({ script: (send) => (send.model === 'gemini-3.8-flash' ? fails(rpd) : answers(send)) }),
	],
	strategy: ['primaryBackup', asking({ keys: backupFirst })],
	paidKeys: ['first', asking({ keys: freeAndPaid })],
	paidOnly: [true, asking({ keys: freeAndPaid })],
	paidOnlyInRestrictedMode: [true, asking({ keys: freeAndPaid, restricted: true })],
	whenExhausted: ['wait', asking({ script: restingOnce })],
	maxRetries: [1, asking({ keys: { a: {}, b: {}, c: {} }, script: () => fails(flaky) })],
	baseDelay: [5, asking({ script: (send) => (send.nth < 3 ? fails(flaky) : answers(send)) })],
	maxWait: [10, async (values) => asking({ keys: { a: {} }, script: restingOnce })({ ...values, fallbackModels: [] })],
	firstTokenTimeout: [5, asking({ keys: { a: {} }, script: hangs })],
	idleTimeout: [5, asking({ keys: { a: {} }, script: (send) => breaksOff(send) })],
	batchWidth: [
		7,
		async (values) => {
			let running = 0;
			let most = 0;
			const width = (): number => settingsWith(values).batchWidth.value;
			const answer = async (): Promise<void> => {
				most = Math.max(most, (running += 1));
				await new Promise((resolve) => setImmediate(resolve));
				running -= 1;
			};
			const results = runBatch(
				Array.from({ length: 20 }, (_, n) => n),
				answer,
				{ width, signal: new AbortController().signal },
			);
			for await (const { is } of results) assert.equal(is, 'answered');
			return most;
		},
	],
	baseUrl: [
		'https://other.invalid',
		async (values) => {
			const hosts: string[] = [];
			const fetch: typeof globalThis.fetch = (input) => {
				hosts.push(new URL(input instanceof Request ? input.url : input).host);
				return Promise.reject(new TypeError('offline'));
			};
			await run(roomOver(fetch, { baseUrl: settingsWith(values).baseUrl.value }));
			return hosts;
		},
	],
	rotation: [
		'daily',
		async (values) => {
			const clock = new VirtualClock(new Date(2026, 10, 24, 12).getTime());
			const rotation = new OrderRotation({
				when: settingsWith(values).rotation,
				clock,
				refused: rethrow,
				report: rethrow,
			});
			const rig = new Rig({ a: {}, b: {}, c: {} }, answers);
			const first = (): string => rotation.order(rig.pool.snapshot().keys.map(({ key }) => key))[0]?.label ?? '';
			await clock.advance(1);
			const before = first();
			await clock.advance(24 * 3_600_000);
			rotation.dispose();
			return first() === before;
		},
	],
	'metrics.port': [
		9464,
		// That the page is then served is shown where the port is opened: here, that a window wants to.
		(values) => {
			const rig = new Rig({ a: {} }, answers);
			const bids: string[] = [];
			const metrics = startMetrics({
				pool: rig.pool,
				clock: rig.clock,
				mask: createMasker().mask,
				log: createLog(silent, createMasker().mask),
				words,
				port: settingsWith(values).metricsPort,
				ownership: {
					bid: (role) => {
						bids.push(role);
						return () => undefined;
					},
				},
				servePage: () => Promise.reject(new Error('nobody owns it')),
				warn: rethrow,
			});
			metrics.dispose();
			return Promise.resolve(bids);
		},
	],
};

/** Settings whose effect is shown in a file of their own, under test/. */
const shownElsewhere: Readonly<Record<string, string>> = {
	'alerts.interval': 'unit/monitoring/alerts',
	'alerts.mailFrom': 'unit/monitoring/alerts/mail.test.ts',
	'alerts.mailTo': 'unit/monitoring/alerts/mail.test.ts',
	'alerts.smtp': 'unit/monitoring/alerts/mail.test.ts',
	'chat.keepConversations': 'unit/chat',
};

const silent: Parameters<typeof createLog>[0] = {
	trace: () => undefined,
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};

async function* breaksOff(send: Send): AsyncGenerator<Chunk<string>> {
	yield* breaks('some text');
	yield* hangs(send);
}

describe('a setting that is changed', () => {
	before(loadSdk);
	const declared = Object.entries(manifest.contributes.configuration.properties).map(
		([name, { default: fallback }]) => [name.replace('keypool.', ''), fallback] as const,
	);

	it('is one of those that are shown to do something: whoever adds one adds a line to `inForce` or `shownElsewhere`', () => {
		const shown = [...Object.keys(inForce), ...Object.keys(shownElsewhere)];
		assert.deepEqual(
			declared.map(([name]) => name).filter((name) => !shown.includes(name)),
			[],
		);
		assert.deepEqual(
			Object.keys(inForce).filter((name) => !declared.some(([one]) => one === name)),
			[],
		);
	});

	for (const [name, fallback] of declared.filter(([one]) => !(one in shownElsewhere))) {
		it(`changes what happens: ${name}`, async () => {
			const entry = inForce[name];
			assert.ok(entry, `${name} is not in the table`);
			const [value, observe] = entry;
			const before = await observe({});
			assert.deepEqual(await observe({ [name]: fallback }), before, 'the default is what holds without it');
			assert.notDeepEqual(await observe({ [name]: value }), before);
		});
	}
});
