import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { createAsk } from '../../../src/ask';
import type { Conversation } from '../../../src/chat/model/conversation';
import { memoryFolder } from '../../../src/chat/storage/folder';
import { openConversationStore } from '../../../src/chat/storage/openConversationStore';
import type { Piece } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import { OrderRotation } from '../../../src/keys/rotation/orderRotation';
import { fallbackModelsOf } from '../../../src/languageModel/fallbackModels';
import { withPresetLimits } from '../../../src/keys/keyring/presetLimits';
import { createMasker } from '../../../src/masking/masking';
import { alertSecrets } from '../../../src/monitoring/alerts/secrets';
import { startAlerts } from '../../../src/monitoring/alerts/startAlerts';
import { readReceivers } from '../../../src/monitoring/alerts/receivers';
import { createLog } from '../../../src/monitoring/log/log';
import { startMetrics } from '../../../src/monitoring/metrics/startMetrics';
import { runBatch } from '../../../src/editor/batch/runBatch';
import { PoolError, type Chunk } from '../../../src/pool/pool';
import { createPrices } from '../../../src/prices/priceList';
import type { Settings } from '../../../src/settings/settings';
import { done, turn } from '../../support/chat/fixtures';
import { mayAnswer, served } from '../../support/gateway/settingScenes';
import { loadSdk, question, run } from '../../support/gemini/room';
import * as rigs from '../../support/pool/rig';
import { Rig, type KeyPlan, type Script, type Send } from '../../support/pool/rig';
import { words } from '../../support/views/snapshots';
import { VirtualClock } from '../../support/virtualClock';
import { settingsOf, Written } from '../../support/written';

const { answers, badKey, breaks, fails, hangs, rpd, rpm } = rigs;

/** What somebody does with a window: in the middle of it a setting may change. */
type Scene = (settings: Settings, change: () => void) => Promise<unknown>;

interface Asking {
	readonly keys?: Readonly<Record<string, KeyPlan>>;
	readonly script?: Script;
	/** Questions after the change; one comes before it. */
	readonly asks?: number;
}

/** What a person would see of asking: who was sent what, how long it took, and how it ended. */
function asking({ keys = { a: {}, b: {} }, script = answers, asks = 1 }: Asking): Scene {
	return async (settings, change) => {
		const rig = new Rig(keys, script, { pricing: createPrices(() => settings.prices.value) });
		const { keys: all, projects } = listed(rig);
		// As the composition root does it.
		const follow = (): void => {
			const given = withPresetLimits({ keys: all, projects }, settings.limits.value);
			rig.pool.setKeys(given.keys, given.projects);
			rig.pool.configure(settings.options);
		};
		settings.onDidChange(follow);
		follow();
		let requests = 0;
		const asked: unknown[] = [];
		const ask = createAsk({
			pool: rig.pool,
			gemini: {
				open:
					({ options }) =>
					(on, signal) => {
						asked.push(options);
						return pieces(rig.open({ ...on, written: [] }, signal));
					},
				cost: () => ({ bytes: 9, tokens: 0 }),
			},
			settings,
			models: { inputLimit: () => undefined },
			blockedReason: () => Promise.resolve(undefined),
			newId: () => `q${(requests += 1)}`,
		});
		const ends: unknown[] = [];
		const once = async (): Promise<void> => {
			try {
				for await (const part of ask(question(), { origin: 'chat' }, new AbortController().signal)) {
					if (part.type === 'done') ends.push(part.finishReason);
				}
			} catch (error) {
				assert.ok(error instanceof PoolError);
				ends.push(error.reason);
			}
		};
		await rig.clock.until(once());
		change();
		for (let n = 0; n < asks; n += 1) await rig.clock.until(once());
		return { sends: rig.sends.map(({ key, model, at }) => `${key} ${model} ${at}`), asked, ends, elapsed: rig.elapsed };
	};
}

