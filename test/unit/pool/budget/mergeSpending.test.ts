import assert from 'node:assert/strict';
import type { ClientActivity, DailyCost, LeaseId } from '../../../../src/pool/pool';
import { initialActivity, released, spent, toolCalled } from '../../../../src/pool/budget/clientActivity';
import { mergeDailyCost, mergeSpending } from '../../../../src/pool/budget/mergeSpending';
import { withoutCosts } from '../../../../src/pool/budget/erasedCosts';
import {
	extended,
	limitOf,
	raised,
	reserved,
	initialSpending,
	reservedIn,
	settled,
} from '../../../../src/pool/budget/spending';

const noon = Date.UTC(2026, 10, 24, 20);
const hold = (lease: string, cost: number) => ({ lease: lease as LeaseId, cost, tokens: 5, expiresAt: noon + 60_000 });
const done = (cost: number) => ({ cost, tokens: 9, isCounted: true });
const started = reserved(initialSpending(noon), hold('both', 100));

describe('spending that went on apart while the store was away', () => {
	it('counts on both sides, and what each has ended is ended', () => {
		const ours = reserved(settled(started, 'both' as LeaseId, done(40)), hold('ours', 70));
		const theirs = settled(reserved(started, hold('theirs', 30)), 'theirs' as LeaseId, done(20));
		const both = mergeSpending(ours, theirs, started, noon);
		assert.deepEqual([both.day.cost, both.month.cost, both.day.requests], [60, 60, 3]);
		assert.deepEqual([reservedIn(both, 'day'), both.reservations.map(({ lease }) => lease)], [70, ['ours']]);
		assert.deepEqual(mergeSpending(theirs, theirs, theirs, noon), theirs);
	});

	it('counts a call once that ended here for less than was held for it, when that would have run out since', () => {
		const before = reserved(settled(started, 'both' as LeaseId, done(500)), hold('late', 100));
		const cost = (ours: typeof before): readonly number[] => {
			const { day, month } = mergeSpending(ours, before, before, noon + 61_000);
			return [day.cost, month.cost, day.requests, day.tokens];
		};
		assert.deepEqual(cost(before), [600, 600, 2, 14]);
		assert.deepEqual(cost(settled(before, 'late' as LeaseId, done(40))), [540, 540, 2, 18]);
		const unsent = { cost: 0, tokens: 0, isCounted: false };
		assert.deepEqual(cost(settled(before, 'late' as LeaseId, unsent)), [500, 500, 1, 9]);
		const goesOn = extended(before, 'late' as LeaseId, noon + 90_000);
		assert.deepEqual(cost(goesOn), [500, 500, 2, 14]);
		assert.equal(reservedIn(mergeSpending(goesOn, before, before, noon + 61_000), 'day'), 100);
	});

	it('holds a call that goes on until the later of its ends: one that ran out was charged, and then its answer as well', () => {
		const goesOn = extended(started, 'both' as LeaseId, noon + 90_000);
		const ends = [mergeSpending(goesOn, started, started, noon), mergeSpending(started, goesOn, started, noon)];
		assert.deepEqual(
			ends.map(({ reservations }) => reservations.map(({ expiresAt }) => expiresAt)),
			[[noon + 90_000], [noon + 90_000]],
		);
	});

	it('holds nothing again that has ended on the other side, nor twice what both have learnt of since', () => {
		const ended = settled(started, 'both' as LeaseId, done(40));
		assert.deepEqual(mergeSpending(started, ended, started, noon).reservations, []);
		assert.equal(mergeSpending(started, started, initialSpending(noon), noon).reservations.length, 1);
	});

	it('gives back as many requests as a batch held that was never sent', () => {
		const before = reserved(started, { ...hold('vectors', 0), requests: 30 });
		const ours = settled(before, 'vectors' as LeaseId, { cost: 0, tokens: 0, isCounted: false });
		assert.deepEqual([before.day.requests, mergeSpending(ours, before, before, noon).day.requests], [31, 1]);
	});

	it('counts whole where the store is another one', () => {
		const ours = settled(started, 'both' as LeaseId, done(40));
		assert.equal(mergeSpending(ours, settled(started, 'both' as LeaseId, done(1)), undefined, noon).day.cost, 41);
	});

	it('raises a budget once for each side that raised it', () => {
		const both = mergeSpending(raised(started, 'day', 5), raised(started, 'day', 3), started, noon);
		assert.equal(both.day.raised, 8);
	});

	it('raises that budget alone which a person has raised, on whichever side', () => {
		const lifted = raised(started, 'day', 5, 5);
		for (const [ours, theirs] of [
			[lifted, started],
			[started, lifted],
		] as const) {
			const { day } = mergeSpending(ours, theirs, started, noon);
			assert.deepEqual([limitOf(day, 5), limitOf(day, 3)], [5_000_005, 3_000_000]);
		}
	});

	it('raises the budget that was set and raised last, and not by what one before it was', () => {
		const lifted = raised(started, 'day', 5_000_000, 5);
		const again = raised(lifted, 'day', 2_000_000, 3);
		for (const [ours, theirs] of [
			[again, lifted],
			[lifted, again],
		] as const) {
			const { day } = mergeSpending(ours, theirs, lifted, noon);
			assert.deepEqual([limitOf(day, 3), limitOf(day, 5)], [5_000_000, 5_000_000]);
		}
		const { day } = mergeSpending(again, raised(again, 'day', 1, 3), lifted, noon);
		assert.equal(limitOf(day, 3), 7_000_001);
	});

	it('holds a client that either side held, and lets go one that either side let go', () => {
		const loop = (activity: ClientActivity): ClientActivity => {
			let next = activity;
			for (let n = 0; n < 20; n++) next = toolCalled(next, 'same', noon + n);
			return next;
		};
		const calm = { ...started, activity: initialActivity(noon) };
		const held = { ...started, activity: loop(calm.activity) };
		const free = { ...started, activity: released(held.activity, noon + 50) };
		const isHeld = (...of: Parameters<typeof mergeSpending>) => mergeSpending(...of).activity?.held !== undefined;
		assert.ok(isHeld(held, calm, calm, noon) && isHeld(calm, held, calm, noon));
		assert.ok(!isHeld(free, held, held, noon) && !isHeld(held, free, held, noon));
		const hours = mergeSpending(
			{ ...calm, activity: spent(calm.activity, 7, noon) },
			{ ...calm, activity: spent(calm.activity, 5, noon) },
			calm,
			noon,
		);
		assert.equal(hours.activity?.hour.cost, 12);
	});
});

