import assert from 'node:assert/strict';
import { Alerts } from '../../../../src/monitoring/alerts/alerts';
import { mementoMemory } from '../../../../src/monitoring/alerts/mementoMemory';
import { Metrics } from '../../../../src/monitoring/metrics/metrics';
import { withoutSimulatedKeys, type SimulatedKeys } from '../../../../src/monitoring/log/withoutSimulatedKeys';
import { Maintenance } from '../../../../src/pool/maintenance/maintenance';
import { badKey, fails, leaked, Rig } from '../../../support/pool/rig';
import { samplesIn, sum } from '../../../support/monitoring/exposition';

/** Who watches a pool from afar: Prometheus, and one target of alerts. */
function watched(rig: Rig, simulatedKeys: SimulatedKeys) {
	const pool = withoutSimulatedKeys(rig.pool, simulatedKeys);
	const told: string[] = [];
	const line = (): void => undefined;
	const memento = new Map<string, unknown>();
	new Alerts([{ name: 'slack', send: ({ type: is }) => Promise.resolve(void told.push(is)) }], {
		pool,
		clock: rig.clock,
		random: () => 0,
		log: { trace: line, debug: line, info: line, warn: line, error: line },
		memory: mementoMemory(
			{ get: (name) => memento.get(name), update: (name, value) => Promise.resolve(void memento.set(name, value)) },
			assert.ifError,
		),
		interval: { value: 60_000 },
	});
	const metrics = new Metrics(pool, rig.clock, (text) => text);
	return { told, samples: async () => samplesIn(await metrics.text()) };
}

describe('simulated keys', () => {
	it('raise no alert and are in no metric, whatever becomes of them', async () => {
		const simulatedKeys = { isOn: true, has: (key: string) => key.startsWith('simulated-') };
		const rig = new Rig({ 'simulated-1': {}, 'simulated-2': {} }, (send) =>
			fails(send.key === 'simulated-1' ? badKey : leaked),
		);
		const { told, samples } = watched(rig, simulatedKeys);
		for (let n = 0; n < 3; n++) await rig.answer({ maxWaitMs: 0 });
		await rig.refused('hostRefused');
		await rig.clock.advance(120_000);
		assert.ok(rig.pool.snapshot().paused);
		assert.deepEqual(told, []);
		const during = await samples();
		for (const name of ['requests_total', 'attempts_total', 'fallbacks_total', 'benches_total', 'keys'])
			assert.equal(sum(during, `gemini_${name}`), 0, name);
		assert.equal(sum(during, 'gemini_pool_state', { state: 'empty' }), 1);

		simulatedKeys.isOn = false;
		await new Maintenance(rig.store, rig.pool).erase();
		rig.setKeys({ a: {}, b: {} });
		rig.setScript(() => fails(badKey));
		await rig.answer();
		await rig.clock.advance(5_000);
		assert.deepEqual(told, ['allExhausted', 'keysNeedAttention']);
		assert.equal(sum(await samples(), 'gemini_requests_total'), 1);
		assert.equal(sum(await samples(), 'gemini_attempts_total'), 2);
	});

	it('that were asked when the trial ended are not counted either', async () => {
		const simulatedKeys = { isOn: false, has: () => true };
		const rig = new Rig({ 'simulated-1': {} }, () => fails({ type: 'fail', reason: 'badRequest' }));
		const { samples } = watched(rig, simulatedKeys);
		await rig.answer();
		assert.equal(sum(await samples(), 'gemini_requests_total'), 0);
		assert.equal(sum(await samples(), 'gemini_attempts_total'), 0);
	});
});
