import {
	extended,
	initialSpending,
	projectScope,
	reserved,
	settled,
	spendingAt,
} from '../../../src/pool/budget/spending';
import { admit, renewLease, settle } from '../../../src/pool/quota/lease';
import type { LeaseId, StateStore } from '../../../src/pool/pool';
import { bucket } from '../team/sends';

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
		tx.put({ kind: 'bucket', id: bucket, doc: result.next });
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		const hold = { lease, cost: holdCost, tokens: 1, expiresAt: now + minuteMs };
		tx.put({ kind: 'spending', id: scope, doc: reserved(record, hold) });
		return { at: now, isAlone: share !== undefined };
	});
}

/** Settles a request, or extends its lease; false where that has run out. */
export function told(store: StateStore, lease: LeaseId, what: News): Promise<boolean> {
	return store.transact((tx, now) => {
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		if (!record.reservations.some((one) => one.lease === lease)) return false;
		const before = tx.bucket(bucket);
		if (what === 'goesOn') {
			tx.put({ kind: 'bucket', id: bucket, doc: renewLease(before, lease, minuteMs, now) });
			tx.put({ kind: 'spending', id: scope, doc: extended(record, lease, now + minuteMs) });
			return true;
		}
		const isCounted = what === 'answered';
		const end = { cost: isCounted ? answerCost : 0, tokens: isCounted ? 1 : 0, isCounted };
		tx.put({ kind: 'bucket', id: bucket, doc: settle(before, lease, { type: what }, now) });
		tx.put({ kind: 'spending', id: scope, doc: settled(record, lease, end) });
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
