import type { BucketId, KeyId } from '../types/key';
import { initialKeyRecord, initialModelRecord } from '../health/initialRecords';
import type {
	Bucket,
	Change,
	ClientCount,
	DocRef,
	Docs,
	DocTypes,
	KeyRecord,
	WindowQueue,
	ModelRecord,
	NamedRef,
	LeaderRecord,
	PoolRecord,
	CooldownRecord,
	Role,
	Transaction,
	EpochMs,
	Write,
} from '../types/stateStore';
import type { DailyCost, SpendingRecord, SpendingScope } from '../types/spending';
import { initialBucket } from '../quota/bucket';
import type { UsageHour, RequestRecord } from '../types/statistics';

/** All documents in memory: a store's replica. */
export class DocMaps implements Docs {
	readonly bucket = new Map<BucketId, Bucket>();
	readonly key = new Map<KeyId, KeyRecord>();
	readonly model = new Map<string, ModelRecord>();
	readonly usage = new Map<string, UsageHour>();
	readonly requestRecord = new Map<string, RequestRecord>();
	readonly windowQueue = new Map<string, WindowQueue>();
	readonly leader = new Map<Role, LeaderRecord>();
	readonly cooldown = new Map<BucketId, CooldownRecord>();
	readonly client = new Map<string, ClientCount>();
	readonly spending = new Map<SpendingScope, SpendingRecord>();
	readonly dailyCost = new Map<string, DailyCost>();
	private poolRecord: PoolRecord = { v: 2 };

	get pool(): PoolRecord {
		return this.poolRecord;
	}

	apply(change: Change): void {
		switch (change.kind) {
			case 'bucket':
				this.bucket.set(change.id, change.doc);
				break;
			case 'key':
				this.key.set(change.id, change.doc);
				break;
			case 'model':
				this.model.set(change.id, change.doc);
				break;
			case 'pool':
				this.poolRecord = change.doc;
				break;
			case 'usage':
				this.usage.set(change.id, change.doc);
				break;
			case 'requestRecord':
				this.requestRecord.set(change.id, change.doc);
				break;
			case 'windowQueue':
				this.windowQueue.set(change.id, change.doc);
				break;
			case 'leader':
				this.leader.set(change.id, change.doc);
				break;
			case 'cooldown':
				this.cooldown.set(change.id, change.doc);
				break;
			case 'client':
				this.client.set(change.id, change.doc);
				break;
			case 'spending':
				this.spending.set(change.id, change.doc);
				break;
			case 'dailyCost':
				this.dailyCost.set(change.id, change.doc);
				break;
			case 'drop':
				this.drop(change.ref);
				break;
		}
	}

	/** Every document as it would be written. */
	writes(): Generator<Write, void, undefined> {
		return writesOf(this);
	}

	private drop(ref: NamedRef): void {
		switch (ref.kind) {
			case 'bucket':
			case 'cooldown':
				this[ref.kind].delete(ref.id);
				break;
			case 'key':
				this.key.delete(ref.id);
				break;
			case 'leader':
				this.leader.delete(ref.id);
				break;
			case 'spending':
				this.spending.delete(ref.id);
				break;
			case 'model':
			case 'usage':
			case 'requestRecord':
			case 'windowQueue':
			case 'client':
			case 'dailyCost':
				this[ref.kind].delete(ref.id);
				break;
		}
	}
}

/** Every document as it would be written. */
export function* writesOf(docs: Docs): Generator<Write, void, undefined> {
	for (const [id, doc] of docs.bucket) yield { kind: 'bucket', id, doc };
	for (const [id, doc] of docs.key) yield { kind: 'key', id, doc };
	for (const [id, doc] of docs.model) yield { kind: 'model', id, doc };
	yield { kind: 'pool', doc: docs.pool };
	for (const [id, doc] of docs.usage) yield { kind: 'usage', id, doc };
	for (const [id, doc] of docs.requestRecord) yield { kind: 'requestRecord', id, doc };
	for (const [id, doc] of docs.windowQueue) yield { kind: 'windowQueue', id, doc };
	for (const [id, doc] of docs.leader) yield { kind: 'leader', id, doc };
	for (const [id, doc] of docs.cooldown) yield { kind: 'cooldown', id, doc };
	for (const [id, doc] of docs.client) yield { kind: 'client', id, doc };
	for (const [id, doc] of docs.spending) yield { kind: 'spending', id, doc };
	for (const [id, doc] of docs.dailyCost) yield { kind: 'dailyCost', id, doc };
}

/** The stored document; undefined if there is none. */
export function storedDocument(docs: Docs, ref: DocRef): DocTypes[keyof DocTypes] | undefined {
	switch (ref.kind) {
		case 'bucket':
		case 'cooldown':
			return docs[ref.kind].get(ref.id);
		case 'key':
			return docs.key.get(ref.id);
		case 'leader':
			return docs.leader.get(ref.id);
		case 'pool':
			return docs.pool;
		case 'spending':
			return docs.spending.get(ref.id);
		case 'model':
		case 'usage':
		case 'requestRecord':
		case 'windowQueue':
		case 'client':
		case 'dailyCost':
			return docs[ref.kind].get(ref.id);
	}
}

