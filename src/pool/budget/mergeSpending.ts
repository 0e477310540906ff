import type { ClientActivity, DailyCost, Reservation, SpendingRecord, Spent } from '../types/spending';
import type { EpochMs } from '../types/stateStore';
import { added, heldLonger, sumOf } from '../quota/growth';
import { eachSum } from './dailyCost';
import { spendingAt } from './spending';

/**
 * One record that was changed here while the shared store was out of reach, and there by others: `base` is how both began.
 * What was spent on either side counts.
 */
export function mergeSpending(
	ours: SpendingRecord,
	theirs: SpendingRecord,
	from: SpendingRecord | undefined,
	now: EpochMs,
): SpendingRecord {
	const mine = spendingAt(ours, now);
	const other = spendingAt(theirs, now);
	const base = from && spendingAt(from, now);
	const known = new Set(base?.reservations.map(({ lease }) => lease));
	const openIn = ({ reservations }: SpendingRecord, lease: string): Reservation | undefined =>
		reservations.find((one) => one.lease === lease);
	// What ran out there may have ended here for less, or go on.
	const held = from?.reservations ?? [];
	const [cost, tokens] = [sumOf(held, (one) => one.cost), sumOf(held, (one) => one.tokens)];
	const requests = sumOf(held, (one) => one.requests ?? 1);
	const activity = mergeActivity(mine.activity, other.activity, base?.activity);
	return {
		...other,
		day: {
			...withGrowth(mine.day, other.day, base?.day, cost),
			requests: added(other.day.requests, mine.day.requests, base?.day.requests, requests),
			tokens: added(other.day.tokens, mine.day.tokens, base?.day.tokens, tokens),
		},
		month: withGrowth(mine.month, other.month, base?.month, cost),
		reservations: [
			...other.reservations
				.filter(({ lease }) => !known.has(lease) || openIn(mine, lease))
				.map((one) => heldLonger(one, openIn(mine, one.lease))),
			...mine.reservations.filter(({ lease }) => !known.has(lease) && !openIn(other, lease)),
		],
		...(activity && { activity }),
	};
}

/** The same of what was counted together. */
export function mergeDailyCost(ours: DailyCost, theirs: DailyCost, base: DailyCost | undefined): DailyCost {
	return { ...theirs, ...eachSum((of) => added(theirs[of], ours[of], base?.[of])) };
}

function withGrowth<S extends Spent>(mine: S, other: S, base: S | undefined, givenBack: number): S {
	const isRaised = mine.raised !== (base?.raised ?? 0) || mine.raisedFrom !== base?.raisedFrom;
	const { raisedFrom } = isRaised ? mine : other;
	const raised = (spent: S | undefined): number =>
		spent && (spent.raisedFrom ?? raisedFrom) === raisedFrom ? spent.raised : 0;
	return {
		...other,
		cost: added(other.cost, mine.cost, base?.cost, givenBack),
		raised: added(raised(other), raised(mine), raised(base)),
		// Without the budget that was raised, it would raise any that is set later.
		...(raisedFrom !== undefined && { raisedFrom }),
	};
}

/** The hour is the sum of both. A client that either side held is held, unless one side has released it. */
function mergeActivity(
	mine: ClientActivity | undefined,
	other: ClientActivity | undefined,
	base: ClientActivity | undefined,
): ClientActivity | undefined {
	if (!mine || !other) return mine ?? other;
	const { held: _, ...rest } = other;
	const isReleased = base?.held !== undefined && (!mine.held || !other.held);
	const held = isReleased ? undefined : (other.held ?? mine.held);
	const isSameHour = mine.hour.startsAt === other.hour.startsAt;
	const before = base?.hour.startsAt === mine.hour.startsAt ? base.hour.cost : 0;
	const hour = isSameHour
		? { ...other.hour, cost: added(other.hour.cost, mine.hour.cost, before) }
		: mine.hour.startsAt > other.hour.startsAt
			? mine.hour
			: other.hour;
	return { ...rest, hour, ...(held && { held }) };
}
