import assert from 'node:assert/strict';
import type { LeaseId, ProjectId, Tier } from '../../../../src/pool/pool';
import { BudgetGuard } from '../../../../src/pool/budget/budgetGuard';
import type { CallEnd } from '../../../../src/pool/budget/charge';
import { initialSpending } from '../../../../src/pool/budget/spending';
import type { LeaseGrant } from '../../../../src/pool/types/leaseRequest';
import { grantOf } from '../../../support/pool/grant';
import { plainCost, plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, Rig } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const project = { id: 'p' as ProjectId, tier: 'paid' } as const;
const size = { bytes: 400, tokens: 0 };
const received = { usage: { input: 100, cached: 0, output: 10, thoughts: 0 } };
const scopes = ['pool', 'project/p', 'client/chat'] as const;

/** A guard and a store that it writes to, in virtual time: who asks is `chat` on project `p`. */
class Guarded {
	readonly clock = new VirtualClock();
	readonly store = new InMemoryStore(this.clock);
	private readonly guard: BudgetGuard;

	constructor({ isPriced = true } = {}) {
		this.guard = new BudgetGuard(
			() => (isPriced ? plainPricing : undefined),
			() => ({}),
		);
	}

	/** A call whose money is reserved. */
	async sent(name = 'l', tier: Tier = 'paid', more: Partial<LeaseGrant> = {}): Promise<LeaseGrant> {
		const lease = name as LeaseId;
		const request = { client: 'chat', lease, leaseMs: 60_000, size, serviceTier: 'standard' } as const;
		const purchase = { request, project: { ...project, tier }, resolved: 'm', likelyTokens: 100 };
		await this.store.transact((tx, now) => assert.equal(this.guard.reserve(tx, purchase, now), undefined));
		return { ...grantOf(), lease, tier, size, leaseMs: 60_000, sentAt: this.clock.wall(), ...more };
	}

	ended(grant: LeaseGrant, type: CallEnd['type'] = 'answered'): Promise<void> {
		return this.store.transact((tx, now) => {
			const charge = this.guard.chargeOf(grant, { type }, received, now);
			this.guard.settle(tx, this.store.replica(), grant, charge, received, now);
		});
	}

	goesOn(grant: LeaseGrant): Promise<void> {
		return this.store.transact((tx, now) => this.guard.extend(tx, grant, now));
	}

	/** A person erases what was spent. */
	erase(): Promise<void> {
		return this.store.transact((tx) => {
			for (const id of this.store.replica().spending.keys()) tx.drop({ kind: 'spending', id });
		});
	}

	get rows(): readonly (readonly [sends: number, cost: number, dayEndsAt: number])[] {
		return [...this.store.replica().dailyCost.values()].map((row) => [row.sends, row.cost, row.dayEndsAt]);
	}

	held(scope: (typeof scopes)[number]): readonly (readonly [string, number])[] {
		return (this.store.replica().spending.get(scope)?.reservations ?? []).map(({ lease, cost }) => [lease, cost]);
	}
}

