import type { MicroDollars } from '../types/pricing';
import type { Budget, SpendingPeriod, SpendingScope } from '../types/spending';
import type { StateStore } from '../types/stateStore';
import type { Key, ProjectId } from '../types/key';
import { initialActivity, released, toolCalled } from './clientActivity';
import { clientScope, projectScope, raised, initialSpending, spendingAt } from './spending';

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

/**
 * Where all keys of a project have come to another one, what was spent and counted there counts here: it is the same money.
 * Whichever window comes first moves it. Calls under way end where they began.
 */
export async function moveSpending(store: StateStore, before: readonly Key[], after: readonly Key[]): Promise<void> {
	if (store.joinsProjects) return;
	const now = new Map(after.map(({ id, project }) => [id, project]));
	const inUse = new Set(now.values());
	const left = before.filter(({ project }) => !inUse.has(project));
	for (const from of new Set(left.map(({ project }) => project))) {
		const found = new Set(left.flatMap(({ id, project }) => (project === from ? (now.get(id) ?? []) : [])));
		const [to] = found;
		if (to && found.size === 1) await addSpending(store, from, to);
	}
}

async function addSpending(store: StateStore, from: ProjectId, to: ProjectId): Promise<void> {
	const [source, target] = [projectScope(from), projectScope(to)];
	if (!store.replica().spending.has(source)) return;
	await store.transact((tx, now) => {
		const fresh = initialSpending(now);
		const old = spendingAt(tx.spending(source) ?? fresh, now);
		const record = spendingAt(tx.spending(target) ?? fresh, now);
		const { day, month } = record;
		const { cost, requests, tokens } = old.day;
		const whole = {
			...record,
			day: { ...day, cost: day.cost + cost, requests: day.requests + requests, tokens: day.tokens + tokens },
			month: { ...month, cost: month.cost + old.month.cost },
		};
		tx.put({ kind: 'spending', id: target, doc: whole });
		tx.put({ kind: 'spending', id: source, doc: { ...fresh, reservations: old.reservations } });
	});
}
