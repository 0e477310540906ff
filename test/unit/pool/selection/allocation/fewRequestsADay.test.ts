import assert from 'node:assert/strict';
import { Chooser } from '../../../../support/pool/chooser';
import type { KeyPlan, KeyPlans } from '../../../../support/pool/keyPlan';

const rpd = (limit: number): KeyPlan => ({ limits: { m: { rpd: limit } } });

describe('a day of few requests, in which an overloaded model is not asked again and again', () => {
	it('has fifty at the most, by a limit of a person or of the service, or by the daily cap', async () => {
		const isSmall = async (plan: KeyPlan, learnt?: number): Promise<boolean> => {
			const chooser = new Chooser({ a: plan });
			if (learnt !== undefined) await chooser.learn('a', 'rpd', learnt);
			return chooser.allocator.hasSmallDay(await chooser.granted());
		};
		assert.deepEqual([await isSmall(rpd(50)), await isSmall(rpd(51))], [true, false]);
		assert.deepEqual([await isSmall({}, 50), await isSmall({}, 51)], [true, false]);
		const capped = (requests: number): KeyPlan => ({ dailyCap: { requests } });
		assert.deepEqual([await isSmall(capped(50)), await isSmall(capped(51))], [true, false]);
		assert.deepEqual([await isSmall({ ...rpd(1_000), ...capped(50) }), await isSmall({})], [true, false]);
	});

	it('is no matter for a key that was removed while its call ran', async () => {
		const chooser = new Chooser({ a: rpd(10), b: rpd(10) });
		const grant = await chooser.granted();
		chooser.setKeys({ b: rpd(10) });
		assert.equal(chooser.allocator.hasSmallDay(grant), false);
	});

	it('is that of every key that the request may have', () => {
		const areSmall = (keys: KeyPlans): boolean => {
			const chooser = new Chooser(keys);
			return chooser.allocator.hasSmallDays(chooser.request());
		};
		assert.equal(areSmall({ a: rpd(50), b: rpd(20) }), true);
		assert.equal(areSmall({ a: rpd(50), b: rpd(51) }), false);
		assert.equal(areSmall({ a: rpd(50), b: {} }), false);
		assert.equal(areSmall({ a: rpd(50), b: { ...rpd(51), enabled: false } }), true);
		assert.equal(areSmall({ b: { ...rpd(20), enabled: false } }), false, 'there is none');
	});
});
