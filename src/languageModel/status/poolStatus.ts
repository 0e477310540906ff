import { countedState, type Snapshot } from '../../pool/pool';

/** How the pool is, for a program: counts, states and times. No label and no mask of a key is in it. */
export interface PoolStatus {
	/** Of `keypool.model`. */
	readonly model: string;
	/** Keys that can answer now, of those that are enabled. */
	readonly usableKeys: number;
	readonly enabledKeys: number;
	/** All keys by their state; `barred`: only paid ones may be used, and this one could answer. */
	readonly states: Readonly<Record<string, number>>;
	/** When the first key that rests is back, as an ISO date. */
	readonly firstKeyBackAt?: string;
	/** A team's gateway answers with keys of its own: the one that is counted here stands for it. */
	readonly isTeamGateway?: true;
	/** The system's secret storage is locked: there may be keys that are not counted. */
	readonly areKeysLocked?: true;
	/** Why Keypool has paused to protect the keys; nothing is answered until the person resumes. */
	readonly paused?: string;
	readonly isOnlyPaid: boolean;
	readonly requestsWaiting: number;
	/** Other models that were asked for in the last hour. */
	readonly otherModels: readonly {
		readonly model: string;
		readonly usableKeys: number;
		readonly firstKeyBackAt?: string;
	}[];
}

export function poolStatus(
	{ keys, model, paidOnly, paused, supplies, total, usable, waiting }: Snapshot,
	canReadKeys = true,
	isTeamGateway = false,
): PoolStatus {
	const counts = new Map<string, number>();
	for (const key of keys) {
		const state = countedState(key);
		counts.set(state, (counts.get(state) ?? 0) + 1);
	}
	const [own, ...others] = supplies;
	return {
		model,
		usableKeys: usable,
		enabledKeys: total,
		states: Object.fromEntries(counts),
		...backAt(own?.back),
		...(isTeamGateway && { isTeamGateway }),
		...(!canReadKeys && { areKeysLocked: true }),
		...(paused && { paused: paused.reason }),
		isOnlyPaid: paidOnly,
		requestsWaiting: waiting,
		otherModels: others.map((supply) => ({ model: supply.model, usableKeys: supply.usable, ...backAt(supply.back) })),
	};
}

function backAt(back: number | undefined): { readonly firstKeyBackAt?: string } {
	return back === undefined ? {} : { firstKeyBackAt: new Date(back).toISOString() };
}
