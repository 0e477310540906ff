import type { Budget, Budgets } from '../../pool/pool';

/** @param client undefined: the budget of all projects together */
export function withBudget({ pool = {}, clients = {} }: Budgets, client: string | undefined, edited: Budget): Budgets {
	if (client === undefined) return { pool: edited, clients };
	const { [client]: _, ...others } = clients;
	return { pool, clients: Object.keys(edited).length === 0 ? others : { ...others, [client]: edited } };
}
