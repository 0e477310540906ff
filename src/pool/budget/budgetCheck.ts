import type { Rejected } from '../quota/admissionChecks';
import type { MicroDollars } from '../types/pricing';
import {
	spendingPeriods,
	type Budget,
	type BudgetShortage,
	type SpendingRecord,
	type SpendingScope,
} from '../types/spending';
import type { EpochMs } from '../types/stateStore';
import { limitOf, reservedIn } from './spending';

/** A budget does not allow a call. */
export interface OverBudget {
	readonly reason: 'budget';
	/** When the period ends; infinite where the call alone is too dear for the whole budget. */
	readonly retryAt: EpochMs;
	readonly shortage: BudgetShortage;
	/** Calls under way hold what is missing, and can turn out to be cheaper. */
	readonly mayRetryEarlier?: true;
}

/**
 * The period whose budget a call of at most this cost does not fit into; of two the one that ends later, because nothing goes
 * before. `record` is one of now.
 */
export function overBudget(
	scope: SpendingScope,
	budget: Budget | undefined,
	record: SpendingRecord,
	needed: MicroDollars,
): OverBudget | undefined {
	let over: OverBudget | undefined;
	for (const period of spendingPeriods) {
		const dollars = budget?.[period];
		if (dollars === undefined || Number.isNaN(dollars)) continue;
		const { cost, endsAt } = record[period];
		const limit = limitOf(record[period], dollars);
		const used = cost + reservedIn(record, period);
		if (used + needed <= limit) continue;
		const isDefault = budget?.isDefault ? { isDefault: true as const } : {};
		const isHeld = cost + needed <= limit;
		over = longer(over, {
			reason: 'budget',
			retryAt: needed > limit ? Infinity : endsAt,
			shortage: { scope, period, limit, used, needed, ...isDefault, ...(isHeld && { isHeld }) },
			...(isHeld && { mayRetryEarlier: isHeld }),
		});
	}
	return over;
}

/** Of two reasons against a call the one that holds longer: the first, where both end together. */
export function longer<T extends Rejected>(a: T | undefined, b: T | undefined): T | undefined {
	if (!a || !b) return a ?? b;
	// What calls under way hold may come back; what was spent does not.
	if (a.mayRetryEarlier !== b.mayRetryEarlier) return a.mayRetryEarlier ? b : a;
	return b.retryAt > a.retryAt ? b : a;
}
