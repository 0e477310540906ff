import assert from 'node:assert/strict';
import type { FailureAction } from '../../../../src/pool/pool';
import { Metrics } from '../../../../src/monitoring/metrics/metrics';
import { logPool } from '../../../../src/monitoring/log/poolLog';
import { samplesIn, sum } from '../../../support/monitoring/exposition';
import {
	answers,
	badKey,
	fails,
	hangs,
	internal,
	leaked,
	network,
	overloaded,
	Rig,
	rpd,
	rpm,
	type KeyPlan,
	type Script,
} from '../../../support/pool/rig';

interface Scene {
	readonly name: string;
	readonly keys: Readonly<Record<string, KeyPlan>>;
	readonly script: Script;
	readonly models?: readonly [string, ...string[]];
	readonly maxWaitMs?: number;
	/** `key model reason`, and s from the beginning until when, where that is known. */
	readonly told: readonly string[];
	readonly ends: string;
}

const unreachable: FailureAction = {
	type: 'retrySameKey',
	reason: 'unreachable',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fail',
};
const gated: FailureAction = { type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 };
const firstOf =
	(action: FailureAction): Script =>
	(send) =>
		send.nth === 1 ? fails(action) : answers(send);
const onKey =
	(key: string, action: FailureAction): Script =>
	(send) =>
		send.key === key ? fails(action) : answers(send);

const scenes: readonly Scene[] = [
	{
		name: 'another key follows',
		keys: { a: {}, b: {} },
		script: onKey('a', rpm()),
		told: ['a m rpm 38'],
		ends: 'answered',
	},
	{
		name: 'no other key follows',
		keys: { a: {} },
		script: () => fails(badKey),
		told: ['a m badKey 60'],
		ends: 'badKey',
	},
	{
		name: 'the same key follows after a wait',
		keys: { a: {} },
		script: firstOf(rpm(20_000)),
		told: ['a m rpm 20'],
		ends: 'answered',
	},
	{
		name: 'all are refused, wait, and are refused again',
		keys: { a: {}, b: {} },
		script: (send) => (send.nth <= 2 ? fails(rpm(20_000)) : answers(send)),
		told: ['a m rpm 20', 'b m rpm 20', 'a m rpm 40', 'b m rpm 40'],
		ends: 'answered',
	},
	{
		name: 'none may wait as long as it takes',
		keys: { a: {}, b: {} },
		script: () => fails(rpd),
		maxWaitMs: 0,
		told: ['a m rpd 43200', 'b m rpd 43200'],
		ends: 'waitedTooLong',
	},
	{
		name: 'an abuse signal ends it',
		keys: { a: {}, b: {} },
		script: onKey('a', leaked),
		told: ['a m leaked'],
		ends: 'paused',
	},
	{
		name: 'the key may not use the model',
		keys: { a: {}, b: {} },
		script: onKey('a', gated),
		told: ['a m modelDenied 3600'],
		ends: 'answered',
	},
	{
		name: 'the key may not use what this request names, and rests for no other',
		keys: { a: {}, b: {} },
		script: onKey('a', { ...gated, forMs: 0 }),
		told: ['a m modelDenied'],
		ends: 'answered',
	},
	{
		name: 'it stays on the key through back-offs, then leaves the model',
		keys: { a: {}, b: {} },
		script: (send) => (send.model === 'm' ? fails(overloaded) : answers(send)),
		models: ['m', 'lite'],
		told: ['a m overloaded 31'],
		ends: 'answered',
	},
	{
		name: 'it stays on the key and is answered',
		keys: { a: {}, b: {} },
		script: (send) => (send.nth < 4 ? fails(network) : answers(send)),
		told: [],
		ends: 'answered',
	},
	{
		name: 'the service fails on it, on one key and on another',
		keys: { a: {}, b: {}, c: {} },
		script: () => fails(internal),
		told: ['a m internal'],
		ends: 'internal',
	},
	{
		name: 'the host cannot be reached',
		keys: { a: {}, b: {} },
		script: () => fails(unreachable),
		told: [],
		ends: 'unreachable',
	},
	{
		name: 'the request is wrong',
		keys: { a: {}, b: {} },
		script: () => fails({ type: 'fail', reason: 'badRequest' }),
		told: [],
		ends: 'badRequest',
	},
];

/** What one prompt makes of events, log lines, counts and metrics. */
async function played(rig: Rig, ask: () => Promise<unknown>): Promise<{ told: string[]; counts: readonly number[] }> {
	const began = rig.clock.wall();
	const told: string[] = [];
	rig.pool.onEvent((event) => {
		if (event.type !== 'keySetAside') return;
		const { key, model, reason, until } = event;
		told.push(`${key} ${model} ${reason}${until === undefined ? '' : ` ${Math.round((until - began) / 1000)}`}`);
	});
	const lines: string[] = [];
	const write = (line: string): void => void lines.push(line);
	logPool(rig.pool, rig.clock, { trace: write, debug: write, info: write, warn: write, error: write });
	const metrics = new Metrics(rig.pool, rig.clock, (text) => text);
	await ask();
	await rig.clock.settle();
	const logged = lines.filter((line) => line.includes('] fallback: '));
	const counted = rig.pool
		.usage()
		.minutes()
		.reduce((all, { fallbacks = 0 }) => all + fallbacks, 0);
	const metric = sum(samplesIn(await metrics.text()), 'gemini_fallbacks_total');
	return { told, counts: [told.length, logged.length, counted, metric] };
}

describe('a key that is set aside for a request', () => {
	for (const { name, keys, script, models = ['m'] as const, maxWaitMs = 120_000, told: expected, ends } of scenes) {
		it(`is told, logged and counted once each time: ${name}`, async () => {
			const rig = new Rig(keys, script);
			let end: string | undefined;
			const { told, counts } = await played(rig, async () => {
				const asked = await rig.answer({ models, maxWaitMs });
				end = asked.error?.reason ?? 'answered';
			});
			assert.deepEqual([end, told], [ends, expected]);
			assert.deepEqual(
				counts,
				Array.from({ length: 4 }, () => expected.length),
				'events, lines, counts, metric',
			);
		});
	}

	it('is told of where a prompt begins with the fallback model, because the wanted one cools down', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(rpd) : answers(send)));
		await rig.answer({ models: ['m'], maxWaitMs: 0 });
		const { told, counts } = await played(rig, () => rig.answer({ models: ['m', 'lite'] }));
		assert.deepEqual(told, ['a m rpd 43200']);
		assert.deepEqual(counts, [1, 1, 2, 1], 'the store has that of the prompt before, too');
	});

	it('is told of once where it is left during a back-off', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(network) : answers(send)));
		const { told, counts } = await played(rig, async () => {
			const asked = rig.ask();
			await rig.clock.settle();
			rig.setKeys({ a: { enabled: false }, b: {} });
			await rig.clock.until(asked.ended);
			assert.equal(asked.text, 'from b');
		});
		assert.deepEqual([told, counts], [['a m network'], [1, 1, 1, 1]]);
	});

	it('is none of a prompt that is cancelled', async () => {
		const rig = new Rig({ a: {}, b: {} }, hangs);
		const stop = new AbortController();
		const { counts } = await played(rig, async () => {
			const asked = rig.ask({}, stop.signal);
			await rig.clock.settle();
			stop.abort();
			await asked.ended;
		});
		assert.deepEqual(counts, [0, 0, 0, 0]);
	});
});
