import type { DailyCost, SpendingRecord, SpendingScope } from '../types/spending';
import { clientScope } from './spending';

/** Without what keys have cost that are forgotten: of the pool, or of a client. */
export function withoutCosts(
	record: SpendingRecord,
	scope: SpendingScope,
	costs: readonly DailyCost[],
): SpendingRecord {
	const { day, month } = record;
	let [ofDay, ofMonth] = [0, 0];
	for (const { client, cost, dayEndsAt, monthEndsAt } of costs) {
		if (scope !== 'pool' && scope !== clientScope(client)) continue;
		if (dayEndsAt === day.endsAt) ofDay += cost;
		if (monthEndsAt === month.endsAt) ofMonth += cost;
	}
	if (ofMonth === 0) return record;
	return {
		...record,
		day: { ...day, cost: Math.max(0, day.cost - ofDay) },
		month: { ...month, cost: Math.max(0, month.cost - ofMonth) },
	};
}
