import assert from 'node:assert/strict';
import { admit } from '../../../src/pool/quota/lease';
import type { BucketId, LeaseId, StateStore } from '../../../src/pool/pool';

export const bucket = 'p/m' as BucketId;
let lease = 0;

/** Sends one request, where a limit of so many a minute allows it. Answers whether it was sent. */
export function send(store: StateStore, rpm = 1_000): Promise<boolean> {
	const id = `r${++lease}.1` as LeaseId;
	return store.transact((tx, now) => {
		const share = store.limitShare?.(bucket);
		const request = { lease: id, holder: 'w', leaseMs: 60_000, mayTest: false, likely: 1, atMost: 1 };
		const admitted = admit(tx.bucket(bucket), { ...request, userLimits: { rpm }, ...(share && { share }) }, now);
		if ('reason' in admitted) return false;
		tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
		return true;
	});
}

/** Of the minute, of the day, and under way. */
export const sentBy = (store: StateStore) => {
	const { minute = [], leases = [], day } = store.replica().bucket.get(bucket) ?? {};
	return [minute.reduce((sum, one) => sum + one[2], 0), day?.requests ?? 0, leases.length];
};

/** Asserts that each of these stores knows of so many sends: in the minute, in the day, and under way. */
export function assertSent(stores: readonly StateStore[], count: number): void {
	const all = [count, count, count];
	assert.deepEqual(
		stores.map(sentBy),
		stores.map(() => all),
	);
}
