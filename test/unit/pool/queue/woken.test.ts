import assert from 'node:assert/strict';
import { plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

describe('a request that waits', () => {
	it('tries again a little after the time, by chance and by the length of the wait, so that not all come at once', async () => {
		const secondSend = async (delayMs: number, random: number): Promise<number | undefined> => {
			const script = rpm(delayMs);
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(script) : answers(send)), {
				random: () => random,
			});
			await rig.answer();
			return rig.sends[1]?.at;
		};
		assert.deepEqual([await secondSend(10_000, 0), await secondSend(10_000, 1)], [10_000, 10_100]);
		assert.deepEqual([await secondSend(20_000, 0.5), await secondSend(40_000, 1)], [20_100, 40_250]);
	});

	it('goes on at once where a person allows more money', async () => {
		const budgets = { pool: { day: plainMaxCost / 1e6 } };
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { pricing: plainPricing, budgets });
		await rig.answer();
		const asked = rig.ask({ maxWaitMs: 48 * 3_600_000 });
		await rig.clock.advance(60_000);
		assert.equal(asked.types, 'waiting');
		await rig.pool.execute({ type: 'raiseBudget', scope: 'pool', period: 'day', by: plainMaxCost });
		await rig.clock.advance(0);
		assert.deepEqual([asked.text, rig.sends[1]?.at], ['from a', 60_000]);
	});
});
