import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LeaseId, SpendingRecord } from '../../../../src/pool/pool';
import { longer, overBudget } from '../../../../src/pool/budget/budgetCheck';
import {
	extended,
	raised,
	reserved,
	initialSpending,
	reservedIn,
	settled,
	spendingAt,
} from '../../../../src/pool/budget/spending';
import { pacificMonthAfter } from '../../../../src/pool/quota/pacificDay';

const noon = Date.UTC(2026, 10, 24, 20);
const hour = 3_600_000;
const id = (n: number | string): LeaseId => `l${n}` as LeaseId;
const hold = (n: number, cost: number, more: Partial<Parameters<typeof reserved>[1]> = {}) => ({
	...{ lease: id(n), cost, tokens: 10, expiresAt: noon + 60_000 },
	...more,
});
const counted = { tokens: 30, isCounted: true };

describe('what is spent', () => {
	it('is what calls cost, once they have ended; until then the most that they can', () => {
		let record = reserved(initialSpending(noon), hold(1, 500));
		assert.deepEqual([record.day.cost, reservedIn(record, 'day'), reservedIn(record, 'month')], [0, 500, 500]);
		record = settled(record, id(1), { cost: 120, ...counted });
		assert.deepEqual([record.day.cost, record.month.cost, reservedIn(record, 'day')], [120, 120, 0]);
		assert.deepEqual([record.day.requests, record.day.tokens], [1, 30]);
	});

	it('stays where the clock begins in 1970 until the network tells the time, with what is spent meanwhile', () => {
		let record = settled(reserved(initialSpending(noon), hold(1, 500)), id(1), { cost: 120, ...counted });
		record = reserved(spendingAt(record, 60_000), hold(2, 50, { expiresAt: 120_000 }));
		record = spendingAt(settled(record, id(2), { cost: 30, ...counted }), 90_000);
		record = spendingAt(record, noon + 60_000);
		assert.deepEqual([record.day.cost, record.month.cost, record.month.endsAt], [150, 150, pacificMonthAfter(noon)]);
		record = reserved(spendingAt(record, 60_000), hold(3, 50, { expiresAt: 120_000 }));
		assert.equal(spendingAt(record, noon + 60_000).month.cost, 200, 'and a call that was under way counts as spent');
	});

	it('is nothing for a call that was never sent, and it is no request', () => {
		const record = settled(reserved(initialSpending(noon), hold(1, 500)), id(1), {
			...{ cost: 0, tokens: undefined, isCounted: false },
		});
		assert.deepEqual(record, initialSpending(noon));
	});

	it('is all that was reserved where a window has died with the call', () => {
		const record = spendingAt(reserved(initialSpending(noon), hold(1, 500)), noon + 60_000);
		assert.deepEqual([record.day.cost, record.month.cost, record.reservations], [500, 500, []]);
		assert.equal(settled(record, id(1), { cost: 3, ...counted }), record);
	});

	it('stays reserved as long as a stream goes on', () => {
		const record = extended(reserved(initialSpending(noon), hold(1, 500)), id(1), noon + 120_000);
		assert.equal(spendingAt(record, noon + 119_999).day.cost, 0);
		assert.equal(spendingAt(record, noon + 120_000).day.cost, 500);
	});

	it('counts in the day and the month in which the call was sent', () => {
		const midnight = Date.UTC(2026, 11, 1, 8);
		const late = reserved(initialSpending(midnight - 1_000), hold(1, 500, { expiresAt: midnight + 60_000 }));
		assert.equal(late.month.endsAt, midnight);
		const next = spendingAt(late, midnight);
		assert.equal(reservedIn(next, 'day'), 0);
		const after = settled(next, id(1), { cost: 120, ...counted });
		assert.deepEqual([after.day.cost, after.month.cost, after.day.endsAt], [0, 0, midnight + 24 * hour]);
	});

	it('stays reserved in the month, and no more in the day, where a call goes on past midnight', () => {
		const midnight = initialSpending(noon).day.endsAt;
		const late = reserved(initialSpending(midnight - 1_000), hold(1, 500, { expiresAt: midnight + 60_000 }));
		const next = spendingAt(late, midnight);
		assert.deepEqual([reservedIn(next, 'day'), reservedIn(next, 'month')], [0, 500]);
		const after = settled(next, id(1), { cost: 120, ...counted });
		assert.deepEqual([after.day.cost, after.month.cost], [0, 120]);
	});

	it('stays counted where the clock goes backwards', () => {
		const far = initialSpending(noon + 40 * 24 * hour);
		const spent = { ...far, day: { ...far.day, cost: 7 }, month: { ...far.month, cost: 9 } };
		const back = spendingAt(reserved(spent, hold(1, 5)), noon);
		assert.deepEqual([back.day.cost, back.month.cost], [7, 9]);
		assert.deepEqual(
			[back.day.endsAt, back.month.endsAt],
			[initialSpending(noon).day.endsAt, initialSpending(noon).month.endsAt],
		);
		const after = settled(back, id(1), { cost: 4, ...counted });
		assert.deepEqual([after.day.cost, after.month.cost], [11, 13]);
	});

	it('begins anew, and what a person had allowed beyond the budget is over, when the period is', () => {
		let record = raised(raised(initialSpending(noon), 'day', 5), 'month', 6);
		assert.deepEqual([record.day.raised, record.month.raised], [5, 6]);
		record = spendingAt(record, noon + 24 * hour);
		assert.deepEqual([record.day.raised, record.month.raised], [0, 6]);
	});
});

