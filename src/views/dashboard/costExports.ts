import type { SpendingView, SpentView } from '../../pool/pool';
import type { ExportFacts } from './exports';
import { projectNames, spendingByProject } from './quotas';
import { labelsOf } from './voice';

export const costColumns = [
	...['dayEndsAt', 'key', 'client', 'servedModel', 'tier', 'sends', 'inputTokens', 'cachedTokens', 'outputTokens'],
	...['thoughtsTokens', 'costMicroUsd', 'listCostMicroUsd'],
] as const;

/** What answers have cost by day, key, client and model. A day is a Pacific one, told by its end. */
export function costs({ snapshot, history, mask }: ExportFacts): readonly Readonly<Record<string, string | number>>[] {
	const labels = labelsOf(snapshot.keys, history.requestRecords());
	return history.dailyCosts().map(({ dayEndsAt, key, client, model, tier, ...one }) => ({
		dayEndsAt: new Date(dayEndsAt).toISOString(),
		...{ key: mask(labels.get(key) ?? ''), client: mask(client), servedModel: mask(model), tier, sends: one.sends },
		...{ inputTokens: one.input, cachedTokens: one.cached, outputTokens: one.output + one.thoughts },
		...{ thoughtsTokens: one.thoughts, costMicroUsd: one.cost, listCostMicroUsd: one.listCost },
	}));
}

/** What is spent of each budget, in millionths of a dollar. */
export function budgets({ snapshot: { keys, spending, clients }, mask }: ExportFacts): readonly object[] {
	const names = projectNames(keys, mask);
	return [
		{ scope: 'pool', ...budgetRow(spending) },
		...spendingByProject(keys).map(([id, of]) => ({ scope: 'project', name: names.get(id) ?? '', ...budgetRow(of) })),
		...clients.map(({ client, spending: of, held }) => ({
			...{ scope: 'client', name: mask(client), ...budgetRow(of) },
			...(held && { held: held.cause }),
		})),
	];
}

function budgetRow({ day, month }: SpendingView): object {
	const row = ({ cost, limit }: SpentView): object => ({ costMicroUsd: cost, budgetMicroUsd: limit });
	return { day: row(day), month: row(month) };
}
