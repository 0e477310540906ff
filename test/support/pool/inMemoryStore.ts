import {
	DocMaps,
	DocsTransaction,
	Events,
	refOf,
	type Bucket,
	type BucketId,
	type Change,
	type Clock,
	type Dispose,
	type DocRef,
	type Docs,
	type EpochMs,
	type KeyId,
	type KeyRecord,
	type ModelRecord,
	type PoolRecord,
	type StateStore,
	type Transaction,
} from '../../../src/pool/pool';

/** The documents that decide about requests, as plain data. Without usage. */
export interface StoreData {
	readonly bucket: readonly (readonly [BucketId, Bucket])[];
	readonly key: readonly (readonly [KeyId, KeyRecord])[];
	readonly model: readonly (readonly [string, ModelRecord])[];
	readonly pool: PoolRecord;
}

/** The store of a single process: windows, tabs and gateways have one that they share. */
export class InMemoryStore implements StateStore {
	private readonly docs = new DocMaps();
	/** A listener that throws rejects the transaction: there is no other place to report it. */
	private readonly changed = new Events<readonly DocRef[]>((error) => {
		throw error;
	});

	constructor(
		private readonly clock: Pick<Clock, 'wall'>,
		from?: StoreData,
	) {
		for (const [id, doc] of from?.bucket ?? []) this.docs.apply({ kind: 'bucket', id, doc });
		for (const [id, doc] of from?.key ?? []) this.docs.apply({ kind: 'key', id, doc });
		for (const [id, doc] of from?.model ?? []) this.docs.apply({ kind: 'model', id, doc });
		if (from) this.docs.apply({ kind: 'pool', doc: from.pool });
	}

	replica(): Docs {
		return this.docs;
	}

	now(): EpochMs {
		return this.clock.wall();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		const now = this.clock.wall();
		const tx = new DocsTransaction(this.docs, now);
		try {
			const result = step(tx, now);
			this.commit(tx.changes);
			return Promise.resolve(result);
		} catch (error) {
			return Promise.reject(error instanceof Error ? error : new Error(String(error)));
		}
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	close(): Promise<void> {
		this.changed.clear();
		return Promise.resolve();
	}

	/** The documents that decide about requests. */
	export(): StoreData {
		const { bucket, key, model, pool } = this.docs;
		return { bucket: [...bucket], key: [...key], model: [...model], pool };
	}

	private commit(changes: readonly Change[]): void {
		if (changes.length === 0) return;
		for (const change of changes) this.docs.apply(change);
		this.changed.emit(changes.map(refOf));
	}
}
