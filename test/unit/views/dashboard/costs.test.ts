import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import { costsView } from '../../../../src/views/dashboard/costs';
import { dashboardData } from '../../../../src/views/dashboard/project';
import type { GatewayView } from '../../../../src/views/shared/gatewayView';
import { createVoice } from '../../../../src/views/dashboard/voice';
import { dailyCost, historyOf } from '../../../support/views/dashboard/facts';
import { keyView, monthEndsAt, noon, snapshotOf, spendingOf, standings, words } from '../../../support/views/snapshots';

const snapshot = {
	...snapshotOf([keyView('work', standings.usable), keyView('home', standings.usable)]),
	spending: spendingOf(1_500_000, 9_000_000, { day: 5_000_000 }),
};
const view = (costs: Parameters<typeof costsView>[1], prices?: Parameters<typeof costsView>[2]) =>
	costsView(snapshot, costs, prices, noon, createVoice(snapshot, [], words, createMasker().mask));

describe('costs on the dashboard', () => {
	it('sum up by day, newest first, and by key, client and model of this month, dearest first', () => {
		const costs = [
			dailyCost(30, 'work', 9_000_000, { monthEndsAt: monthEndsAt - 30 * 24 * 3_600_000 }),
			dailyCost(1, 'work', 1_000_000),
			dailyCost(0, 'work', 300_000, { client: 'gateway:cline' }),
			dailyCost(0, 'home', 0, { tier: 'free', listCost: 40_000, model: 'gemini-3.5-flash-lite' }),
		];
		const { byDay, byKey, byClient, byModel } = view(costs);
		const sums = (rows: typeof byDay) => rows.map(({ label, cost, listCost }) => `${label} ${cost} ${listCost}`);
		assert.deepEqual(sums(byDay), ['Nov 24 $0.30 $0.34', 'Nov 23 $1.00 $1.00', 'Oct 25 $9.00 $9.00']);
		assert.deepEqual(sums(byKey), ['work $1.30 $1.30', 'home $0.00 $0.04']);
		assert.deepEqual(sums(byClient), ['chat $1.00 $1.04', 'gateway:cline $0.30 $0.30']);
		assert.deepEqual(sums(byModel), ['gemini-3.8-flash $1.30 $1.30', 'gemini-3.5-flash-lite $0.00 $0.04']);
		assert.deepEqual([byKey[0]?.sends, byKey[0]?.input, byKey[0]?.cached, byKey[0]?.output], [6, 8_000, 2_000, 1_600]);
	});

	it('are of the month that it is, where nothing was asked since the snapshot of the one before', () => {
		const voice = createVoice(snapshot, [], words, createMasker().mask);
		const { byKey, byDay } = costsView(snapshot, [dailyCost(1, 'work', 1)], undefined, monthEndsAt, voice);
		assert.deepEqual([byKey.length, byDay.length], [0, 1]);
	});

	it('list every day that is kept: two months', () => {
		const many = Array.from({ length: 63 }, (_, n) => dailyCost(n, 'work', 1_000_000));
		assert.deepEqual([view(many).byDay.length, view(many).byDay.at(-1)?.label], [63, 'Sep 23']);
	});

	it('say that some are missing where there were more than are kept: their sums are less than what was spent', () => {
		const many = Array.from({ length: 20_000 }, (_, n) => dailyCost(n % 3, `k${n % 1_000}`, 1));
		assert.match(view(many).missing ?? '', /the oldest days may be incomplete or missing here\.$/);
		assert.equal(view(many.slice(1)).missing, undefined);
	});

	it('are of the day what a team’s gateway tells, which pays: here it cost nothing', () => {
		const told = {
			...({ state: 'open', client: 'ann', keys: 'any', models: [], requests: { used: 3 } } as const),
			...{ dollars: { used: 1.5, max: 2 }, dayEndsAt: noon + 3_600_000 },
		};
		const today = (view: GatewayView): string =>
			dashboardData(snapshot, historyOf(), noon, words, createMasker().mask, { gateway: view }).costs.today;
		assert.equal(today({ host: 'kp.example', told }), '$1.50 of $2.00');
		assert.equal(today({ host: 'kp.example', told: { ...told, dollars: { used: 0.004 } } }), '$0.004');
		assert.equal(today({ host: 'kp.example' }), '$1.50 of $5.00', 'nothing is known yet');
	});

	it('sum up what is beyond forty rows', () => {
		const many = Array.from({ length: 50 }, (_, n) => dailyCost(0, 'work', n, { client: `gateway:${n}` }));
		const { byClient } = view(many);
		assert.deepEqual([byClient.length, byClient.at(-1)?.label], [41, '10 others']);
	});

	it('stand beside budgets, and say by which prices, and that those are old', () => {
		const { today, budgets, ...none } = view([]);
		assert.equal(today, '$1.50 of $5.00');
		assert.deepEqual(budgets[0], { label: 'All paid projects together', day: '$1.50 of $5.00', month: '$9.00' });
		assert.ok(!('prices' in none) && !('pricesOld' in none));
		assert.match(
			view([], { date: '2026-09-23', isOld: false }).prices ?? '',
			/price list of 2026-09-23.*days and months begin at midnight Pacific time.*not a bill/i,
		);
		assert.equal(view([], { date: '2026-09-23', isOld: false }).pricesOld, undefined);
		assert.match(view([], { date: '2026-09-23', isOld: true }).pricesOld ?? '', /90 days/);
	});

	it('name a client that is stopped, however many projects have a budget', () => {
		const spending = spendingOf(0, 0, { day: 5_000_000 });
		const keys = Array.from({ length: 98 }, (_, n) => keyView(`k${n}`, standings.usable, { spending }));
		const held = { since: noon, cause: 'repeatedCall' } as const;
		const client = { client: 'gateway:cline', spending, held } as (typeof snapshot.clients)[number];
		const many = { ...snapshotOf(keys), clients: [{ ...client, client: 'chat', held: undefined }, client] };
		const { budgets, moreBudgets } = costsView(
			many,
			[],
			undefined,
			noon,
			createVoice(many, [], words, createMasker().mask),
		);
		assert.deepEqual(
			budgets.slice(0, 3).map(({ label }) => label),
			['All paid projects together', 'gateway:cline', 'k0'],
		);
		assert.match(budgets[1]?.held ?? '', /repeated one tool call/);
		assert.deepEqual([budgets.length, moreBudgets], [40, 61], 'and says how many are not listed');
	});

	it('list the budgets that are nearest to their end, in the order of the keys, where there are very many', () => {
		const budget = { day: 5_000_000 };
		const keys = Array.from({ length: 98 }, (_, n) =>
			keyView(`k${n}`, standings.usable, {
				spending: n < 97 ? spendingOf(n, n, budget) : spendingOf(4_000_000, 0, budget),
			}),
		);
		const client = { client: 'gateway:cline', spending: spendingOf(0, 9_000_000, { month: 10_000_000 }) };
		const many = { ...snapshotOf(keys), clients: [client] };
		const { budgets } = costsView(many, [], undefined, noon, createVoice(many, [], words, createMasker().mask));
		const labels = budgets.map(({ label }) => label);
		assert.deepEqual(labels.slice(0, 2), ['All paid projects together', 'k60']);
		assert.deepEqual(labels.slice(-3), ['k96', 'k97', 'gateway:cline']);
		assert.equal(labels.length, 40);
	});
});
