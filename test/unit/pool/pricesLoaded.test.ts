import assert from 'node:assert/strict';
import type { Pricing } from '../../../src/pool/pool';
import { plainCost, plainPricing } from '../../support/pool/pricing';
import { answers, Rig } from '../../support/pool/rig';

describe('what calls cost', () => {
	it('is loaded before the first request, which is not sent where that fails; the next one tries again', async () => {
		const loads: (() => Promise<Pricing>)[] = [
			() => Promise.reject(new Error('no such file')),
			() => Promise.resolve(plainPricing),
		];
		const pricing = (): Promise<Pricing> => loads.shift()?.() ?? Promise.reject(new Error('loaded once more'));
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { pricing });
		assert.equal(loads.length, 2, 'nothing is loaded before anybody asks');
		const { error } = await rig.answer();
		const facts = [error?.reason, error?.facts.serviceMessage, error?.attempts, rig.sends.length];
		assert.deepEqual(facts, ['unexpected', 'Error: no such file', [], 0]);
		for (let n = 0; n < 2; n++) assert.equal((await rig.answer()).done?.attempts[0]?.cost, plainCost);
	});
});
