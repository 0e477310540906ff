import assert from 'node:assert/strict';
import type { ProjectId, StateStore } from '../../../../src/pool/pool';
import { moveSpending } from '../../../../src/pool/budget/spendingSteps';

import { plainCost, plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { planned } from '../../../support/pool/keyPlan';
import { answers, hangs, Rig } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const budget = { day: (3 * plainCost + plainMaxCost) / 1e6 };
const [apart, together] = [
	{ a: { tier: 'paid', budget }, b: { tier: 'paid', budget } },
	{ a: { tier: 'paid', budget }, b: { tier: 'paid', budget, project: 'p-a' } },
] as const;
const needs = (key: string) => ({ needs: { project: `p-${key}` as ProjectId } });
const spent = (rig: Rig, project: string): number | undefined =>
	rig.store.replica().spending.get(`project/${project}`)?.month.cost;

describe('projects that are joined', () => {
	it('have spent together what each had: the budget of one is not allowed twice', async () => {
		const rig = new Rig(apart, answers, { pricing: plainPricing });
		for (const key of ['a', 'a', 'b', 'b']) assert.ok((await rig.answer(needs(key))).done);
		rig.setKeys(together);
		await rig.clock.settle();
		assert.equal(spent(rig, 'p-a'), 4 * plainCost);
		assert.ok((await rig.answer(needs('a'))).error?.reason === 'budget');
	});

	it('count it once, in however many windows', async () => {
		const rig = new Rig(apart, answers, { pricing: plainPricing, window: 'one' });
		const other = new Rig(apart, answers, { pricing: plainPricing, window: 'two', beside: rig });
		assert.ok((await rig.answer(needs('b'))).done);
		for (const one of [rig, other, rig]) one.setKeys(together);
		await rig.clock.settle();
		assert.equal(spent(rig, 'p-a'), plainCost);
		const day = rig.store.replica().spending.get('project/p-a')?.day;
		assert.deepEqual([day?.requests, day?.tokens], [1, 110]);
	});

	it('have done so also where it was while others stood in for their keys, as a team’s gateway', async () => {
		const rig = new Rig(apart, answers, { pricing: plainPricing });
		for (const key of ['a', 'b']) assert.ok((await rig.answer(needs(key))).done);
		for (const keys of [{ gateway: {} }, together]) rig.setKeys(keys);
		await rig.clock.settle();
		assert.equal(spent(rig, 'p-a'), 2 * plainCost);
	});

	it('leave a call under way where it began', async () => {
		const rig = new Rig(apart, hangs, { pricing: plainPricing });
		const stop = new AbortController();
		const asked = rig.ask(needs('b'), stop.signal);
		await rig.clock.settle();
		rig.setKeys(together);
		await rig.clock.settle();
		assert.equal(rig.store.replica().spending.get('project/p-b')?.reservations.length, 1);
		stop.abort();
		await rig.clock.until(asked.ended);
		assert.equal(rig.store.replica().spending.get('project/p-b')?.reservations.length, 0);
	});

	it('are none where a key stays, its keys part, or nothing was spent', async () => {
		const rig = new Rig({ ...apart, c: { tier: 'paid', project: 'p-b' } }, answers, { pricing: plainPricing });
		assert.ok((await rig.answer(needs('b'))).done);
		rig.setKeys({ ...together, c: { tier: 'paid', project: 'p-b' } });
		await rig.clock.settle();
		assert.deepEqual([spent(rig, 'p-a'), spent(rig, 'p-b')], [undefined, plainCost]);
		const parted = new Rig({ b: { tier: 'paid' }, c: { tier: 'paid', project: 'p-b' } }, answers, {
			pricing: plainPricing,
		});
		assert.ok((await parted.answer(needs('b'))).done);
		parted.setKeys({ b: { tier: 'paid', project: 'p-x' }, c: { tier: 'paid', project: 'p-y' } });
		await parted.clock.settle();
		assert.deepEqual([spent(parted, 'p-x'), spent(parted, 'p-y')], [undefined, undefined]);
	});

	it('are left to a store that adds up by itself', async () => {
		const store: StateStore = Object.assign(new InMemoryStore(new VirtualClock()), { joinsProjects: true });
		const spending = { v: 2, day: { endsAt: 9e15, cost: 1, raised: 0, requests: 1, tokens: 1 } } as const;
		await store.transact((tx, now) =>
			tx.put({
				kind: 'spending',
				id: 'project/p-b',
				doc: {
					...spending,
					day: { ...spending.day, endsAt: now + 1_000 },
					month: { endsAt: now + 1_000, cost: 1, raised: 0 },
					reservations: [],
				},
			}),
		);
		await moveSpending(store, planned(apart)[0], planned(together)[0]);
		assert.equal(store.replica().spending.has('project/p-a'), false);
	});
});
