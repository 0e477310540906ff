import assert from 'node:assert/strict';
import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { Alerts } from '../../../../src/monitoring/alerts/alerts';
import { mementoMemory } from '../../../../src/monitoring/alerts/mementoMemory';
import type { AlertMemory } from '../../../../src/monitoring/alerts/memory';
import { DeliveryError, type DeliveryReason } from '../../../../src/monitoring/alerts/deliveryError';
import type { Receiver } from '../../../../src/monitoring/alerts/receiver';
import type { Log } from '../../../../src/monitoring/log/log';
import type { FailureAction, KeyId, ProjectId } from '../../../../src/pool/pool';
import { answers, badKey, fails, leaked, Rig, rpd, rpm, type Script } from '../../../support/pool/rig';

const minute = 60_000;
const interval = { value: 10 * minute };

/** Keys that fail with a verdict for as long as they are in the map. */
type Trouble = Map<string, Parameters<typeof fails>[0]>;

function open(
	keys = ['a', 'b', 'c'],
	kept: { value: unknown } = { value: undefined },
	given?: Rig,
	memory: AlertMemory = { read: () => kept.value, write: (value) => (kept.value = structuredClone(value)) },
) {
	const trouble: Trouble = new Map();
	const script: Script = (send) => {
		const verdict = trouble.get(send.key);
		return verdict ? fails(verdict) : answers(send);
	};
	const rig = given ?? new Rig(Object.fromEntries(keys.map((key) => [key, {}])), script);
	const sent: Alert[] = [];
	const lines: string[] = [];
	const undeliverable: string[] = [];
	const line = (text: string): void => void lines.push(text);
	const log: Log = { trace: line, debug: line, info: line, warn: line, error: line };
	/** What the receiver does with each try. */
	const receiver = { take: (): Promise<void> => Promise.resolve() };
	const target: Receiver = {
		name: 'webhook',
		send: async (alert) => {
			await receiver.take();
			sent.push(alert);
		},
	};
	const alerts = new Alerts([target], {
		pool: rig.pool,
		clock: rig.clock,
		random: () => 0,
		log,
		memory,
		interval,
		undeliverable: (name, reason) => undeliverable.push(`${name} ${reason}`),
	});
	const names = (): string => sent.map(({ type: is }) => is).join(' ');
	return { rig, trouble, sent, lines, receiver, alerts, kept, names, undeliverable };
}

/** Asks until every key has been tried once. */
async function use(rig: Rig, times = 3): Promise<void> {
	for (let n = 0; n < times; n++) rig.ask({ maxWaitMs: 0 });
	await rig.clock.advance(3_000);
}

