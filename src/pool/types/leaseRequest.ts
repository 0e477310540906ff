import type { BucketId, Key, KeyId, LeaseId, ProjectId, Tier } from './key';
import type { ServiceTier } from './pricing';
import type { BudgetShortage } from './spending';
import type { EpochMs } from './stateStore';
import type { RequestSize, Needs, Target } from './poolRequest';
import type { Reason } from './failure';

/** Identifies a queued request among those of all windows. */
export interface QueueTicket {
	readonly id: string;
	readonly window: string;
	readonly priority: 'chat' | 'batch';
	readonly since: EpochMs;
}

/** A request's demand for one lease on one model. */
export interface LeaseRequest {
	readonly model: string;
	readonly size: RequestSize;
	readonly needs: Needs;
	readonly lease: LeaseId;
	readonly holder: string;
	/** Who asks: the request's origin. */
	readonly client: string;
	/** Whether it is a program's, so that no person sees what it spends. */
	readonly isWatched: boolean;
	readonly serviceTier: ServiceTier;
	readonly leaseMs: number;
	/** Refused in this round: not asked again before a wait. */
	readonly excludedBuckets: ReadonlySet<BucketId>;
	readonly excludedKeys: ReadonlySet<KeyId>;
	/** The request is too large for free keys. */
	readonly paidForSize: boolean;
	/** The key to stay on, if it can serve. */
	readonly preferredKey: KeyId | undefined;
	/** The key that answered its session last: preferred where money and strategy leave the choice. */
	readonly sessionKey?: KeyId;
	/** Whether the session is in the middle of a turn. */
	readonly isInTurn?: boolean;
	/** Absent where the request need not yield to other windows. */
	readonly ticket?: QueueTicket;
}

/** Permission to send once, leased from a bucket. */
export interface LeaseGrant extends Target {
	readonly lease: LeaseId;
	readonly holder: string;
	readonly client: string;
	readonly label: string;
	readonly project: ProjectId;
	readonly tier: Tier;
	readonly bucketId: BucketId;
	readonly isWatched: boolean;
	readonly serviceTier: ServiceTier;
	/** Input tokens that were likely. */
	readonly likelyTokens: number;
	/** The model's own name, if `model` is an alias. */
	readonly resolved: string;
	readonly size: RequestSize;
	readonly sentAt: EpochMs;
	/** When the store had answered. */
	readonly knownAt: EpochMs;
	readonly leaseMs: number;
}

/** Why no key can serve now. */
export interface Rejection {
	readonly reason: Reason;
	/** ms since 1970; infinite if waiting does not help. */
	readonly retryAt: EpochMs;
	/** The key that can serve again first. */
	readonly on: Key | undefined;
	readonly model: string;
	/** A call in flight may free a key before `retryAt`. */
	readonly mayRetryEarlier?: true;
	readonly bucketId?: BucketId;
	/** The limit to name in the error. */
	readonly limit?: number;
	/** What the request counts as there. */
	readonly size?: number;
	/** Consecutive back-offs, if the model is overloaded. */
	readonly backoffLevel?: number;
	/** What a budget lacks, also where another key can serve again before it. */
	readonly shortage?: BudgetShortage;
	/** There is quota, but another window's request comes first. */
	readonly behind?: true;
}

/** A grant, with `insteadOf` if it is for another model than the wanted one; or a rejection. */
export type LeaseChoice =
	| { readonly grant: LeaseGrant; readonly insteadOf?: Rejection }
	| { readonly rejection: Rejection };
