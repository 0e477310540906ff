import type { KeyId, ProjectId, Tier } from './key';
import type { Target, Usage } from './poolRequest';
import type { Reason } from './failure';
import type { BudgetShortage } from './spending';

/** What a request's stream yields. A consumer that handles only `output` and `retract` is correct. */
export type StreamPart<C> =
	| { readonly type: 'output'; readonly attempt: number; readonly value: C }
	/** Discard all output so far. Sent just before the successor's first output, so that the screen is never blank. */
	| { readonly type: 'retract'; readonly attempt: number; readonly reason: Reason }
	| {
			readonly type: 'switched';
			readonly attempt: number;
			readonly from: Target;
			readonly to: Target;
			readonly reason: Reason;
	  }
	/** Sent again whenever one of its fields changes. */
	| {
			readonly type: 'waiting';
			/** What it waits for; no key if the model itself is overloaded. */
			readonly on: { readonly key?: KeyId; readonly model: string };
			readonly reason: Reason;
			/** ms until the pool tries again, as far as it knows. */
			readonly inMs: number;
			/** Requests that are served before this one. */
			readonly ahead: number;
	  }
	| {
			readonly type: 'done';
			readonly attempt: number;
			readonly finishReason: string;
			readonly on: Target;
			/** Of all sends, as their costs are. */
			readonly usage?: Usage;
			readonly attempts: readonly Attempt[];
	  };

/** One send, and how it ended. */
export interface Attempt extends Target {
	/** The key's label at the time: it stays right when the key is renamed or removed. */
	readonly label: string;
	/** ms since 1970. */
	readonly sentAt: number;
	readonly ms: number;
	readonly outcome: 'answered' | Reason;
	/** The service's message, masked. Absent for an answer. */
	readonly serviceMessage?: string;
	readonly usage?: Usage;
	/** The key's project, and what that counted as, when it was sent; absent in records of version 0.1.0. */
	readonly project?: ProjectId;
	readonly tier?: Tier;
	/** The model that answered: its own name, not an alias. Absent where nothing came. */
	readonly servedModel?: string;
	/** Millionths of a dollar; absent where it is not known. */
	readonly cost?: number;
	/** Nothing of it can have reached the service, so it does not count as a send. */
	readonly unsent?: true;
}

export interface PoolStream<C> extends AsyncIterable<StreamPart<C>> {
	/** Prefers another model from now on. A waiting request tries it at once; a running answer continues. */
	useModel(model: string): void;
	readonly attempts: readonly Attempt[];
}

/** The pool's only error. `localization/words.ts` describes it in the user's language. */
export class PoolError extends Error {
	override readonly name = 'PoolError';

	constructor(
		readonly reason: Reason,
		readonly attempts: readonly Attempt[],
		readonly facts: PoolFacts = {},
	) {
		super(reason);
	}
}

export interface PoolFacts {
	/** ms since 1970: when the first key can serve again. */
	readonly retryAt?: number;
	/** The service's last message, masked. */
	readonly serviceMessage?: string;
	/** The key at fault, for instance the one that made the pool pause. */
	readonly key?: KeyId;
	readonly model?: string;
	/** Only keys of paid projects were allowed. */
	readonly paidOnly?: true;
	/** A number for the message: a limit, a count of tries, or how many keys there are of which none is enabled. */
	readonly limit?: number;
	/** Bytes or tokens of the request, if it was too large; requests that it counts as, if these were too many for a day’s cap. */
	readonly size?: number;
	/** What a budget lacks. */
	readonly shortage?: BudgetShortage;
	/** Calls under way alone fill a daily cap: one may give its place back. */
	readonly isHeld?: true;
	/** Who is held until a person has looked. */
	readonly client?: string;
}