describe('the hour of a client that went on apart', () => {
	const before = noon - 3_600_000;
	/** What a client has spent in the hour that it is then. */
	const hourOf = (cost: number, at = noon) => ({ ...started, activity: spent(initialActivity(at), cost, at) });
	const merged = (...of: Parameters<typeof mergeSpending>) => {
		const { startsAt, cost } = mergeSpending(...of).activity?.hour ?? assert.fail();
		return [startsAt - noon, cost];
	};

	it('has what each side has spent in it since', () => {
		assert.deepEqual(merged(hourOf(11), hourOf(9), hourOf(4), noon), [0, 16]);
		assert.deepEqual(merged(hourOf(11), hourOf(9), hourOf(4, before), noon), [0, 20]);
		assert.deepEqual(merged(hourOf(11), hourOf(9), undefined, noon), [0, 20]);
	});

	it('is the later one where one side is not there yet', () => {
		assert.deepEqual(merged(hourOf(11), hourOf(9, before), hourOf(4, before), noon), [0, 11]);
		assert.deepEqual(merged(hourOf(11, before), hourOf(9), hourOf(4, before), noon), [0, 9]);
	});

	it('is that of the one side that knows the client', () => {
		assert.deepEqual(merged(hourOf(11), started, started, noon), [0, 11]);
		assert.deepEqual(merged(started, hourOf(9), started, noon), [0, 9]);
	});
});

describe('costs by day', () => {
	const row = (sends: number, more: Partial<DailyCost> = {}): DailyCost => ({
		...{ v: 2, dayEndsAt: initialSpending(noon).day.endsAt, monthEndsAt: initialSpending(noon).month.endsAt },
		...{ key: 'a' as never, project: 'p' as never, client: 'chat', model: 'm', tier: 'paid', sends },
		...{ input: 10 * sends, cached: sends, output: 2 * sends, thoughts: sends, cost: 3 * sends, listCost: 4 * sends },
		...more,
	});

	it('sum up what either side counted', () => {
		assert.deepEqual(mergeDailyCost(row(5), row(4), row(3)), row(6));
		assert.deepEqual(mergeDailyCost(row(5), row(4), undefined), row(9));
	});

	it('take what was forgotten off the pool and off its client, in its day and month alone', () => {
		const { day, month } = initialSpending(noon);
		const record = { ...initialSpending(noon), day: { ...day, cost: 100 }, month: { ...month, cost: 200 } };
		const gone = [row(5), row(1, { dayEndsAt: day.endsAt - 24 * 3_600_000 }), row(9, { monthEndsAt: 0, dayEndsAt: 0 })];
		const sums = (scope: 'pool' | 'client/chat' | 'client/other') => {
			const { day: ofDay, month: ofMonth } = withoutCosts(record, scope, gone);
			return [ofDay.cost, ofMonth.cost];
		};
		assert.deepEqual(
			[sums('pool'), sums('client/chat'), sums('client/other')],
			[
				[85, 182],
				[85, 182],
				[100, 200],
			],
		);
	});
});
