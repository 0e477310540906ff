import type { PoolRequest, StrategyName } from '../../../src/pool/pool';

/** What becomes of a call that no quota refuses. */
export type Fault = 'none' | 'network' | 'unsent' | 'cut' | 'breaks' | 'hangs' | 'overloaded' | 'internal';

export interface Scenario {
	readonly strategy: StrategyName;
	readonly seed: number;
	readonly keys: readonly { readonly project: number; readonly paid: boolean; readonly fate: Fate }[];
	/** By project; absent: no such limit. */
	readonly quotas: readonly Quota[];
	/** The user's own, by project. */
	readonly own: readonly Quota[];
	/** For the n-th call, over and over. */
	readonly faults: readonly Fault[];
	readonly latencyMs: number;
	readonly requests: readonly Asking[];
	/** The machine's clock is set, or the host restarts (the store survives, the calls do not). */
	readonly moves: readonly { readonly atMs: number; readonly jumpMs?: number }[];
}

export interface Quota {
	readonly rpm?: number;
	readonly tpm?: number;
	readonly rpd?: number;
}

/** Dead keys are told so; late ones are known from the first check on; refused ones are forbidden. */
export type Fate = 'good' | 'dead' | 'late' | 'refused';

export interface Asking {
	readonly atMs: number;
	readonly priority: PoolRequest['priority'];
	readonly recovery: PoolRequest['recovery'];
	readonly bytes: number;
	/** What images cost, in tokens. */
	readonly images: number;
	/** Asks for the wanted model by another name. */
	readonly byAlias: boolean;
	readonly maxWaitMs: number;
	readonly cancelAfterMs?: number;
	/** How long the consumer takes over each part. */
	readonly lagMs: number;
	readonly fallback: boolean;
}
