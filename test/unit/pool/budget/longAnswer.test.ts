import assert from 'node:assert/strict';
import { plainCost, plainPricing } from '../../../support/pool/pricing';
import { answers, Rig } from '../../../support/pool/rig';

describe('what an answer of ten minutes costs', () => {
	it('counts once, also where others are charged meanwhile: what had run out was charged, and then the answer as well', async () => {
		const rig = new Rig(
			{ a: { tier: 'paid' } },
			async function* (send, clock) {
				for (let n = 0; send.nth === 1 && n < 30; n++) {
					yield { output: 'word ' };
					await new Promise<void>((resolve) => clock.after(20_000, resolve));
				}
				yield* answers(send);
			},
			{ pricing: plainPricing, budgets: {} },
		);
		const long = rig.ask();
		await rig.clock.advance(9 * 60_000);
		await rig.answer();
		const { day, reservations } = rig.store.replica().spending.get('pool') ?? assert.fail();
		assert.deepEqual([day.cost, reservations.length], [plainCost, 1]);
		await rig.clock.until(long.ended);
		assert.equal(rig.store.replica().spending.get('pool')?.day.cost, 2 * plainCost);
	});
});