describe('a Pacific month', () => {
	it('ends with its last day, whatever the offset', () => {
		const ends = [
			[Date.UTC(2026, 10, 1, 6, 59), Date.UTC(2026, 10, 1, 7)],
			[Date.UTC(2026, 10, 1, 7), Date.UTC(2026, 11, 1, 8)],
			[Date.UTC(2026, 11, 31), Date.UTC(2027, 0, 1, 8)],
			[Date.UTC(2028, 1, 28, 9), Date.UTC(2028, 2, 1, 8)],
			[Date.UTC(2026, 2, 8, 9), Date.UTC(2026, 3, 1, 7)],
		];
		for (const [at, end] of ends) assert.equal(pacificMonthAfter(at ?? 0), end);
	});
});

describe('a budget', () => {
	const record = (cost: number, held = 0): SpendingRecord => {
		const fresh = initialSpending(noon);
		const spent = { ...fresh, day: { ...fresh.day, cost }, month: { ...fresh.month, cost } };
		return held > 0 ? reserved(spent, hold(1, held)) : spent;
	};

	it('allows what fits to the last millionth', () => {
		assert.equal(overBudget('pool', { day: 1 }, record(400_000, 500_000), 100_000), undefined);
		const over = overBudget('pool', { day: 1 }, record(400_000, 500_000), 100_001);
		assert.deepEqual(over, {
			reason: 'budget',
			retryAt: initialSpending(noon).day.endsAt,
			shortage: { scope: 'pool', period: 'day', limit: 1_000_000, used: 900_000, needed: 100_001, isHeld: true },
			mayRetryEarlier: true,
		});
	});

	it('is not waited for where nothing under way holds what is missing', () => {
		const over = overBudget('pool', { month: 1 }, record(1_000_000), 1);
		assert.equal(over?.mayRetryEarlier, undefined);
		assert.deepEqual([over?.shortage.period, over?.retryAt], ['month', initialSpending(noon).month.endsAt]);
	});

	it('says that waiting never helps where the call alone is too dear', () => {
		assert.equal(overBudget('pool', { day: 1 }, record(0), 1_000_001)?.retryAt, Infinity);
		const tomorrow = overBudget('pool', { day: 1 }, record(1), 1_000_000);
		assert.equal(tomorrow?.retryAt, initialSpending(noon).day.endsAt, 'it fits into a whole budget');
	});

	it('that is no number allows everything', () => {
		assert.equal(overBudget('pool', { day: NaN, month: NaN }, record(5), 1), undefined);
	});

	it('of several that end together is told by one that was spent, before those that calls under way hold', () => {
		const over = (scope: 'pool' | 'project/p' | 'client/c', held: number) =>
			overBudget(scope, { day: 1 }, record(1_000_000 - held, held), 1);
		const [holds, spent, alsoHolds] = [over('pool', 5), over('project/p', 0), over('client/c', 5)];
		for (const [a, b, told] of [
			[holds, spent, spent],
			[spent, holds, spent],
			[holds, alsoHolds, holds],
			[holds, undefined, holds],
			[undefined, spent, spent],
		] as const)
			assert.equal(longer(a, b), told);
	});

	it('is what a person raised it to', () => {
		assert.equal(overBudget('pool', { day: 1 }, raised(record(1_000_000), 'day', 500_000, 1), 500_000), undefined);
	});

	it('says that nobody chose it', () => {
		const over = overBudget('project/p', { day: 5, isDefault: true }, record(5_000_000), 1);
		assert.equal(over?.shortage.isDefault, true);
	});
});

