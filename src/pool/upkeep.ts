/** What the windows on a ledger share out among them: read from disk once a window has what it shows. */
import type { Off } from './clock';
import { foldOldest } from './fold';
import type { PoolEvent } from './events';
import { partsOf } from './key';
import type { Ledger } from './ledger';
import { noteRests } from './restLog';
import type { Snapshot } from './standing';
import { outdated } from './trim';

export { keepHouse } from './housekeeping';
export { Ownership } from './ownership';
export { toContribute } from './rejoin';

/** Keeps the ledger in order. */
export class Upkeep {
	constructor(
		private readonly ledger: Ledger,
		private readonly pool: { snapshot(): Snapshot; onEvent(listener: (event: PoolEvent) => void): Off },
	) {}

	/** Forgets what is of no use any more, and sums up where there is very much. For one of the windows, now and then. */
	async tidy(): Promise<void> {
		const keys = this.pool.snapshot().keys.map(({ key }) => key);
		await this.ledger.transact((tx, now) => {
			for (const ref of outdated(this.ledger.replica(), keys, now)) tx.drop(ref);
		});
		await this.ledger.transact((tx, now) => foldOldest(tx, this.ledger.replica(), now));
	}

	/** Writes down which buckets rest now, and why. For one of the windows. */
	noteRests(): Promise<void> {
		return noteRests(this.ledger, this.pool.snapshot());
	}

	/**
	 * Forgets what is known of all keys and projects, or of some: quotas, use, and a pause by one of them. What is known
	 * of models goes too. Requests under way go on.
	 */
	forget(only?: { readonly keys: ReadonlySet<string>; readonly projects: ReadonlySet<string> }): Promise<void> {
		const { bucket, key, model, usage, trail, rest } = this.ledger.replica();
		const ofKey = (id: string): boolean => only?.keys.has(id) ?? true;
		const ofProject = (id: string): boolean => only?.projects.has(id) ?? true;
		return this.ledger.transact((tx) => {
			for (const id of bucket.keys()) if (ofProject(partsOf(id)[0])) tx.drop({ kind: 'bucket', id });
			for (const id of key.keys()) if (ofKey(id)) tx.drop({ kind: 'key', id });
			for (const id of model.keys()) tx.drop({ kind: 'model', id });
			for (const [id, doc] of usage) if (ofKey(doc.key)) tx.drop({ kind: 'usage', id });
			for (const [id, { attempts }] of trail) {
				if (only === undefined || attempts.some((attempt) => ofKey(attempt.key))) tx.drop({ kind: 'trail', id });
			}
			for (const id of rest.keys()) if (ofProject(partsOf(id)[0])) tx.drop({ kind: 'rest', id });
			const by = tx.pool().paused?.by;
			if (by === undefined || ofKey(by)) tx.put({ kind: 'pool', doc: { v: 1 } });
		});
	}

	onEvent(listener: (event: PoolEvent) => void): Off {
		return this.pool.onEvent(listener);
	}
}