function listed(rig: Rig) {
	const views = rig.pool.snapshot().keys;
	return { keys: views.map(({ key }) => key), projects: views.map(({ project }) => project) };
}

async function* pieces(chunks: AsyncIterable<Chunk<string>>): AsyncGenerator<Chunk<Piece>> {
	for await (const { output, ...rest } of chunks) {
		yield output === undefined ? rest : { ...rest, output: { type: 'text', text: output } };
	}
}

async function* breaksOff(send: Send): AsyncGenerator<Chunk<string>> {
	yield* breaks('some text');
	yield* hangs(send);
}

/** What was mailed, to whom and by which server, of keys that Google refuses one after the other. */
const alerting: Scene = async (settings, change) => {
	const rig = new Rig({ a: {}, b: {}, c: {}, d: {}, e: {} }, (send) =>
		bad.has(send.key) ? fails(badKey) : answers(send),
	);
	const bad = new Set<string>();
	const mails: unknown[] = [];
	const password = alertSecrets.mailPassword;
	const alerts = startAlerts({
		...{ pool: rig.pool, clock: rig.clock, random: () => 0 },
		log: createLog(silent, createMasker().mask),
		memory: { read: () => undefined, write: () => undefined },
		settings,
		secrets: { onDidChange: () => ({ dispose: () => undefined }) },
		onReceivers: () => undefined,
		receivers: () =>
			readReceivers({
				secrets: { get: (name) => Promise.resolve(name === password ? 'sim-password' : undefined) },
				settings,
				words,
				fetch: () => Promise.reject(new Error('nothing goes over HTTP')),
				sendMail: (server, { from, to }) => {
					mails.push([server.host, from, to, rig.elapsed]);
					return Promise.resolve();
				},
				learn: () => undefined,
				mask: (text) => text,
				now: rig.clock.wall,
				newId: () => 'id',
			}),
		election: { campaign: (_, own) => own() },
		report: rethrow,
	});
	const refuse = async (key: string): Promise<void> => {
		bad.add(key);
		for (let n = 0; n < 5; n += 1) await rig.answer();
		await rig.clock.advance(60_000);
	};
	await rig.clock.advance(1_000);
	await refuse('a');
	await refuse('b');
	change();
	await rig.clock.advance(1_000);
	await refuse('c');
	await refuse('d');
	alerts.dispose();
	return mails;
};

/** Mails go somewhere before the setting that is looked at changes. */
const mailed = { 'alerts.smtp': 'smtp://one.invalid', 'alerts.mailTo': ['a@one.invalid'] };

const flaky = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	maxRetries: 50,
	afterRetries: 'fail',
} as const;
const backupFirst = { spare: { role: 'backup' }, main: {} } as const;
const freeAndPaid = { free: {}, rich: { tier: 'paid' } } as const;
const restingOnce: Script = (send: Send) => (send.nth === 1 ? fails(rpm(38_000)) : answers(send));
const restingEachOther: Script = (send: Send) => (send.nth % 2 === 1 ? fails(rpm(38_000)) : answers(send));

interface InForce {
	/** Another value than the default. */
	readonly value: unknown;
	readonly scene: Scene;
	/** What stands in other settings, or besides the settings. */
	readonly beside?: Readonly<Record<string, unknown>>;
	readonly restricted?: true;
}

/**
 * For each setting of the manifest what a person would see of it. Whoever adds a setting adds a line here.
 */
