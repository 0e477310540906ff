import { initialSpending, projectScope, spendingAt } from '../../../src/pool/budget/spending';
import { admit } from '../../../src/pool/quota/lease';
import type { BucketEvent, LeaseId, SpendingEvent, StateStore } from '../../../src/pool/pool';
import { bucket } from '../team/sends';

/** A call's own reservation is there, whatever others reserve. */
const whatever = { requests: Infinity, input: Infinity };
const scope = projectScope('p');
/** Requests a minute. */
export const limit = 4;
/** ms. A lease lasts as long. */
export const minuteMs = 60_000;
/** Millionths of a dollar: what a call holds, and what its answer has cost. */
export const holdCost = 100;
export const answerCost = 40;

/** A call has ended, or needs its lease for longer. */
export type News = 'answered' | 'refused' | 'goesOn';

/** A call that was admitted. */
export interface Sent {
	readonly on: number;
	readonly at: number;
	/** By the machine's own part of the limit: the server was out of its reach. */
	readonly isAlone: boolean;
	readonly lease: LeaseId;
	/** How it ended before its lease ran out. */
	end?: 'answered' | 'refused';
}

/** Sends one request where the limit allows it. */
export function admitted(
	store: StateStore,
	lease: LeaseId,
	rpm = limit,
): Promise<Pick<Sent, 'at' | 'isAlone'> | undefined> {
	return store.transact((tx, now) => {
		const share = store.limitShare?.(bucket);
		const request = { lease, holder: 'w', leaseMs: minuteMs, mayTest: false, likely: 1, atMost: 1 };
		const result = admit(tx.bucket(bucket), { ...request, userLimits: { rpm }, ...(share && { share }) }, now);
		if ('reason' in result) return undefined;
		tx.record({ kind: 'bucket', id: bucket, event: { at: now, type: 'admitted', lease: result.lease } }, result.room);
		const hold = { lease, cost: holdCost, tokens: 1, expiresAt: now + minuteMs };
		tx.record({ kind: 'spending', id: scope, event: { at: now, type: 'reserved', hold } });
		return { at: now, isAlone: share !== undefined };
	});
}

/** Settles a request, or extends its lease; false where that has run out. */
export function told(store: StateStore, lease: LeaseId, what: News): Promise<boolean> {
	return store.transact((tx, now) => {
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		if (!record.reservations.some((one) => one.lease === lease)) return false;
		const ofBucket = (event: BucketEvent): void => tx.record({ kind: 'bucket', id: bucket, event });
		const ofMoney = (event: SpendingEvent): void => tx.record({ kind: 'spending', id: scope, event }, whatever);
		if (what === 'goesOn') {
			ofBucket({ at: now, type: 'renewed', lease, leaseMs: minuteMs });
			ofMoney({ at: now, type: 'extended', lease, expiresAt: now + minuteMs });
			return true;
		}
		const isCounted = what === 'answered';
		const settlement = { cost: isCounted ? answerCost : 0, tokens: isCounted ? 1 : 0, isCounted };
		ofBucket({ at: now, type: 'ended', lease, outcome: { type: what } });
		ofMoney({ at: now, type: 'settled', lease, settlement });
		return true;
	});
}

/** What the machine knows to be spent. */
export function spentIn(store: StateStore): number {
	const record = store.replica().spending.get(scope);
	return record ? spendingAt(record, store.now()).day.cost : 0;
}

/** What was refused is no request of the day. */
export function counted(sends: readonly Sent[]): number {
	return sends.filter(({ end }) => end !== 'refused').length;
}

/** What was spent: of what has not ended in time, all that was held. */
export function owed(sends: readonly Sent[]): number {
	return sends.reduce((sum, { end }) => sum + (end === undefined ? holdCost : end === 'answered' ? answerCost : 0), 0);
}
