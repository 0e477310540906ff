import type { StateStore, EpochMs } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import { throttleAfterRollback } from '../health/throttle';
import {
	bucketAfterRollback,
	keyAfterRollback,
	modelAfterRollback,
	requestAfterRollback,
} from '../quota/clockRollback';
import { cooldownAfterRollback } from '../usage/cooldownLog';
import { maxStatedBackOffMs } from '../types/failure';

/** Notices when the store's clock was set back, and pulls stored times in the future to the present, once. */
export class RollbackGuard {
	/** Infinite at first, because an earlier session may also have left times in the future. */
	private latest: EpochMs = Infinity;

	constructor(private readonly store: Pick<StateStore, 'replica' | 'now' | 'transact'>) {}

	/** The store's clock. After it was set back, no document holds a time in the future any more. */
	async now(): Promise<EpochMs> {
		const now = this.store.now();
		const wentBack = now < this.latest - skewMs;
		this.latest = wentBack ? now : Math.max(now, this.latest);
		if (wentBack) await this.pullBack();
		return now;
	}

	private pullBack(): Promise<void> {
		return this.store.transact((tx, now) => {
			// Read in the step, because the store may have just been opened. The step itself rests on what must be pulled back alone:
			// in a team, any other document that somebody else changes meanwhile would make it run again.
			const { bucket, key, model, requestRecord, cooldown } = this.store.replica();
			tx.put({ kind: 'pool', doc: throttleAfterRollback(tx.pool(), now) });
			for (const [id, doc] of bucket) {
				if (bucketAfterRollback(doc, now) === doc) continue;
				tx.put({ kind: 'bucket', id, doc: bucketAfterRollback(tx.bucket(id), now) });
			}
			for (const [id, doc] of key) {
				if (keyAfterRollback(doc, now) === doc) continue;
				tx.put({ kind: 'key', id, doc: keyAfterRollback(tx.key(id), now) });
			}
			for (const [id, doc] of model) {
				if (modelAfterRollback(doc, maxStatedBackOffMs, now) === doc) continue;
				tx.put({ kind: 'model', id, doc: modelAfterRollback(tx.model(id), maxStatedBackOffMs, now) });
			}
			for (const [id, before] of requestRecord) {
				const doc = requestAfterRollback(before, now);
				if (doc !== before) tx.put({ kind: 'requestRecord', id, doc });
			}
			for (const [id, before] of cooldown) {
				const doc = cooldownAfterRollback(before, now);
				if (doc !== before) tx.put({ kind: 'cooldown', id, doc });
			}
		});
	}
}