const inForce: Readonly<Record<string, InForce>> = {
	model: { value: 'gemini-other', scene: asking({}) },
	fallbackModels: {
		value: ['gemini-third'],
		scene: asking({ script: (send) => (send.model === 'gemini-3.8-flash' ? fails(rpd) : answers(send)) }),
	},
	strategy: { value: 'primaryBackup', scene: asking({ keys: backupFirst, asks: 2 }) },
	paidKeys: { value: 'first', scene: asking({ keys: freeAndPaid }) },
	paidOnly: { value: true, scene: asking({ keys: freeAndPaid }) },
	paidOnlyInRestrictedMode: { value: true, scene: asking({ keys: freeAndPaid }), restricted: true },
	limits: { value: { a: { 'gemini-3.8-flash': { rpm: 0 } } }, scene: asking({ keys: { a: {} } }) },
	budgets: { value: { day: 0 }, scene: asking({ keys: { rich: { tier: 'paid' } } }) },
	prices: {
		value: { 'gemini-3.8-flash': { input: 1_000, output: 1_000 } },
		scene: asking({ keys: { rich: { tier: 'paid' } } }),
		beside: { budgets: { clients: { chat: { day: 5 } } }, fallbackModels: [] },
	},
	generation: { value: { temperature: 1 }, scene: asking({}) },
	whenExhausted: { value: 'wait', scene: asking({ script: restingOnce }) },
	'languageModel.whenExhausted': {
		value: 'fallbackModel',
		scene: (settings, change) => {
			const before = fallbackModelsOf(settings);
			change();
			return Promise.resolve([before, fallbackModelsOf(settings)]);
		},
	},
	maxRetries: { value: 1, scene: asking({ keys: { a: {}, b: {}, c: {} }, script: () => fails(flaky) }) },
	baseDelay: {
		value: 5,
		scene: asking({ script: (send) => (send.nth % 3 === 0 ? answers(send) : fails(flaky)) }),
	},
	maxWait: {
		value: 10,
		scene: asking({ keys: { a: {} }, script: restingEachOther }),
		beside: { fallbackModels: [] },
	},
	firstTokenTimeout: { value: 5, scene: asking({ keys: { a: {} }, script: hangs }) },
	idleTimeout: { value: 5, scene: asking({ keys: { a: {} }, script: (send) => breaksOff(send) }) },
	batchWidth: {
		value: 7,
		scene: async ({ batchConcurrency: batchWidth }, change) => {
			let running = 0;
			const most: number[] = [];
			const answer = async (n: number): Promise<void> => {
				running += 1;
				if (n === 10) change();
				most.push(running);
				await new Promise((resolve) => setImmediate(resolve));
				running -= 1;
			};
			const results = runBatch(
				Array.from({ length: 40 }, (_, n) => n),
				answer,
				{ concurrency: () => batchWidth.value, signal: new AbortController().signal },
			);
			for await (const { state: is } of results) assert.equal(is, 'answered');
			return [Math.max(...most.slice(0, 10)), Math.max(...most.slice(10))];
		},
	},
	baseUrl: {
		value: 'https://other.invalid',
		scene: async ({ baseUrl }, change) => {
			const hosts: string[] = [];
			const gemini = createGemini({
				secretOf: () => Promise.resolve('sim-one'),
				baseUrl: () => baseUrl.value,
				mask: (text) => text,
				fetch: (input) => {
					hosts.push(new URL(input instanceof Request ? input.url : input).host);
					return Promise.reject(new TypeError('offline'));
				},
			});
			await run(gemini);
			change();
			await run(gemini);
			return hosts;
		},
	},
	rotation: {
		value: 'daily',
		scene: async ({ rotation: when }, change) => {
			const clock = new VirtualClock(new Date(2026, 10, 24, 12).getTime());
			const rotation = new OrderRotation({
				expression: when,
				clock,
				onInvalid: rethrow,
				report: rethrow,
			});
			const { keys } = listed(new Rig({ a: {}, b: {}, c: {} }, answers));
			const first = (): string => rotation.order(keys)[0]?.label ?? '';
			const day = 24 * 3_600_000;
			await clock.advance(day);
			const firsts = [first()];
			change();
			await clock.advance(1);
			firsts.push(first());
			await clock.advance(day);
			firsts.push(first());
			rotation.dispose();
			return firsts;
		},
	},
	'gateway.enabled': { value: true, scene: served },
	'gateway.port': { value: 8643, beside: { 'gateway.enabled': true }, scene: served },
	'gateway.fallbackModels': { value: ['gemini-other'], scene: mayAnswer },
	'metrics.port': {
		value: 9464,
		// That the page is then served is shown where the port is opened: here, that a window wants to, and no longer.
		scene: (settings, change) => {
			const rig = new Rig({ a: {} }, answers);
			const wishes: string[] = [];
			const metrics = startMetrics({
				pool: rig.pool,
				clock: rig.clock,
				mask: createMasker().mask,
				log: createLog(silent, createMasker().mask),
				words,
				load: () => Promise.reject(new Error('nobody owns it')),
				token: () => Promise.reject(new Error('nobody owns it')),
				port: settings.metricsPort,
				election: {
					campaign: (role) => {
						wishes.push(role);
						return () => wishes.push(`no ${role}`);
					},
				},
				servePage: () => Promise.reject(new Error('nobody owns it')),
				warn: rethrow,
			});
			wishes.push('some time later');
			change();
			metrics.dispose();
			return Promise.resolve(wishes);
		},
	},
	'alerts.interval': { value: 1, scene: alerting, beside: mailed },
	'alerts.smtp': { value: 'smtps://two.invalid', scene: alerting, beside: { ...mailed, 'alerts.smtp': undefined } },
	'alerts.mailFrom': { value: 'keypool@one.invalid', scene: alerting, beside: mailed },
	'alerts.mailTo': { value: ['b@two.invalid'], scene: alerting, beside: { ...mailed, 'alerts.mailTo': undefined } },
	'chat.keepConversations': {
		value: false,
		scene: async ({ keepConversations }, change) => {
			const onDisk = memoryFolder();
			let current: Conversation | undefined;
			const kept = openConversationStore({
				keep: keepConversations,
				onDisk,
				current: () => current,
				now: () => 0,
				onTrouble: rethrow,
				onDropped: () => undefined,
			});
			const ask = async (id: string): Promise<void> => {
				const asked = turn(`${id}-turn`, 'Who is there?', done('I am.'));
				current = { id, options: {}, turns: [asked] };
				await kept.library.saveTurn(current, asked);
			};
			await ask('before');
			change();
			await ask('after');
			await kept.library.flush();
			kept.dispose();
			return onDisk.names('');
		},
	},
};

