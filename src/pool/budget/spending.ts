import type { LeaseId } from '../types/key';
import type { MicroDollars } from '../types/pricing';
import type { SpendingPeriod, SpendingRecord, Spent } from '../types/spending';
import type { EpochMs } from '../types/stateStore';
import { pacificMidnightAfter, pacificMonthAfter } from '../quota/pacificDay';

/** ms. No period ends further away: another end was left by a clock that went backwards. */
const longestDayMs = 26 * 3_600_000;
const longestMonthMs = 32 * 24 * 3_600_000;

export function initialSpending(now: EpochMs): SpendingRecord {
	return { v: 2, day: newDay(now), month: newMonth(now), reservations: [] };
}

function newDay(now: EpochMs): SpendingRecord['day'] {
	return { endsAt: pacificMidnightAfter(now), cost: 0, raised: 0, requests: 0, tokens: 0 };
}

function newMonth(now: EpochMs): Spent {
	return { endsAt: pacificMonthAfter(now), cost: 0, raised: 0 };
}

/**
 * The record as it stands at `now`: expired reservations are spent, periods that ended begin anew. Where the clock went
 * backwards, what was spent stays counted in the period that it is then.
 */
export function spendingAt(given: SpendingRecord, now: EpochMs): SpendingRecord {
	let record = given;
	for (const { lease, expiresAt, cost } of given.reservations) {
		if (expiresAt <= now) record = settled(record, lease, { cost, tokens: undefined, isCounted: true });
	}
	return withMonth(withDay(record, now), now);
}

function withDay(record: SpendingRecord, now: EpochMs): SpendingRecord {
	const { day, reservations } = record;
	if (day.endsAt <= now) return { ...record, day: newDay(now) };
	if (day.endsAt <= now + longestDayMs) return record;
	const endsAt = pacificMidnightAfter(now);
	const moved = reservations.map((one) => (one.dayEndsAt === day.endsAt ? { ...one, dayEndsAt: endsAt } : one));
	return { ...record, day: { ...day, endsAt }, reservations: moved };
}

function withMonth(record: SpendingRecord, now: EpochMs): SpendingRecord {
	const { month, reservations } = record;
	if (month.endsAt <= now) return { ...record, month: newMonth(now) };
	if (month.endsAt <= now + longestMonthMs) return record;
	const endsAt = pacificMonthAfter(now);
	const moved = reservations.map((one) => (one.monthEndsAt === month.endsAt ? { ...one, monthEndsAt: endsAt } : one));
	return { ...record, month: { ...month, endsAt }, reservations: moved };
}

/** How a call ended: what it cost, and the tokens of prompt and answer; absent tokens stay as they were reserved. */
export interface Settlement {
	readonly cost: MicroDollars;
	readonly tokens: number | undefined;
	/** False where the service refused it or never had it: then it is no request of the day. */
	readonly isCounted: boolean;
}

/** Ends a reservation, in the periods that it was made in. One that is gone was settled as spent, and stays so. */
export function settled(
	record: SpendingRecord,
	lease: LeaseId,
	{ cost, tokens, isCounted }: Settlement,
): SpendingRecord {
	const held = record.reservations.find((one) => one.lease === lease);
	if (!held) return record;
	const { day, month } = record;
	const spent = isCounted ? (tokens ?? held.tokens) : 0;
	return {
		...record,
		day:
			held.dayEndsAt === day.endsAt
				? {
						...day,
						cost: day.cost + cost,
						requests: Math.max(0, day.requests - (isCounted ? 0 : 1)),
						tokens: Math.max(0, day.tokens + spent - held.tokens),
					}
				: day,
		month: held.monthEndsAt === month.endsAt ? { ...month, cost: month.cost + cost } : month,
		reservations: record.reservations.filter((one) => one !== held),
	};
}

/** What is reserved by calls that count in the current period. */
export function reservedIn({ reservations, day, month }: SpendingRecord, period: SpendingPeriod): MicroDollars {
	let sum = 0;
	for (const { cost, dayEndsAt, monthEndsAt } of reservations) {
		if (period === 'day' ? dayEndsAt === day.endsAt : monthEndsAt === month.endsAt) sum += cost;
	}
	return sum;
}
