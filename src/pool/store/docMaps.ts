import type { BucketId, KeyId } from '../types/key';
import { initialKeyRecord, initialModelRecord } from '../health/initialRecords';
import type {
	Bucket,
	Change,
	ClientCount,
	DocId,
	DocRef,
	Docs,
	DocTypes,
	KeyRecord,
	WindowQueue,
	ModelRecord,
	NamedDocs,
	NamedKind,
	NamedRef,
	NamedWrite,
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
import { bucketAfter } from '../quota/lease';
import { spendingAfter } from '../budget/spending';
import type { CallEvent } from '../types/callEvent';
import type { UsageHour } from '../types/statistics';

type NamedMaps = { readonly [K in NamedKind]: Map<DocId<K>, DocTypes[K]> };

/** All documents in memory: a store's replica. */
export class DocMaps implements Docs, NamedMaps {
	readonly bucket: NamedMaps['bucket'] = new Map();
	readonly key: NamedMaps['key'] = new Map();
	readonly model: NamedMaps['model'] = new Map();
	readonly usage: NamedMaps['usage'] = new Map();
	readonly requestRecord: NamedMaps['requestRecord'] = new Map();
	readonly windowQueue: NamedMaps['windowQueue'] = new Map();
	readonly leader: NamedMaps['leader'] = new Map();
	readonly cooldown: NamedMaps['cooldown'] = new Map();
	readonly client: NamedMaps['client'] = new Map();
	readonly spending: NamedMaps['spending'] = new Map();
	readonly dailyCost: NamedMaps['dailyCost'] = new Map();
	readonly outbox: NamedMaps['outbox'] = new Map();
	private poolRecord: PoolRecord = { v: 2 };

	get pool(): PoolRecord {
		return this.poolRecord;
	}

	apply(change: Change): void {
		if (change.kind === 'pool') this.poolRecord = change.doc;
		else if (change.kind === 'drop') remove(this, change.ref);
		else set(this, change);
	}

	/** Every document as it would be written. */
	writes(): Generator<Write, void, undefined> {
		return writesOf(this);
	}
}

function set<K extends NamedKind>(maps: NamedMaps, { kind, id, doc }: NamedWrite<K>): void {
	maps[kind].set(id, doc);
}

function remove<K extends NamedKind>(maps: NamedMaps, { kind, id }: NamedRef<K>): void {
	maps[kind].delete(id);
}

function get<K extends NamedKind>(docs: NamedDocs, { kind, id }: NamedRef<K>): DocTypes[K] | undefined {
	return docs[kind].get(id);
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
	for (const [id, doc] of docs.outbox) yield { kind: 'outbox', id, doc };
}

/** The stored document; undefined if there is none. */
export function storedDocument(docs: Docs, ref: DocRef): DocTypes[keyof DocTypes] | undefined {
	return ref.kind === 'pool' ? docs.pool : get(docs, ref);
}

/** The document that a change is about. */
export function refOf(change: Change): DocRef {
	return change.kind === 'drop' ? change.ref : change;
}

/** A unique name for each document. */
export function nameOf(ref: DocRef): string {
	return ref.kind === 'pool' ? 'pool' : `${ref.kind} ${ref.id}`;
}

/** What a call makes of a document. */
export function writeAfter(tx: Pick<Transaction, 'bucket' | 'spending'>, call: CallEvent): Write {
	return call.kind === 'bucket'
		? { kind: 'bucket', id: call.id, doc: bucketAfter(tx.bucket(call.id), call.event) }
		: { kind: 'spending', id: call.id, doc: spendingAfter(tx.spending(call.id), call.event) };
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
		return this.find('bucket', id) ?? initialBucket(this.now);
	}

	key(id: KeyId): KeyRecord {
		return this.find('key', id) ?? initialKeyRecord;
	}

	model(id: string): ModelRecord {
		return this.find('model', id) ?? initialModelRecord;
	}

	pool(): PoolRecord {
		const written = this.overlay.get('pool');
		return written?.kind === 'pool' ? written.doc : this.docs.pool;
	}

	usage(id: string): UsageHour | undefined {
		return this.find('usage', id);
	}

	leader(role: Role): LeaderRecord | undefined {
		return this.find('leader', role);
	}

	cooldown(id: BucketId): CooldownRecord | undefined {
		return this.find('cooldown', id);
	}

	client(id: string): ClientCount | undefined {
		return this.find('client', id);
	}

	spending(scope: SpendingScope): SpendingRecord | undefined {
		return this.find('spending', scope);
	}

	dailyCost(id: string): DailyCost | undefined {
		return this.find('dailyCost', id);
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

	record(call: CallEvent): void {
		this.put(writeAfter(this, call));
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
			case 'key':
				return this.key(write.id) === write.doc;
			case 'model':
				return this.model(write.id) === write.doc;
			case 'pool':
				return this.pool() === write.doc;
			default:
				return this.find(write.kind, write.id) === write.doc;
		}
	}

	private find<K extends NamedKind>(kind: K, id: DocId<K>): DocTypes[K] | undefined {
		const change = this.overlay.get(`${kind} ${id}`);
		const stored: NamedDocs = this.docs;
		if (change === undefined) return stored[kind].get(id);
		// The name that it was found by says its kind.
		return change.kind === 'drop' ? undefined : (change.doc as DocTypes[K]);
	}
}
