import assert from 'node:assert/strict';
import type { Budgets, SpendingScope } from '../../../../src/pool/pool';
import { plainPricing } from '../../../support/pool/pricing';
import { answers, Rig } from '../../../support/pool/rig';

describe('a budget that was raised for today', () => {
	const scopes: readonly SpendingScope[] = ['pool', 'project/p-a', 'client/chat'];
	const keysWith = (day: number) => ({ a: { tier: 'paid', budget: { day } } }) as const;
	const budgetsOf = (day: number): Budgets => ({ pool: { day }, clients: { chat: { day } } });
	const raise = (rig: Rig, dollars: number) =>
		Promise.all(
			scopes.map((scope) => rig.pool.execute({ type: 'raiseBudget', scope, period: 'day', by: dollars * 1e6 })),
		);
	/** In dollars, of pool, project and client. */
	function limits(rig: Rig): readonly (number | undefined)[] {
		const { spending, keys, clients } = rig.pool.snapshot();
		const views = [spending, keys[0]?.spending, clients[0]?.spending];
		return views.map((view) => view?.day.limit && view.day.limit / 1e6);
	}
	function setTo(rig: Rig, day: number): void {
		rig.setKeys(keysWith(day));
		rig.pool.configure({ budgets: budgetsOf(day) });
	}

	it('is as it was set since: neither more than a person lowered it to, nor more than they set for good', async () => {
		const rig = new Rig(keysWith(5), answers, { pricing: plainPricing, budgets: budgetsOf(5) });
		await raise(rig, 5);
		await raise(rig, 2);
		assert.deepEqual(limits(rig), [12, 12, 12]);
		setTo(rig, 3);
		assert.deepEqual(limits(rig), [3, 3, 3]);
		setTo(rig, 20);
		assert.deepEqual(limits(rig), [20, 20, 20]);
		await raise(rig, 1);
		assert.deepEqual(limits(rig), [21, 21, 21]);
		setTo(rig, 5);
		assert.deepEqual(limits(rig), [5, 5, 5]);
	});

	it('stops at what it was lowered to', async () => {
		const rig = new Rig(keysWith(5), answers, { pricing: plainPricing, budgets: budgetsOf(5) });
		await raise(rig, 5);
		setTo(rig, 0.001);
		assert.equal((await rig.answer()).error?.reason, 'budget');
		assert.deepEqual(rig.sends, []);
	});
});
