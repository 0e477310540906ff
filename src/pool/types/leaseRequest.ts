import type { BucketId, Key, KeyId, LeaseId, ProjectId, Tier } from './key';
import type { ServiceTier } from './pricing';
import type { BudgetShortage } from './spending';
import type { EpochMs } from './stateStore';
import type { RequestSize, Needs, Target } from './poolRequest';
import type { Reason } from './failure';

/** Where a request stands among all that wait, in whichever window. */
export interface QueueTicket {
	readonly id: string;
	readonly window: string;
	readonly priority: 'chat' | 'batch';
	readonly since: EpochMs;
}

/** What one request looks for on one model. */
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
	/** Spent in this round: not sent to again before a wait. */
	readonly excludedBuckets: ReadonlySet<BucketId>;
	readonly excludedKeys: ReadonlySet<KeyId>;
	/** The request is too large for free keys. */
	readonly paidForSize: boolean;
	/** The key to stay on, where it can serve. */
	readonly preferredKey: KeyId | undefined;
	/** The key that answered its session last: preferred where money and strategy leave the choice. */
	readonly sessionKey?: KeyId;
	/** Whether the session is in the middle of a turn. */
	readonly isInTurn?: boolean;
	/** Where it stands among the requests of all windows; absent where it need not yield to any. */
	readonly ticket?: QueueTicket;
}

/** A leased place in a bucket: the permission to send once. */
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
	/** The model's own name where `model` is an alias. */
	readonly resolved: string;
	readonly size: RequestSize;
	readonly sentAt: EpochMs;
	readonly leaseMs: number;
}

/** Nothing can serve now. */
export interface Rejection {
	readonly reason: Reason;
	/** ms since 1970; infinite where waiting does not help. */
	readonly retryAt: EpochMs;
	/** The key that would be back first. */
	readonly on: Key | undefined;
	readonly model: string;
	/** A call under way may free somebody before `retryAt`, so the wait is not known to be long. */
	readonly mayRetryEarlier?: true;
	readonly bucketId?: BucketId;
	/** A limit the wording needs. */
	readonly limit?: number;
	/** Back-offs in a row, where the model is overloaded. */
	readonly backoffLevel?: number;
	/** What a budget lacks. */
	readonly shortage?: BudgetShortage;
	/** There is room, and a request of another window was there first. */
	readonly behind?: true;
}

/** A grant, perhaps on another model than the wanted one and then with the reason; or when to ask again. */
export type LeaseChoice =
	| { readonly grant: LeaseGrant; readonly insteadOf?: Rejection }
	| { readonly rejection: Rejection };

export function isGrant(answer: LeaseGrant | Rejection): answer is LeaseGrant {
	return 'lease' in answer;
}
