import assert from 'node:assert/strict';
import { strictest } from '../../../../src/pool/budget/strictest';
import { plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, Rig } from '../../../support/pool/rig';

describe('budgets of a person and of the clients themselves', () => {
	const budgets = { pool: { day: 9 }, clients: { a: { day: 2, month: 20 }, b: { month: 5 } } };

	it('are those of the person where no client has its own', () => {
		assert.equal(strictest(budgets, {}), budgets);
	});

	it('leave the least of each period, and take nothing away', () => {
		assert.deepEqual(strictest(budgets, { a: { day: 3 }, b: { day: 1 }, c: { day: 0 } }), {
			pool: { day: 9 },
			clients: { a: { day: 2, month: 20 }, b: { day: 1, month: 5 }, c: { day: 0 } },
		});
		assert.deepEqual(strictest({}, { a: { day: 1 } }), { clients: { a: { day: 1 } } });
		assert.deepEqual(strictest(budgets, { a: { day: 1 } }).clients?.['a'], { day: 1, month: 20 });
	});

	it('do not count what is no number', () => {
		assert.deepEqual(strictest({ clients: { a: { day: NaN } } }, { a: { day: 1 } }).clients, { a: { day: 1 } });
	});

	it('know a client whatever its name is', () => {
		const own = Object.fromEntries([['__proto__', { day: 1 }]]);
		assert.ok(Object.hasOwn(strictest(budgets, own).clients ?? {}, '__proto__'));
	});

	it('both hold, whichever is set last, until the client has none of its own any more', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { pricing: plainPricing });
		const ends = async (origin = 'gateway:x') => (await rig.answer({ origin })).error?.reason ?? 'answered';
		const enough = { day: plainMaxCost };
		rig.pool.setClientBudgets({ 'gateway:x': { day: 0 } });
		assert.deepEqual([await ends(), await ends('gateway:y')], ['budget', 'answered']);
		rig.pool.configure({ budgets: { clients: { 'gateway:x': enough, 'gateway:y': { day: 0 } } } });
		assert.deepEqual([await ends(), await ends('gateway:y')], ['budget', 'budget']);
		rig.pool.setClientBudgets({});
		assert.deepEqual([await ends(), await ends('gateway:y')], ['answered', 'budget']);
	});
});