describe('alerts', () => {
	it('tell what happened together once, and of the way down only where it ended', async () => {
		const { rig, trouble, sent } = open();
		for (const key of ['a', 'b', 'c']) trouble.set(key, rpm(30_000));
		await use(rig);
		assert.deepEqual(sent, [
			{ type: 'allExhausted', total: 3, model: 'm', back: sent[0]?.type === 'allExhausted' ? sent[0].back : 0 },
		]);
		trouble.clear();
		await rig.clock.advance(40_000);
		assert.deepEqual(sent.slice(1), [{ type: 'recovered', usable: 3, total: 3, model: 'm' }]);
	});

	it('do not repeat a kind within the interval, and then tell what is so', async () => {
		const { rig, trouble, names } = open();
		for (let round = 0; round < 5; round++) {
			for (const key of ['a', 'b', 'c']) trouble.set(key, rpm(20_000));
			await use(rig);
			trouble.clear();
			await rig.clock.advance(40_000);
		}
		assert.equal(names(), 'allExhausted recovered');
		for (const key of ['a', 'b', 'c']) trouble.set(key, rpm(30 * minute));
		await use(rig);
		assert.equal(names(), 'allExhausted recovered');
		await rig.clock.advance(9 * minute);
		assert.equal(names(), 'allExhausted recovered allExhausted');
	});

	it('say what is so where they were held back: that one key can answer, not that none can', async () => {
		const { rig, trouble, sent } = open();
		const exhaust = async (verdict: FailureAction): Promise<void> => {
			for (const key of ['a', 'b', 'c']) trouble.set(key, verdict);
			await use(rig);
			trouble.clear();
		};
		await exhaust(rpm(20_000));
		await rig.clock.advance(60_000);
		assert.deepEqual(
			sent.map(({ type: is }) => is),
			['allExhausted', 'recovered'],
		);
		await exhaust(rpd);
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as ProjectId });
		await rig.clock.advance(9 * minute);
		assert.deepEqual(sent.slice(2), [{ type: 'almostExhausted', usable: 1, total: 3, model: 'm' }]);
		trouble.set('a', rpd);
		await use(rig, 1);
		assert.deepEqual(
			sent.slice(3).map(({ type: is }) => is),
			['allExhausted'],
			'and that none can once that is so',
		);
	});

	it('tell of no key that has been put right a moment before', async () => {
		const { rig, trouble, names } = open();
		trouble.set('a', badKey);
		rig.ask({ maxWaitMs: 0 });
		await rig.clock.advance(2_030);
		assert.equal(names(), '');
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		await rig.clock.advance(minute);
		assert.equal(names(), '');
	});

	it('name the keys that need attention together, and each of them once', async () => {
		const { rig, trouble, sent, names } = open(['a', 'b', 'c', 'd', 'e']);
		trouble.set('a', badKey).set('b', badKey);
		await use(rig, 5);
		assert.deepEqual(sent, [
			{
				type: 'keysNeedAttention',
				keys: [
					{ label: 'a', reason: 'badKey' },
					{ label: 'b', reason: 'badKey' },
				],
				more: 0,
			},
		]);
		await rig.clock.advance(30 * minute);
		assert.equal(names(), 'keysNeedAttention');
	});

	it('tell of a pause', async () => {
		const { rig, trouble, sent } = open();
		trouble.set('a', leaked);
		await use(rig, 1);
		assert.deepEqual(
			sent.find(({ type: is }) => is === 'poolPaused'),
			{ type: 'poolPaused', reason: 'leaked', by: 'a' },
		);
	});

	it('tell of the end of a pause too, so that nobody is left with news that is old', async () => {
		const { rig, trouble, alerts, kept, names } = open();
		trouble.set('a', leaked);
		await use(rig, 1);
		assert.match(names(), /poolPaused/);
		await rig.pool.execute({ type: 'resume' });
		await rig.clock.advance(minute);
		assert.match(names(), /poolPaused.* resumed$/);
		alerts.dispose();
		const second = open([], kept, rig);
		await rig.clock.advance(minute);
		assert.equal(second.names(), '', 'once');
	});

	it('are tried again with a growing distance, and given up in the end', async () => {
		const { rig, trouble, receiver, lines } = open();
		const tries: number[] = [];
		receiver.take = () => {
			tries.push(rig.elapsed);
			return Promise.reject(new DeliveryError('serverTrouble', '503'));
		};
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(60 * minute);
		assert.deepEqual(
			tries.map((at, n) => at - (tries[n - 1] ?? at)),
			[0, 5_000, 30_000, 120_000, 600_000],
		);
		assert.match(lines.at(-1) ?? '', /keysNeedAttention to webhook failed: serverTrouble: 503; given up/);
		assert.equal(rig.clock.pending <= 1, true, 'only the re-check of the key is left');
	});

	it('wait for as long as a receiver asks, but not for ever, and do not come back to one that refuses', async () => {
		const { rig, trouble, receiver } = open();
		const tries: number[] = [];
		receiver.take = () => {
			tries.push(rig.elapsed);
			return Promise.reject(
				tries.length < 3
					? new DeliveryError('rateLimited', '', tries.length === 1 ? 90_000 : 1e9)
					: new DeliveryError('refused'),
			);
		};
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(60 * minute);
		assert.deepEqual(
			tries.map((at, n) => at - (tries[n - 1] ?? at)),
			[0, 90_000, 600_000],
		);
	});

	it('that only a person can mend are told to one, once until one arrives; a receiver that is away is not', async () => {
		const { rig, trouble, receiver, undeliverable } = open();
		const failing = async (reason: DeliveryReason | undefined): Promise<void> => {
			receiver.take = () => (reason ? Promise.reject(new DeliveryError(reason)) : Promise.resolve());
			trouble.set('a', badKey);
			await use(rig);
			await rig.clock.advance(20 * minute);
			trouble.clear();
			await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
			await rig.clock.advance(20 * minute);
		};
		await failing('unreachable');
		assert.deepEqual(undeliverable, []);
		await failing('refused');
		await failing('refused');
		assert.deepEqual(undeliverable, ['webhook refused']);
		await failing(undefined);
		await failing('redirected');
		assert.deepEqual(undeliverable, ['webhook refused', 'webhook redirected']);
	});

	it('give up on a receiver that hangs, and never hold up a prompt', async () => {
		const { rig, trouble, receiver, lines } = open();
		receiver.take = () => new Promise(() => undefined);
		trouble.set('a', badKey);
		await use(rig);
		assert.equal((await rig.answer()).text.startsWith('from'), true);
		await rig.clock.advance(20_000);
		assert.match(lines.join('\n'), /failed: timedOut/);
	});

	it('repeat nothing after a reload, but tell what nobody has received', async () => {
		const { rig, trouble, alerts, kept, names } = open();
		trouble.set('a', badKey);
		await use(rig);
		alerts.dispose();
		assert.equal(names(), 'keysNeedAttention');
		const second = open([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(second.names(), '');
		second.receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		for (const key of ['b', 'c']) trouble.set(key, rpm(30 * minute));
		await use(rig);
		second.alerts.dispose();
		const third = open([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(third.names(), 'allExhausted');
	});

	it('repeat nothing where there were no keys to see for a while: not read yet, or hidden by simulator mode', async () => {
		const { rig, trouble, alerts, kept, names } = open(['a', 'b', 'c']);
		trouble.set('a', badKey).set('b', rpd).set('c', rpd);
		await use(rig);
		assert.equal(names(), 'allExhausted keysNeedAttention');
		alerts.dispose();
		rig.setKeys({});
		const second = open([], kept, rig);
		for (let round = 0; round < 2; round++) {
			await rig.clock.advance(minute);
			rig.setKeys({ a: {}, b: {}, c: {} });
			await rig.clock.advance(30 * minute);
			rig.setKeys({});
		}
		assert.equal(second.names(), '');
	});

	it('are told by the next window also where the pool has changed while they were on their way', async () => {
		const { rig, trouble, receiver, alerts, kept } = open();
		receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		for (const key of ['a', 'b']) trouble.set(key, rpm(30 * minute));
		await use(rig);
		await use(rig);
		alerts.dispose();
		const second = open([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(second.names(), 'almostExhausted');
	});

	it('tell of each model that is asked for, also after a reload', async () => {
		const dry = new Set(['pro', 'm']);
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) =>
			dry.has(send.model) ? fails(rpm(45 * minute)) : answers(send),
		);
		const { sent, kept, alerts } = open([], undefined, rig);
		const about = (those: readonly Alert[]): string =>
			those.map((alert) => `${alert.type} ${'model' in alert ? alert.model : ''}`).join(', ');
		const ask = async (model: string): Promise<void> => {
			await rig.answer({ models: [model], maxWaitMs: 0 });
			await rig.clock.advance(5_000);
		};
		await ask('pro');
		assert.equal(about(sent), 'allExhausted pro');
		await ask('m');
		assert.equal(about(sent), 'allExhausted pro, allExhausted m', 'no model holds back the news of another');
		alerts.dispose();
		const second = open([], kept, rig);
		await rig.clock.advance(minute);
		assert.equal(about(second.sent), '', 'a reload repeats nothing');
		await rig.clock.advance(45 * minute);
		assert.equal(about(second.sent), 'recovered pro, recovered m');
		await ask('pro');
		await rig.clock.advance(minute);
		assert.equal(about(second.sent.slice(2)), 'allExhausted pro');
		rig.setScript(() => fails(rpm(45 * minute)));
		await rig.clock.advance(44 * minute);
		await rig.answer({ models: ['pro'], maxWaitMs: 0 });
		await rig.clock.advance(3 * 60 * minute);
		assert.match(about(second.sent), /recovered pro$/, 'it came back before it was forgotten');
	});

	it('end what was told of a model that nobody asks for any more', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(send.model === 'pro' ? rpd : rpm(1_000)));
		const { sent } = open([], undefined, rig);
		await rig.answer({ models: ['pro'], maxWaitMs: 0 });
		await rig.clock.advance(5_000);
		await rig.clock.advance(59 * minute);
		assert.deepEqual(
			sent.map(({ type: is }) => is),
			['allExhausted'],
		);
		await rig.clock.advance(5 * minute);
		assert.deepEqual(sent.slice(1), [{ type: 'unused', model: 'pro' }]);
		await rig.clock.advance(24 * 60 * minute);
		assert.equal(sent.length, 2);
	});

	it('take over what version 0.1.0 had told', async () => {
		const value = { supply: 'exhausted', benched: ['a'], paused: false, sentAt: { allExhausted: 1 } };
		const { rig, trouble, names } = open(['a', 'b', 'c'], { value });
		trouble.set('a', badKey);
		await use(rig);
		assert.equal(names(), '');
	});

	it('stand whatever is stored', async () => {
		for (const value of [
			'?',
			7,
			{ supply: 'x' },
			{ supply: 'fine', quarantined: 1, paused: false, sentAt: {} },
			null,
		]) {
			const { rig, trouble, names } = open(['a', 'b', 'c'], { value });
			trouble.set('a', badKey);
			await use(rig);
			assert.equal(names(), 'keysNeedAttention');
		}
	});

	it('arrive where the editor keeps nothing for them, whether it throws or rejects', async () => {
		for (const refuse of [
			(): never => {
				throw new Error('the disk is full');
			},
			(): Promise<void> => Promise.reject(new Error('the disk is full')),
		]) {
			const reports: unknown[] = [];
			const memory = mementoMemory({ get: refuse, update: refuse }, (error) => reports.push(error));
			const { rig, trouble, names } = open(['a', 'b', 'c'], undefined, undefined, memory);
			trouble.set('a', badKey);
			await use(rig);
			assert.equal(names(), 'keysNeedAttention');
			assert.ok(reports.length > 0);
		}
	});

	it('leave nothing behind at their end', async () => {
		const { rig, trouble, receiver, alerts } = open(['a', 'b', 'c']);
		receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		trouble.set('a', rpm(1_000));
		await use(rig);
		await rig.clock.advance(10 * minute);
		alerts.dispose();
		await rig.clock.settle();
		rig.pool.dispose();
		assert.equal(rig.clock.pending, 0);
	});
});
