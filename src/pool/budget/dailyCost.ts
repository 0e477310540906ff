import type { KeyId, ProjectId, Tier } from '../types/key';
import type { DailyCost } from '../types/spending';
import type { Docs, EpochMs, Transaction } from '../types/stateStore';
import type { Charge } from './charge';

/** Kept at the most, whatever the number of keys and clients: the oldest go first. */
export const maxDailyCosts = 20_000;
/** ms. Long enough for this month beside the last one. */
export const dailyCostKeptMs = 62 * 24 * 3_600_000;

/** Which answers are counted together. */
export interface CostGroup {
	readonly key: KeyId;
	readonly project: ProjectId;
	readonly client: string;
	readonly model: string;
	readonly tier: Tier;
	/** Of the Pacific day in which it was sent. */
	readonly dayEndsAt: EpochMs;
	readonly monthEndsAt: EpochMs;
}

/** Adds one call to what its key, client and model have cost on its Pacific day. */
export function addDailyCost(tx: Transaction, docs: Docs, group: CostGroup, charge: Charge): void {
	const id = [group.dayEndsAt, group.key, group.client, group.model, group.tier].join(' ');
	const before = tx.dailyCost(id);
	const { input = 0, cached = 0, output = 0, thoughts = 0 } = charge.usage ?? {};
	const more = { sends: 1, input, cached, output, thoughts, cost: charge.cost ?? 0, listCost: charge.listCost };
	tx.put({ kind: 'dailyCost', id, doc: { v: 2, ...group, ...eachSum((of) => (before?.[of] ?? 0) + more[of]) } });
	if (before === undefined && docs.dailyCost.size >= maxDailyCosts) dropOldest(tx, docs);
}

type Sum = 'sends' | 'input' | 'cached' | 'output' | 'thoughts' | 'cost' | 'listCost';

/** What is added up. */
export function eachSum(sum: (of: Sum) => number): Pick<DailyCost, Sum> {
	return {
		sends: sum('sends'),
		input: sum('input'),
		cached: sum('cached'),
		output: sum('output'),
		thoughts: sum('thoughts'),
		cost: sum('cost'),
		listCost: sum('listCost'),
	};
}

function dropOldest(tx: Transaction, { dailyCost }: Docs): void {
	let oldest: string | undefined;
	let endsAt = Infinity;
	for (const [id, { dayEndsAt }] of dailyCost) {
		if (dayEndsAt < endsAt) [oldest, endsAt] = [id, dayEndsAt];
	}
	if (oldest !== undefined) tx.drop({ kind: 'dailyCost', id: oldest });
}