/** The document that a change is about. */
export function refOf(change: Change): DocRef {
	return change.kind === 'drop' ? change.ref : change;
}

/** A unique name for each document. */
export function nameOf(ref: DocRef): string {
	return ref.kind === 'pool' ? 'pool' : `${ref.kind} ${ref.id}`;
}

/** A step's view of the documents: what is stored, overlaid with the step's own writes. */
export class DocsTransaction implements Transaction {
	private readonly overlay = new Map<string, Change>();

	constructor(
		private readonly docs: Docs,
		private readonly now: EpochMs,
	) {}

	/** The step's changes, one for each document. */
	get changes(): readonly Change[] {
		return [...this.overlay.values()];
	}

	/** Call the returned function to undo what is written from now on. */
	savepoint(): () => void {
		const before = [...this.overlay];
		return () => {
			this.overlay.clear();
			for (const [name, change] of before) this.overlay.set(name, change);
		};
	}

	bucket(id: BucketId): Bucket {
		const written = this.overlay.get(`bucket ${id}`);
		const doc = written ? written.kind === 'bucket' && written.doc : this.docs.bucket.get(id);
		return doc || initialBucket(this.now);
	}

	key(id: KeyId): KeyRecord {
		const written = this.overlay.get(`key ${id}`);
		const doc = written ? written.kind === 'key' && written.doc : this.docs.key.get(id);
		return doc || initialKeyRecord;
	}

	model(id: string): ModelRecord {
		const written = this.overlay.get(`model ${id}`);
		const doc = written ? written.kind === 'model' && written.doc : this.docs.model.get(id);
		return doc || initialModelRecord;
	}

	pool(): PoolRecord {
		const written = this.overlay.get('pool');
		return written?.kind === 'pool' ? written.doc : this.docs.pool;
	}

	usage(id: string): UsageHour | undefined {
		const written = this.overlay.get(`usage ${id}`);
		if (written) return written.kind === 'usage' ? written.doc : undefined;
		return this.docs.usage.get(id);
	}

	leader(role: Role): LeaderRecord | undefined {
		const written = this.overlay.get(`leader ${role}`);
		if (written) return written.kind === 'leader' ? written.doc : undefined;
		return this.docs.leader.get(role);
	}

	cooldown(id: BucketId): CooldownRecord | undefined {
		const written = this.overlay.get(`cooldown ${id}`);
		if (written) return written.kind === 'cooldown' ? written.doc : undefined;
		return this.docs.cooldown.get(id);
	}

	client(id: string): ClientCount | undefined {
		const written = this.overlay.get(`client ${id}`);
		if (written) return written.kind === 'client' ? written.doc : undefined;
		return this.docs.client.get(id);
	}

	spending(scope: SpendingScope): SpendingRecord | undefined {
		const written = this.overlay.get(`spending ${scope}`);
		if (written) return written.kind === 'spending' ? written.doc : undefined;
		return this.docs.spending.get(scope);
	}

	dailyCost(id: string): DailyCost | undefined {
		const written = this.overlay.get(`dailyCost ${id}`);
		if (written) return written.kind === 'dailyCost' ? written.doc : undefined;
		return this.docs.dailyCost.get(id);
	}

	windowQueues(): ReadonlyMap<string, WindowQueue> {
		let queues: Map<string, WindowQueue> | undefined;
		for (const change of this.overlay.values()) {
			if (change.kind === 'windowQueue') (queues ??= new Map(this.docs.windowQueue)).set(change.id, change.doc);
			if (change.kind === 'drop' && change.ref.kind === 'windowQueue') {
				(queues ??= new Map(this.docs.windowQueue)).delete(change.ref.id);
			}
		}
		return queues ?? this.docs.windowQueue;
	}

	put(write: Write): void {
		if (!this.isStored(write)) this.overlay.set(nameOf(write), write);
	}

	drop(ref: NamedRef): void {
		const name = nameOf(ref);
		if (this.overlay.has(name) || storedDocument(this.docs, ref) !== undefined)
			this.overlay.set(name, { kind: 'drop', ref });
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
			case 'usage':
				return this.usage(write.id) === write.doc;
			case 'leader':
				return this.leader(write.id) === write.doc;
			case 'cooldown':
				return this.cooldown(write.id) === write.doc;
			case 'client':
				return this.client(write.id) === write.doc;
			case 'spending':
				return this.spending(write.id) === write.doc;
			case 'dailyCost':
				return this.dailyCost(write.id) === write.doc;
			case 'windowQueue':
				return this.windowQueues().get(write.id) === write.doc;
			case 'requestRecord':
				return false;
		}
	}
}
