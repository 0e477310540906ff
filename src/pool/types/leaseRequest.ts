import type { BucketId, Key, KeyId, LeaseId } from './key';
import type { Wall } from './stateStore';
import type { Cost, Needs, Target } from './poolRequest';
import type { Reason } from './failure';

/** Where a request stands among all that wait, in whichever window. */
export interface Place {
	readonly id: string;
	readonly window: string;
	readonly priority: 'chat' | 'batch';
	readonly since: Wall;
}

/** What one request looks for on one model. */
export interface Seek {
	readonly model: string;
	readonly cost: Cost;
	readonly needs: Needs;
	readonly lease: LeaseId;
	readonly holder: string;
	readonly leaseMs: number;
	/** Spent in this round: not sent to again before a wait. */
	readonly spentBuckets: ReadonlySet<BucketId>;
	readonly spentKeys: ReadonlySet<KeyId>;
	/** The request is too large for free keys. */
	readonly paidForSize: boolean;
	/** The key to stay on, where it can serve. */
	readonly prefer: KeyId | undefined;
	/** Where it stands among the requests of all windows; absent where it need not yield to any. */
	readonly place?: Place;
}

/** A leased place in a bucket: the permission to send once. */
export interface Grant extends Target {
	readonly lease: LeaseId;
	readonly holder: string;
	readonly label: string;
	readonly bucketId: BucketId;
	/** The bucket that counts the project's daily cap, where there is one. */
	readonly capId: BucketId | undefined;
	/** The model's own name where `model` is an alias. */
	readonly resolved: string;
	readonly cost: Cost;
	readonly sentAt: Wall;
	readonly leaseMs: number;
}

/** Nothing can serve now. */
export interface Denial {
	readonly why: Reason;
	/** ms since 1970; infinite where waiting does not help. */
	readonly retryAt: Wall;
	/** The key that would be back first. */
	readonly on: Key | undefined;
	readonly model: string;
	/** A call under way may free somebody before `retryAt`, so the wait is not known to be long. */
	readonly mayEndSooner?: true;
	readonly bucketId?: BucketId;
	/** A limit the wording needs. */
	readonly limit?: number;
	/** Back-offs in a row, where the model is overloaded. */
	readonly repeats?: number;
	/** There is room, and a request of another window was there first. */
	readonly behind?: true;
}

/** A grant, perhaps on another model than the wanted one and then with the reason; or when to ask again. */
export type Choice = { readonly grant: Grant; readonly insteadOf?: Denial } | { readonly denial: Denial };

export function isGrant(answer: Grant | Denial): answer is Grant {
	return 'lease' in answer;
}
