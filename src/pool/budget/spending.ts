import type { LeaseId, ProjectId } from '../types/key';
import { oneDollar, type MicroDollars } from '../types/pricing';
import type { Hold, Settlement, SpendingEvent } from '../types/callEvent';
import type { SpendingPeriod, SpendingRecord, Spent, SpendingScope } from '../types/spending';
import type { EpochMs } from '../types/stateStore';
import { longestDayMs, pacificMidnightAfter, pacificMonthAfter } from '../quota/pacificDay';

/** ms. The same for a month. */
const longestMonthMs = 32 * 24 * 3_600_000;

/** ms since 1970, in 2025: a clock that says less has not been set. */
const unsetBeforeMs = 1_750_000_000_000;

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
 * backwards, what was spent stays counted in the period that it is then; where it begins in 1970, as it does on a machine
 * without a battery until the network tells the time, all stays: the month of the right time would begin anew.
 */
export function spendingAt(given: SpendingRecord, now: EpochMs): SpendingRecord {
	if (now < unsetBeforeMs) return given;
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

/** The record after a call has done this to it. What a settled call came to is known, also where its reservation ran out. */
export function spendingAfter(given: SpendingRecord | undefined, event: SpendingEvent): SpendingRecord {
	const { at } = event;
	const record = given ?? initialSpending(at);
	switch (event.type) {
		case 'reserved':
			return reserved(spendingAt(record, at), event.hold);
		case 'extended':
			return spendingAt(extended(record, event.lease, event.expiresAt), at);
		case 'settled':
			return spendingAt(settled(record, event.lease, event.settlement), at);
	}
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
						requests: Math.max(0, day.requests - (isCounted ? 0 : (held.requests ?? 1))),
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

/** Counts a call that is about to be sent. `record` is one of `now`. */
export function reserved(record: SpendingRecord, hold: Hold): SpendingRecord {
	const { day, month, reservations } = record;
	return {
		...record,
		day: { ...day, requests: day.requests + (hold.requests ?? 1), tokens: day.tokens + hold.tokens },
		reservations: [...reservations, { ...hold, dayEndsAt: day.endsAt, monthEndsAt: month.endsAt }],
	};
}

/** A stream that goes on keeps its reservation. */
export function extended(record: SpendingRecord, lease: LeaseId, expiresAt: EpochMs): SpendingRecord {
	if (!record.reservations.some((one) => one.lease === lease)) return record;
	const reservations = record.reservations.map((one) => (one.lease === lease ? { ...one, expiresAt } : one));
	return { ...record, reservations };
}

/** Dollars as the engine counts them; a fraction of a millionth is no money. */
function microDollars(dollars: number): MicroDollars {
	return Math.round(dollars * oneDollar);
}

/** What a budget of so many dollars allows in a period, as a person raised it. */
export function limitOf(spent: Spent, dollars: number): MicroDollars {
	const limit = microDollars(dollars);
	return limit + raisedOf(spent, limit);
}

function raisedOf({ raised, raisedFrom }: Spent, limit: MicroDollars): MicroDollars {
	return (raisedFrom ?? limit) === limit ? raised : 0;
}

/**
 * A person allows more until the period ends.
 *
 * @param dollars the budget that they raise
 */
export function raised(record: SpendingRecord, period: SpendingPeriod, by: MicroDollars, dollars = 0): SpendingRecord {
	const raisedFrom = microDollars(dollars);
	const more = <S extends Spent>(spent: S): S => ({ ...spent, raisedFrom, raised: raisedOf(spent, raisedFrom) + by });
	return period === 'day' ? { ...record, day: more(record.day) } : { ...record, month: more(record.month) };
}

export function projectScope(project: ProjectId | string): SpendingScope {
	return `project/${project}`;
}

export function clientScope(client: string): SpendingScope {
	return `client/${client}`;
}

/** The name of a client whose scope it is. */
export function clientOf(scope: string): string | undefined {
	return scope.startsWith('client/') ? scope.slice('client/'.length) : undefined;
}

/** The id of a project whose scope it is. */
export function projectOf(scope: string): string | undefined {
	return scope.startsWith('project/') ? scope.slice('project/'.length) : undefined;
}

/** Whether a client is a program that nobody looks at: `gateway:` or `lm:` and its name. Our own surfaces have no colon. */
export function isProgram(client: string): boolean {
	return client.includes(':');
}
