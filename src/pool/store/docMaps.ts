import type { BucketId, KeyId } from '../types/key';
import { freshKeyRecord, freshModelRecord } from '../health/initialRecords';
import type {
	Bucket,
	Change,
	DocRef,
	Docs,
	DocTypes,
	KeyRecord,
	LineRecord,
	ModelRecord,
	NamedRef,
	OwnerRecord,
	PoolRecord,
	RestRecord,
	Role,
	Tx,
	Wall,
	Write,
} from '../types/stateStore';
import { freshBucket } from '../quota/bucket';
import type { MinuteCount, Trail } from '../types/statistics';

/** All documents in memory: what a ledger answers reads from. */
export class DocMaps implements Docs {
	readonly bucket = new Map<BucketId, Bucket>();
	readonly key = new Map<KeyId, KeyRecord>();
	readonly model = new Map<string, ModelRecord>();
	readonly usage = new Map<string, MinuteCount>();
	readonly trail = new Map<string, Trail>();
	readonly line = new Map<string, LineRecord>();
	readonly owner = new Map<Role, OwnerRecord>();
	readonly rest = new Map<BucketId, RestRecord>();
	private poolRecord: PoolRecord = { v: 1 };

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
			case 'trail':
				this.trail.set(change.id, change.doc);
				break;
			case 'line':
				this.line.set(change.id, change.doc);
				break;
			case 'owner':
				this.owner.set(change.id, change.doc);
				break;
			case 'rest':
				this.rest.set(change.id, change.doc);
				break;
			case 'drop':
				this.drop(change.ref);
				break;
		}
	}

	/** Every document as it would be written. */
	*writes(): Generator<Write, void, undefined> {
		for (const [id, doc] of this.bucket) yield { kind: 'bucket', id, doc };
		for (const [id, doc] of this.key) yield { kind: 'key', id, doc };
		for (const [id, doc] of this.model) yield { kind: 'model', id, doc };
		yield { kind: 'pool', doc: this.poolRecord };
		for (const [id, doc] of this.usage) yield { kind: 'usage', id, doc };
		for (const [id, doc] of this.trail) yield { kind: 'trail', id, doc };
		for (const [id, doc] of this.line) yield { kind: 'line', id, doc };
		for (const [id, doc] of this.owner) yield { kind: 'owner', id, doc };
		for (const [id, doc] of this.rest) yield { kind: 'rest', id, doc };
	}

	private drop(ref: NamedRef): void {
		switch (ref.kind) {
			case 'bucket':
			case 'rest':
				this[ref.kind].delete(ref.id);
				break;
			case 'key':
				this.key.delete(ref.id);
				break;
			case 'owner':
				this.owner.delete(ref.id);
				break;
			case 'model':
			case 'usage':
			case 'trail':
			case 'line':
				this[ref.kind].delete(ref.id);
				break;
		}
	}
}

/** What is stored under a name; nothing where nothing is. */
export function stored(docs: Docs, ref: DocRef): DocTypes[keyof DocTypes] | undefined {
	switch (ref.kind) {
		case 'bucket':
		case 'rest':
			return docs[ref.kind].get(ref.id);
		case 'key':
			return docs.key.get(ref.id);
		case 'owner':
			return docs.owner.get(ref.id);
		case 'pool':
			return docs.pool;
		case 'model':
		case 'usage':
		case 'trail':
		case 'line':
			return docs[ref.kind].get(ref.id);
	}
}

/** What listeners are told of a change. */
export function refOf(change: Change): DocRef {
	return change.kind === 'drop' ? change.ref : change;
}

/** One string for each document. */
export function nameOf(ref: DocRef): string {
	return ref.kind === 'pool' ? 'pool' : `${ref.kind} ${ref.id}`;
}

/** A step's view of the documents: what is stored, overlaid by what the step has written. */
export class DocsTx implements Tx {
	private readonly overlay = new Map<string, Change>();

	constructor(
		private readonly docs: Docs,
		private readonly now: Wall,
	) {}

	/** What the step has done, one change for each document. */
	get changes(): readonly Change[] {
		return [...this.overlay.values()];
	}

	bucket(id: BucketId): Bucket {
		const written = this.overlay.get(`bucket ${id}`);
		const doc = written ? written.kind === 'bucket' && written.doc : this.docs.bucket.get(id);
		return doc || freshBucket(this.now);
	}

	key(id: KeyId): KeyRecord {
		const written = this.overlay.get(`key ${id}`);
		const doc = written ? written.kind === 'key' && written.doc : this.docs.key.get(id);
		return doc || freshKeyRecord;
	}

	model(id: string): ModelRecord {
		const written = this.overlay.get(`model ${id}`);
		const doc = written ? written.kind === 'model' && written.doc : this.docs.model.get(id);
		return doc || freshModelRecord;
	}

	pool(): PoolRecord {
		const written = this.overlay.get('pool');
		return written?.kind === 'pool' ? written.doc : this.docs.pool;
	}

	usage(id: string): MinuteCount | undefined {
		const written = this.overlay.get(`usage ${id}`);
		if (written) return written.kind === 'usage' ? written.doc : undefined;
		return this.docs.usage.get(id);
	}

	owner(role: Role): OwnerRecord | undefined {
		const written = this.overlay.get(`owner ${role}`);
		if (written) return written.kind === 'owner' ? written.doc : undefined;
		return this.docs.owner.get(role);
	}

	rest(id: BucketId): RestRecord | undefined {
		const written = this.overlay.get(`rest ${id}`);
		if (written) return written.kind === 'rest' ? written.doc : undefined;
		return this.docs.rest.get(id);
	}

	lines(): ReadonlyMap<string, LineRecord> {
		let lines: Map<string, LineRecord> | undefined;
		for (const change of this.overlay.values()) {
			if (change.kind === 'line') (lines ??= new Map(this.docs.line)).set(change.id, change.doc);
			if (change.kind === 'drop' && change.ref.kind === 'line') {
				(lines ??= new Map(this.docs.line)).delete(change.ref.id);
			}
		}
		return lines ?? this.docs.line;
	}

	put(write: Write): void {
		if (!this.isStored(write)) this.overlay.set(nameOf(write), write);
	}

	drop(ref: NamedRef): void {
		const name = nameOf(ref);
		if (this.overlay.has(name) || stored(this.docs, ref) !== undefined) this.overlay.set(name, { kind: 'drop', ref });
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
			case 'owner':
				return this.owner(write.id) === write.doc;
			case 'rest':
				return this.rest(write.id) === write.doc;
			case 'line':
				return this.lines().get(write.id) === write.doc;
			case 'trail':
				return false;
		}
	}
}
