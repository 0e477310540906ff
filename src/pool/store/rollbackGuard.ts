import type { StateStore, EpochMs } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import { throttleOfNow } from '../health/throttle';
import { bucketOfNow, keyOfNow, modelOfNow } from '../quota/clockRollback';
import { longestLeastMs } from '../types/failure';

/** Notices a ledger's clock that went backwards, and brings what is stored to the present, once. */
export class RollbackGuard {
	/** Infinite at first: what was stored in an earlier session may be of the future, too. */
	private latest: EpochMs = Infinity;

	constructor(private readonly ledger: StateStore) {}

	/** The ledger's clock; after a step backwards no document is of the future any more. */
	async now(): Promise<EpochMs> {
		const now = this.ledger.now();
		const wentBack = now < this.latest - skewMs;
		this.latest = wentBack ? now : Math.max(now, this.latest);
		if (wentBack) await this.bringBack();
		return now;
	}

	private bringBack(): Promise<void> {
		return this.ledger.transact((tx, now) => {
			// Asked in the step: a store that was being opened is read by now.
			const { bucket, key, model } = this.ledger.replica();
			tx.put({ kind: 'pool', doc: throttleOfNow(tx.pool(), now) });
			for (const id of bucket.keys()) tx.put({ kind: 'bucket', id, doc: bucketOfNow(tx.bucket(id), now) });
			for (const id of key.keys()) tx.put({ kind: 'key', id, doc: keyOfNow(tx.key(id), now) });
			for (const id of model.keys()) {
				tx.put({ kind: 'model', id, doc: modelOfNow(tx.model(id), longestLeastMs, now) });
			}
		});
	}
}
