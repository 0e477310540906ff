import type { Clock, Off } from './clock';
import type { BucketId, KeyId } from './key';
import { freshKeyRecord } from './keyRecord';
import type { Bucket, DocRef, Docs, KeyRecord, Ledger, ModelRecord, PoolRecord, Tx, Wall, Write } from './ledger';
import { freshModelRecord } from './modelRecord';
import { freshBucket } from './quota/bucket';

/** Everything a ledger holds, as plain data: for tests, for export, and to start from. */
export interface LedgerData {
	readonly bucket: readonly (readonly [BucketId, Bucket])[];
	readonly key: readonly (readonly [KeyId, KeyRecord])[];
	readonly model: readonly (readonly [string, ModelRecord])[];
	readonly pool: PoolRecord;
}

/** The ledger of a single process: for tests, for the browser, and where no shared store can be had. */
export class MemoryLedger implements Ledger {
	private readonly buckets: Map<BucketId, Bucket>;
	private readonly keys: Map<KeyId, KeyRecord>;
	private readonly models: Map<string, ModelRecord>;
	private poolRecord: PoolRecord;
	private readonly docs: Docs;
	private readonly listeners = new Set<(refs: readonly DocRef[]) => void>();

	constructor(
		private readonly clock: Pick<Clock, 'wall'>,
		from?: LedgerData,
	) {
		this.buckets = new Map(from?.bucket);
		this.keys = new Map(from?.key);
		this.models = new Map(from?.model);
		this.poolRecord = from?.pool ?? { v: 1 };
		const current = (): PoolRecord => this.poolRecord;
		this.docs = {
			bucket: this.buckets,
			key: this.keys,
			model: this.models,
			get pool() {
				return current();
			},
		};
	}

	replica(): Docs {
		return this.docs;
	}

	now(): Wall {
		return this.clock.wall();
	}

	transact<T>(step: (tx: Tx, now: Wall) => T): Promise<T> {
		const now = this.clock.wall();
		const tx = new DocsTx(this.docs, now);
		try {
			const result = step(tx, now);
			this.commit(tx.writes);
			return Promise.resolve(result);
		} catch (error) {
			return Promise.reject(error instanceof Error ? error : new Error(String(error)));
		}
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Off {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	close(): Promise<void> {
		this.listeners.clear();
		return Promise.resolve();
	}

	/** All documents as plain data. */
	export(): LedgerData {
		return { bucket: [...this.buckets], key: [...this.keys], model: [...this.models], pool: this.poolRecord };
	}

	private commit(writes: readonly Write[]): void {
		if (writes.length === 0) return;
		for (const write of writes) {
			switch (write.kind) {
				case 'bucket':
					this.buckets.set(write.id, write.doc);
					break;
				case 'key':
					this.keys.set(write.id, write.doc);
					break;
				case 'model':
					this.models.set(write.id, write.doc);
					break;
				case 'pool':
					this.poolRecord = write.doc;
					break;
			}
		}
		for (const listener of this.listeners) listener(writes);
	}
}

/** A step's view of the documents: what is stored, overlaid by what the step has written. */
export class DocsTx implements Tx {
	readonly writes: Write[] = [];

	constructor(
		private readonly docs: Docs,
		private readonly now: Wall,
	) {}

	bucket(id: BucketId): Bucket {
		const written = this.writes.findLast((write) => write.kind === 'bucket' && write.id === id);
		if (written?.kind === 'bucket') return written.doc;
		return this.docs.bucket.get(id) ?? freshBucket(this.now);
	}

	key(id: KeyId): KeyRecord {
		const written = this.writes.findLast((write) => write.kind === 'key' && write.id === id);
		if (written?.kind === 'key') return written.doc;
		return this.docs.key.get(id) ?? freshKeyRecord;
	}

	model(id: string): ModelRecord {
		const written = this.writes.findLast((write) => write.kind === 'model' && write.id === id);
		if (written?.kind === 'model') return written.doc;
		return this.docs.model.get(id) ?? freshModelRecord;
	}

	pool(): PoolRecord {
		const written = this.writes.findLast((write) => write.kind === 'pool');
		return written?.kind === 'pool' ? written.doc : this.docs.pool;
	}

	put(write: Write): void {
		if (!this.isStored(write)) this.writes.push(write);
	}

	private isStored(write: Write): boolean {
		switch (write.kind) {
			case 'bucket':
				return this.bucket(write.id) === write.doc;
			case 'key':
				return this.key(write.id) === write.doc;
			case 'model':
				return this.model(write.id) === write.doc;
			case 'pool':
				return this.pool() === write.doc;
		}
	}
}