describe('reservation and settlement, whatever happens', () => {
	const action = fc.oneof(
		fc.record({
			type: fc.constant('reserve' as const),
			cost: fc.nat(400_000),
			leaseMs: fc.integer({ min: 1, max: 90_000 }),
		}),
		fc.record({
			type: fc.constant('settle' as const),
			which: fc.nat(20),
			share: fc.float({ min: 0, max: 1, noNaN: true }),
		}),
		fc.record({ type: fc.constant('unsent' as const), which: fc.nat(20) }),
		fc.record({
			type: fc.constant('extend' as const),
			which: fc.nat(20),
			leaseMs: fc.integer({ min: 1, max: 90_000 }),
		}),
		fc.record({
			type: fc.constant('wait' as const),
			ms: fc.oneof({ weight: 4, arbitrary: fc.nat(20_000) }, { weight: 1, arbitrary: fc.nat(6 * hour) }),
		}),
	);

	it('never go over the budget, add up, and are never below nothing', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 120 }), fc.integer({ min: 1, max: 3 }), (actions, dollars) => {
				let now = noon;
				let record = initialSpending(now);
				/** What the day must hold, by a store of its own. */
				const open = new Map<LeaseId, { cost: number; expiresAt: number; day: number }>();
				let [day, spent] = [record.day.endsAt, 0];
				const pass = (): void => {
					for (const [lease, one] of open) {
						if (one.expiresAt > now) continue;
						if (one.day === day) spent += one.cost;
						open.delete(lease);
					}
					record = spendingAt(record, now);
					if (record.day.endsAt !== day) [day, spent] = [record.day.endsAt, 0];
				};
				const pick = (which: number): LeaseId | undefined => [...open.keys()][which % Math.max(1, open.size)];
				actions.forEach((one, n) => {
					pass();
					switch (one.type) {
						case 'reserve': {
							if (overBudget('pool', { day: dollars }, record, one.cost)) break;
							record = reserved(record, hold(n, one.cost, { expiresAt: now + one.leaseMs }));
							open.set(id(n), { cost: one.cost, expiresAt: now + one.leaseMs, day });
							break;
						}
						case 'settle':
						case 'unsent': {
							const lease = pick(one.which);
							const held = lease && open.get(lease);
							if (!lease || !held) break;
							const cost = one.type === 'settle' ? Math.floor(held.cost * one.share) : 0;
							record = settled(record, lease, { cost, tokens: 1, isCounted: one.type === 'settle' });
							open.delete(lease);
							if (held.day === day) spent += cost;
							break;
						}
						case 'extend': {
							const lease = pick(one.which);
							const held = lease && open.get(lease);
							if (!lease || !held) break;
							held.expiresAt = now + one.leaseMs;
							record = extended(record, lease, held.expiresAt);
							break;
						}
						case 'wait':
							now += one.ms;
							pass();
					}
					const ofDay = [...open.values()].filter((held) => held.day === day).reduce((sum, { cost }) => sum + cost, 0);
					assert.equal(record.day.cost, spent);
					assert.equal(reservedIn(record, 'day'), ofDay);
					assert.ok(record.day.cost + ofDay <= dollars * 1_000_000);
					assert.ok(record.month.cost >= record.day.cost);
					for (const value of [record.day.cost, record.day.requests, record.day.tokens, record.month.cost])
						assert.ok(value >= 0);
				});
			}),
			{ numRuns: 300 },
		);
	});
});
