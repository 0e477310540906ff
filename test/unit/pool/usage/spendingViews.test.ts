import assert from 'node:assert/strict';
import {
	DocMaps,
	type Budgets,
	type LeaseId,
	type Project,
	type ProjectId,
	type SpendingScope,
} from '../../../../src/pool/pool';
import { initialActivity } from '../../../../src/pool/budget/clientActivity';
import { initialSpending, raised, reserved } from '../../../../src/pool/budget/spending';
import { SpendingViews, spendingChangesAt } from '../../../../src/pool/usage/spendingViews';
import type { SpendingRecord } from '../../../../src/pool/types/spending';

const now = Date.UTC(2026, 10, 24, 20);
const none = initialSpending(now);
const midnight = none.day.endsAt;
const monthEnd = none.month.endsAt;
const spent = (cost: number, ofDay = cost): SpendingRecord => ({
	...{ ...none, day: { ...none.day, cost: ofDay }, month: { ...none.month, cost } },
});
const holding = (expiresAt: number): SpendingRecord =>
	reserved(none, { lease: 'l' as LeaseId, cost: 5, tokens: 1, expiresAt });
const held: SpendingRecord = {
	...{ ...none, activity: { ...initialActivity(now), held: { since: now, cause: 'repeatedCall' } } },
};

type Records = Readonly<{ [scope in SpendingScope]?: SpendingRecord }>;

function known(records: Records): DocMaps {
	const docs = new DocMaps();
	for (const [id, doc] of Object.entries<SpendingRecord | undefined>(records)) {
		if (doc) docs.apply({ kind: 'spending', id: id as SpendingScope, doc });
	}
	return docs;
}

const views = (records: Records, budgets: Budgets = {}): SpendingViews =>
	new SpendingViews(known(records).spending, budgets, now);

describe('what was spent, as it is shown', () => {
	it('of clients: those that spent, have a budget or are held, the dearest first', () => {
		const clients = { saves: { day: 1 } };
		const shown = views(
			{
				...{ 'client/cheap': spent(1), 'client/dear': spent(9), 'client/also': spent(1), 'client/idle': none },
				...{ 'client/held': held, 'project/p': spent(50) },
			},
			{ clients },
		).clients();
		assert.deepEqual(
			shown.map(({ client }) => client),
			['dear', 'also', 'cheap', 'held', 'saves'],
		);
		assert.deepEqual(
			shown.flatMap((one) => (one.held ? [one.client] : [])),
			['held'],
		);
		assert.equal(shown.at(-1)?.spending.day.limit, 1_000_000);
	});

	it('of a project: where it is paid, has a budget, or was paid and has spent', () => {
		const project = (more: Partial<Project>): Project => ({ id: 'p' as ProjectId, tier: 'free', ...more });
		const isShown = (more: Partial<Project>, record?: SpendingRecord): boolean =>
			views(record ? { 'project/p': record } : {}).project(project(more)).spending !== undefined;
		assert.deepEqual(
			[isShown({}), isShown({ tier: 'paid' }), isShown({ budget: { day: 1 } }), isShown({ budget: { month: 1 } })],
			[false, true, true, true],
		);
		assert.deepEqual([isShown({}, none), isShown({}, spent(3))], [false, true]);
		assert.equal(isShown({ budget: {} }), false);
	});

	it('has the limit that a person raised, for the period alone, and says where nobody chose it', () => {
		const record = raised(spent(3), 'day', 500_000, 1);
		const { spending } = views({ 'project/p': record }).project({
			...{ id: 'p' as ProjectId, tier: 'paid', budget: { day: 1, month: 2, isDefault: true } },
		});
		assert.deepEqual([spending?.day.limit, spending?.month.limit, spending?.isDefault], [1_500_000, 2_000_000, true]);
		const pool = views({}, { pool: { month: 2 } }).pool();
		assert.deepEqual([pool.day.limit, pool.month.limit, 'isDefault' in pool], [undefined, 2_000_000, false]);
		assert.deepEqual([pool.day.endsAt, pool.month.endsAt], [midnight, monthEnd]);
	});

	it('changes by itself when a period ends in which anything was spent or raised, or when a call is given up', () => {
		const next = (record: SpendingRecord): number => spendingChangesAt(known({ pool: record }), now);
		assert.equal(next(none), Infinity);
		assert.equal(next(spent(3)), midnight);
		assert.equal(next(spent(3, 0)), monthEnd);
		assert.equal(next(raised(none, 'day', 1)), midnight);
		assert.equal(next(raised(none, 'month', 1)), monthEnd);
		assert.equal(next(holding(now + 5)), now + 5);
		assert.equal(next(holding(now)), Infinity, 'it was given up');
		const over = { ...spent(3), day: { ...none.day, endsAt: now, cost: 3 } };
		assert.equal(next(over), monthEnd);
		assert.equal(next({ ...over, month: { ...none.month, endsAt: now, cost: 3 } }), Infinity);
		assert.equal(spendingChangesAt(known({ pool: spent(3), 'client/a': holding(now + 9) }), now), now + 9);
	});
});