describe('a call whose money is reserved', () => {
	it('is settled alone where others are under way', async () => {
		const guarded = new Guarded();
		await guarded.sent('first');
		const second = await guarded.sent('second');
		await guarded.ended(second);
		for (const scope of scopes) assert.deepEqual(guarded.held(scope), [['first', plainMaxCost]], scope);
	});

	it('is held for as long as its answer goes on, and counts at its most when it has been silent for too long', async () => {
		const guarded = new Guarded();
		const long = await guarded.sent('long');
		const silent = await guarded.sent('silent');
		await guarded.clock.advance(silent.leaseMs - 15_000);
		await guarded.goesOn(long);
		await guarded.clock.advance(15_001);
		await guarded.sent('other');
		for (const scope of scopes) {
			const held = ['long', 'other'].map((lease) => [lease, plainMaxCost]);
			assert.deepEqual(guarded.held(scope), held, scope);
			assert.equal(guarded.store.replica().spending.get(scope)?.day.cost, plainMaxCost, scope);
		}
	});

	it('reserves nothing on a free project, of which alone the record is kept', async () => {
		const guarded = new Guarded();
		await guarded.sent('l', 'free');
		assert.deepEqual(
			scopes.map((scope) => guarded.held(scope).length),
			[0, 1, 0],
		);
		assert.deepEqual(guarded.held('project/p'), [['l', 0]]);
	});

	it('has a row among the costs by day where it was counted and prices are known', async () => {
		const rowsOf = async (end: CallEnd['type'], guarded = new Guarded()) => {
			await guarded.ended(await guarded.sent(), end);
			return guarded.rows.map(([sends, cost]) => [sends, cost]);
		};
		assert.deepEqual(await rowsOf('answered'), [[1, plainCost]]);
		assert.deepEqual(await rowsOf('refused'), []);
		assert.deepEqual(await rowsOf('unsent'), []);
		assert.deepEqual(await rowsOf('answered', new Guarded({ isPriced: false })), []);
	});

	it('counts on the day in which it was sent, also where its reservation had run out at midnight', async () => {
		const guarded = new Guarded();
		const { endsAt } = initialSpending(guarded.clock.wall()).day;
		await guarded.clock.advance(endsAt - guarded.clock.wall() - 1_000);
		const grant = await guarded.sent();
		await guarded.clock.advance(120_000);
		await guarded.sent('next');
		await guarded.ended(grant);
		assert.deepEqual(guarded.rows, [[1, plainCost, endsAt]]);
		assert.equal(guarded.store.replica().dailyCost.values().next().value?.monthEndsAt, Date.UTC(2026, 11, 1, 8));
	});

	it('costs what the service counted, also where the machine slept through its reservation', async () => {
		const guarded = new Guarded();
		const costs = () => scopes.map((scope) => guarded.store.replica().spending.get(scope)?.day.cost);
		const ended = await guarded.sent('ended');
		guarded.clock.jump(600_000);
		await guarded.ended(ended);
		assert.deepEqual(costs(), [plainCost, plainCost, plainCost]);
		const goesOn = await guarded.sent('goes on');
		guarded.clock.jump(600_000);
		await guarded.goesOn(goesOn);
		for (const scope of scopes) assert.deepEqual(guarded.held(scope), [['goes on', plainMaxCost]], scope);
		await guarded.ended(goesOn);
		assert.deepEqual(costs(), [2 * plainCost, 2 * plainCost, 2 * plainCost]);
	});

	it('is noted as what its client usually does, where that is a program', async () => {
		const guarded = new Guarded();
		await guarded.ended(await guarded.sent('l', 'paid', { isWatched: true }));
		const { spending } = guarded.store.replica();
		const noted = scopes.map((scope) => spending.get(scope)?.activity?.hour.cost);
		assert.deepEqual(noted, [undefined, undefined, plainCost]);
	});
});

describe('what was spent, erased while a call is under way', () => {
	it('stays erased when the call goes on and ends, and the answer is among the costs by day', async () => {
		const guarded = new Guarded();
		const grant = await guarded.sent();
		await guarded.erase();
		await guarded.goesOn(grant);
		await guarded.ended(grant);
		assert.equal(guarded.store.replica().spending.size, 0);
		assert.deepEqual(guarded.rows, [[1, plainCost, initialSpending(guarded.clock.wall()).day.endsAt]]);
	});
});

describe('a free key', () => {
	it('answers also where more was spent than a budget now allows', async () => {
		const rig = new Rig({ paid: { tier: 'paid' } }, answers, { pricing: plainPricing });
		await rig.answer();
		rig.pool.configure({ budgets: { pool: { day: 0 } } });
		rig.setKeys({ paid: { tier: 'paid' }, free: {} });
		assert.equal((await rig.answer()).text, 'from free');
	});
});