const silent: Parameters<typeof createLog>[0] = {
	trace: () => undefined,
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};

function rethrow(error: unknown): void {
	throw error;
}

describe('a setting that is changed', () => {
	before(loadSdk);
	const declared = Object.entries(manifest.contributes.configuration.properties).map(
		([name, { default: fallback }]) => [name.replace('keypool.', ''), fallback] as const,
	);

	it('has a line in `inForce` that shows its effect', () => {
		assert.deepEqual(Object.keys(inForce).sort(), declared.map(([name]) => name).sort());
	});

	for (const [name, fallback] of declared) {
		const entry = inForce[name];
		/** @param live what is written while the scene runs. */
		const seen = async (start: Readonly<Record<string, unknown>>, live: Readonly<Record<string, unknown>>) => {
			assert.ok(entry, `${name} is not in the table`);
			const source = new Written({ ...entry.beside, ...start });
			source.restricted = entry.restricted === true;
			const settings = settingsOf(source);
			try {
				return await entry.scene(settings, () => source.write(live));
			} finally {
				settings.dispose();
			}
		};

		it(`has its effect from the start and when it is changed: ${name}`, async () => {
			const { value } = entry ?? {};
			const before = await seen({}, {});
			assert.deepEqual(await seen({}, { [name]: fallback }), before, 'the default is what holds without it');
			assert.notDeepEqual(await seen({ [name]: value }, {}), before, 'from the start');
			const live = await seen({}, { [name]: value });
			assert.notDeepEqual(live, before, 'from the change on');
			assert.notDeepEqual(live, await seen({ [name]: value }, {}), 'not before the change');
			assert.deepEqual(await seen({ [name]: value }, { [name]: value }), await seen({ [name]: value }, {}));
		});
	}
});
