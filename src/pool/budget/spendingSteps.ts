import type { MicroDollars } from '../types/pricing';
import type { Budget, SpendingPeriod, SpendingScope } from '../types/spending';
import type { StateStore } from '../types/stateStore';
import { initialActivity, released, toolCalled } from './clientActivity';
import { clientScope, raised, initialSpending, spendingAt } from './spending';

export interface Raise {
	readonly scope: SpendingScope;
	readonly period: SpendingPeriod;
	readonly by: MicroDollars;
}

/**
 * A person allows more in a scope, until the day or the month ends.
 *
 * @param budget the one that they raise
 */
export function raiseBudget(store: StateStore, { scope, period, by }: Raise, budget?: Budget): Promise<void> {
	return store.transact((tx, now) => {
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		tx.put({ kind: 'spending', id: scope, doc: raised(record, period, by, budget?.[period]) });
	});
}

/** A person has looked at a client that is held, and lets it go on. */
export function releaseClient(store: StateStore, client: string): Promise<void> {
	return store.transact((tx, now) => {
		const id = clientScope(client);
		const record = tx.spending(id);
		if (!record?.activity) return;
		tx.put({ kind: 'spending', id, doc: { ...record, activity: released(record.activity, now) } });
	});
}

/**
 * The model has asked a client's program for a tool.
 *
 * @param call the same for the same tool with the same arguments, and giving neither away
 * @returns whether the client is held
 */
export function noteToolCall(store: StateStore, client: string, call: string): Promise<boolean> {
	return store.transact((tx, now) => {
		const id = clientScope(client);
		const record = tx.spending(id) ?? initialSpending(now);
		const activity = toolCalled(record.activity ?? initialActivity(now), call, now);
		tx.put({ kind: 'spending', id, doc: { ...record, activity } });
		return activity.held !== undefined;
	});
}
