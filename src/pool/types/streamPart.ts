import type { KeyId, ProjectId, Tier } from './key';
import type { Target, Usage } from './poolRequest';
import type { Reason } from './failure';
import type { BudgetShortage } from './spending';

/** What a request hands out, in band and in order. A consumer that honours only output and retract is correct. */
export type StreamPart<C> =
	| { readonly type: 'output'; readonly attempt: number; readonly value: C }
	/** Forget all output so far: sent just before the successor's first output, so that a screen is never blank. */
	| { readonly type: 'retract'; readonly attempt: number; readonly reason: Reason }
	| {
			readonly type: 'switched';
			readonly attempt: number;
			readonly from: Target;
			readonly to: Target;
			readonly reason: Reason;
	  }
	/** Sent again whenever one of its facts moves. */
	| {
			readonly type: 'waiting';
			/** Whom it waits for; no key where the model itself is overloaded. */
			readonly on: { readonly key?: KeyId; readonly model: string };
			readonly reason: Reason;
			/** ms from now until the pool will try again, as far as it knows. */
			readonly inMs: number;
			/** Requests that are served before this one. */
			readonly ahead: number;
	  }
	| {
			readonly type: 'done';
			readonly attempt: number;
			readonly finishReason: string;
			readonly on: Target;
			readonly usage?: Usage;
			readonly attempts: readonly Attempt[];
	  };

/** One send and how it ended. */
export interface Attempt extends Target {
	/** The key's label when it was sent: a renamed or removed key keeps its history. */
	readonly label: string;
	/** ms since 1970. */
	readonly sentAt: number;
	readonly ms: number;
	readonly outcome: 'answered' | Reason;
	/** What the service said, masked. Absent for an answer. */
	readonly serviceMessage?: string;
	readonly usage?: Usage;
	/** The key's project, and what that counted as, when it was sent; absent in records of version 0.1.0. */
	readonly project?: ProjectId;
	readonly tier?: Tier;
	/** The model that answered: its own name, not an alias. Absent where nothing came. */
	readonly servedModel?: string;
	/** Millionths of a dollar; absent where it is not known. */
	readonly cost?: number;
	/** Nothing of it can have reached the service: it is in the attempts, and no count of sends has it. */
	readonly unsent?: true;
}

export interface PoolStream<C> extends AsyncIterable<StreamPart<C>> {
	/** Asks for another model from now on; a waiting request tries it at once, a running answer goes on. */
	useModel(model: string): void;
	readonly attempts: readonly Attempt[];
}

/** The pool's only error: codes and facts. `words.ts` words them in the user's language. */
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
	/** ms since 1970: when the first key is back. */
	readonly retryAt?: number;
	/** What the service said last, masked. */
	readonly serviceMessage?: string;
	/** The key that made the pool pause. */
	readonly key?: KeyId;
	readonly model?: string;
	/** Keys of paid projects alone were asked. */
	readonly paidOnly?: true;
	/** A number the wording needs: a limit, a count of tries. */
	readonly limit?: number;
	/** Bytes or tokens of the request, where it was too large. */
	readonly size?: number;
	/** What a budget lacks. */
	readonly shortage?: BudgetShortage;
	/** Who is held until a person has looked. */
	readonly client?: string;
}
