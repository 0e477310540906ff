import assert from 'node:assert/strict';
import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { DeliveryError } from '../../../../src/monitoring/alerts/deliveryError';
import type { FailureAction, KeyId, ProjectId } from '../../../../src/pool/pool';
import { minute, openAlerts, use } from '../../../support/monitoring/alerts/alertsRig';
import { answers, badKey, fails, leaked, Rig, rpd, rpm } from '../../../support/pool/rig';

describe('alerts', () => {
	it('tell what happened together once, and of the way down only where it ended', async () => {
		const { rig, trouble, sent } = openAlerts();
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
		const { rig, trouble, names } = openAlerts();
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
		const { rig, trouble, sent } = openAlerts();
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

	it('tell that keys are back where nobody had any in use for a while: all were disabled, or paid ones demanded', async () => {
		const { rig, trouble, names } = openAlerts();
		for (const key of ['a', 'b', 'c']) trouble.set(key, rpm(20_000));
		await use(rig);
		trouble.clear();
		rig.pool.configure({ paidOnly: true });
		await rig.clock.advance(minute);
		assert.equal(names(), 'allExhausted');
		rig.pool.configure({ paidOnly: false });
		await rig.clock.advance(minute);
		assert.equal(names(), 'allExhausted recovered');
	});

	it('tell of no key that has been put right a moment before', async () => {
		const { rig, trouble, names } = openAlerts();
		trouble.set('a', badKey);
		rig.ask({ maxWaitMs: 0 });
		await rig.clock.advance(2_030);
		assert.equal(names(), '');
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		await rig.clock.advance(minute);
		assert.equal(names(), '');
	});

	it('name the keys that need attention together, and each of them once', async () => {
		const { rig, trouble, sent, names } = openAlerts(['a', 'b', 'c', 'd', 'e']);
		// They stay as they are.
		rig.checking = () => new Promise(() => undefined);
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
		await use(rig);
		await rig.clock.advance(minute);
		assert.equal(names(), 'keysNeedAttention', 'also where the others go on');
	});

	it('tell of a pause', async () => {
		const { rig, trouble, sent } = openAlerts();
		trouble.set('a', leaked);
		await use(rig, 1);
		assert.deepEqual(
			sent.find(({ type: is }) => is === 'poolPaused'),
			{ type: 'poolPaused', reason: 'leaked', by: 'a' },
		);
	});

	it('tell of the end of a pause too, so that nobody is left with news that is old', async () => {
		const { rig, trouble, alerts, kept, names } = openAlerts();
		trouble.set('a', leaked);
		await use(rig, 1);
		assert.match(names(), /poolPaused/);
		await rig.pool.execute({ type: 'resume' });
		await rig.clock.advance(minute);
		assert.match(names(), /poolPaused.* resumed$/);
		alerts.dispose();
		const second = openAlerts([], kept, rig);
		await rig.clock.advance(minute);
		assert.equal(second.names(), '', 'once');
	});

	it('repeat nothing after a reload, but tell what nobody has received', async () => {
		const { rig, trouble, alerts, kept, names } = openAlerts();
		trouble.set('a', badKey);
		await use(rig);
		alerts.dispose();
		assert.equal(names(), 'keysNeedAttention');
		const second = openAlerts([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(second.names(), '');
		second.receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		for (const key of ['b', 'c']) trouble.set(key, rpm(30 * minute));
		await use(rig);
		second.alerts.dispose();
		const third = openAlerts([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(third.names(), 'allExhausted');
	});

	it('repeat nothing where there were no keys to see for a while: not read yet, or hidden by simulator mode', async () => {
		const { rig, trouble, alerts, kept, names } = openAlerts(['a', 'b', 'c']);
		trouble.set('a', badKey).set('b', rpd).set('c', rpd);
		await use(rig);
		assert.equal(names(), 'allExhausted keysNeedAttention');
		alerts.dispose();
		rig.setKeys({});
		const second = openAlerts([], kept, rig);
		for (let round = 0; round < 2; round++) {
			await rig.clock.advance(minute);
			rig.setKeys({ a: {}, b: {}, c: {} });
			await rig.clock.advance(30 * minute);
			rig.setKeys({});
		}
		assert.equal(second.names(), '');
	});

	it('are told by the next window also where the pool has changed while they were on their way', async () => {
		const { rig, trouble, receiver, alerts, kept } = openAlerts();
		receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		for (const key of ['a', 'b']) trouble.set(key, rpm(30 * minute));
		await use(rig);
		await use(rig);
		alerts.dispose();
		const second = openAlerts([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(second.names(), 'almostExhausted');
	});

	it('tell of each model that is asked for, also after a reload', async () => {
		const dry = new Set(['pro', 'm']);
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) =>
			dry.has(send.model) ? fails(rpm(45 * minute)) : answers(send),
		);
		const { sent, kept, alerts } = openAlerts([], undefined, rig);
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
		const second = openAlerts([], kept, rig);
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
		const { sent } = openAlerts([], undefined, rig);
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
		const { rig, trouble, names } = openAlerts(['a', 'b', 'c'], { value });
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
			const { rig, trouble, names } = openAlerts(['a', 'b', 'c'], { value });
			trouble.set('a', badKey);
			await use(rig);
			assert.equal(names(), 'keysNeedAttention');
		}
	});

	it('leave nothing behind at their end', async () => {
		const { rig, trouble, receiver, alerts } = openAlerts(['a', 'b', 'c']);
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
