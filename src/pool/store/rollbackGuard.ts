import type { StateStore, EpochMs } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import { throttleAfterRollback } from '../health/throttle';
import { bucketAfterRollback, keyAfterRollback, modelAfterRollback } from '../quota/clockRollback';
import { maxStatedBackOffMs } from '../types/failure';

/** Notices a ledger's clock that went backwards, and brings what is stored to the present, once. */
export class RollbackGuard {
	/** Infinite at first: what was stored in an earlier session may be of the future, too. */
	private latest: EpochMs = Infinity;

	constructor(private readonly store: StateStore) {}

	/** The ledger's clock; after a step backwards no document is of the future any more. */
	async now(): Promise<EpochMs> {
		const now = this.store.now();
		const wentBack = now < this.latest - skewMs;
		this.latest = wentBack ? now : Math.max(now, this.latest);
		if (wentBack) await this.pullBack();
		return now;
	}

	private pullBack(): Promise<void> {
		return this.store.transact((tx, now) => {
			// Asked in the step: a store that was being opened is read by now.
			const { bucket, key, model } = this.store.replica();
			tx.put({ kind: 'pool', doc: throttleAfterRollback(tx.pool(), now) });
			for (const id of bucket.keys()) tx.put({ kind: 'bucket', id, doc: bucketAfterRollback(tx.bucket(id), now) });
			for (const id of key.keys()) tx.put({ kind: 'key', id, doc: keyAfterRollback(tx.key(id), now) });
			for (const id of model.keys()) {
				tx.put({ kind: 'model', id, doc: modelAfterRollback(tx.model(id), maxStatedBackOffMs, now) });
			}
		});
	}
}
