import type { BucketId, LeaseId } from './key';
import type { MicroDollars } from './pricing';
import type { Reservation, SpendingScope } from './spending';
import type { EpochMs, Lease } from './stateStore';

/** How a leased call ended, as far as quota is concerned. */
export type LeaseOutcome =
	/** Answered; `input` is the service's count of input tokens, if it gave one. */
	| { readonly type: 'answered'; readonly input?: number }
	/** Sent, then failed or cancelled: the reserved tokens stay spent, where the service had not counted `input`. */
	| { readonly type: 'spent'; readonly input?: number }
	/** Refused for quota: the service does not count such calls. */
	| { readonly type: 'refused' }
	/** Never sent: the reservation is refunded. */
	| { readonly type: 'unsent' };

/** What a call does to its bucket. */
export type BucketEvent = { readonly at: EpochMs } & (
	| { readonly type: 'admitted'; readonly lease: Lease }
	| { readonly type: 'firstChunk'; readonly lease: LeaseId }
	| { readonly type: 'renewed'; readonly lease: LeaseId; readonly leaseMs: number }
	| { readonly type: 'ended'; readonly lease: LeaseId; readonly outcome: LeaseOutcome }
);

/** What a call holds until it has ended. */
export type Hold = Omit<Reservation, 'dayEndsAt' | 'monthEndsAt'>;

/** How a call ended: what it cost, and the tokens of prompt and answer; absent tokens stay as they were reserved. */
export interface Settlement {
	readonly cost: MicroDollars;
	readonly tokens?: number | undefined;
	/** False where the service refused it or never had it: then it is no request of the day. */
	readonly isCounted: boolean;
}

/** What a call does to what is spent in a scope. */
export type SpendingEvent = { readonly at: EpochMs } & (
	| { readonly type: 'reserved'; readonly hold: Hold }
	| { readonly type: 'extended'; readonly lease: LeaseId; readonly expiresAt: EpochMs }
	| { readonly type: 'settled'; readonly lease: LeaseId; readonly settlement: Settlement }
);

/** What a call does to a document. It rests on so little of it that others may do the same meanwhile. */
export type CallEvent =
	| { readonly kind: 'bucket'; readonly id: BucketId; readonly event: BucketEvent }
	| { readonly kind: 'spending'; readonly id: SpendingScope; readonly event: SpendingEvent };

/** What others may take of a bucket before an admission to it could be another one: the bounds of an escrow, as databases call it. */
export interface Room {
	readonly requests: number;
	/** Tokens. */
	readonly input: number;
}
