import { spendingPeriods, type Budget, type Budgets, type SpendingPeriod } from '../types/spending';

/** Budgets of people together with what clients may spend by rules of their own: the stricter of the two holds. */
export function strictest(budgets: Budgets, own: Readonly<Record<string, Budget>>): Budgets {
	if (Object.keys(own).length === 0) return budgets;
	const given = new Map(Object.entries(budgets.clients ?? {}));
	const clients = Object.entries(own).map(([client, budget]) => [client, stricter(given.get(client), budget)] as const);
	return { ...budgets, clients: Object.fromEntries([...given, ...clients]) };
}

function stricter(one: Budget | undefined, other: Budget): Budget {
	if (!one) return other;
	const bounds = spendingPeriods.flatMap((period): [SpendingPeriod, number][] => {
		const dollars = Math.min(bound(one[period]), bound(other[period]));
		return dollars === Infinity ? [] : [[period, dollars]];
	});
	return { ...one, ...Object.fromEntries(bounds) };
}

function bound(dollars = Infinity): number {
	return Number.isNaN(dollars) ? Infinity : dollars;
}
