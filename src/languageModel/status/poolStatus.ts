import type { Snapshot, Standing } from '../../pool/pool';

/** How a key is, in the words that programs know. */
const states: Readonly<Record<Standing['is'], string>> = {
	usable: 'available',
	disabled: 'disabled',
	benched: 'quarantined',
	resting: 'coolingDown',
	probing: 'halfOpen',
	closed: 'unsupported',
};

/** How the pool is, for a program: counts, states and times. No label and no mask of a key is in it. */
export interface PoolStatus {
	/** Of `keypool.model`. */
	readonly model: string;
	/** Keys that can answer now, of those that are enabled. */
	readonly usableKeys: number;
	readonly enabledKeys: number;
	/** All keys by their state. */
	readonly states: Readonly<Record<string, number>>;
	/** When the first key that rests is back, as an ISO date. */
	readonly firstKeyBackAt?: string;
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

export function poolStatus({ keys, model, paidOnly, paused, supplies, total, usable, waiting }: Snapshot): PoolStatus {
	const counts = new Map<string, number>();
	for (const { standing } of keys) counts.set(states[standing.is], (counts.get(states[standing.is]) ?? 0) + 1);
	const [own, ...others] = supplies;
	return {
		model,
		usableKeys: usable,
		enabledKeys: total,
		states: Object.fromEntries(counts),
		...backAt(own?.back),
		...(paused && { paused: paused.why }),
		isOnlyPaid: paidOnly,
		requestsWaiting: waiting,
		otherModels: others.map((supply) => ({ model: supply.model, usableKeys: supply.usable, ...backAt(supply.back) })),
	};
}

function backAt(back: number | undefined): { readonly firstKeyBackAt?: string } {
	return back === undefined ? {} : { firstKeyBackAt: new Date(back).toISOString() };
}
