import {
	DocsTransaction,
	writeAfter,
	type Bucket,
	type BucketId,
	type CallEvent,
	type Change,
	type ClientCount,
	type CooldownRecord,
	type DailyCost,
	type DocRef,
	type KeyId,
	type KeyRecord,
	type LeaderRecord,
	type ModelRecord,
	type NamedRef,
	type PoolRecord,
	type Role,
	type Room,
	type SpendingRecord,
	type SpendingScope,
	type Transaction,
	type UsageHour,
	type WindowQueue,
	type Write,
} from '../../pool/pool';

/** Tells which documents a step reads or writes. */
export class TrackedTransaction extends DocsTransaction {
	onTouch: (ref: DocRef) => void = () => undefined;
	onRecord: (call: CallEvent, room: Room | undefined) => void = () => undefined;

	override bucket(id: BucketId): Bucket {
		this.onTouch({ kind: 'bucket', id });
		return super.bucket(id);
	}

	override key(id: KeyId): KeyRecord {
		this.onTouch({ kind: 'key', id });
		return super.key(id);
	}

	override model(id: string): ModelRecord {
		this.onTouch({ kind: 'model', id });
		return super.model(id);
	}

	override pool(): PoolRecord {
		this.onTouch({ kind: 'pool' });
		return super.pool();
	}

	override usage(id: string): UsageHour | undefined {
		this.onTouch({ kind: 'usage', id });
		return super.usage(id);
	}

	override leader(role: Role): LeaderRecord | undefined {
		this.onTouch({ kind: 'leader', id: role });
		return super.leader(role);
	}

	override cooldown(id: BucketId): CooldownRecord | undefined {
		this.onTouch({ kind: 'cooldown', id });
		return super.cooldown(id);
	}

	override client(id: string): ClientCount | undefined {
		this.onTouch({ kind: 'client', id });
		return super.client(id);
	}

	override spending(scope: SpendingScope): SpendingRecord | undefined {
		this.onTouch({ kind: 'spending', id: scope });
		return super.spending(scope);
	}

	override dailyCost(id: string): DailyCost | undefined {
		this.onTouch({ kind: 'dailyCost', id });
		return super.dailyCost(id);
	}

	/** The queue is of the machine: it is not among what a commit rests on. */
	override windowQueues(): ReadonlyMap<string, WindowQueue> {
		this.onTouch({ kind: 'windowQueue', id: '' });
		return super.windowQueues();
	}

	override record(call: CallEvent, room?: Room): void {
		const untouched = {
			bucket: (id: BucketId) => super.bucket(id),
			spending: (id: SpendingScope) => super.spending(id),
		};
		super.put(writeAfter(untouched, call));
		this.onRecord(call, room);
	}

	override put(write: Write): void {
		this.onTouch(write);
		super.put(write);
	}

	override drop(ref: NamedRef): void {
		this.onTouch(ref);
		super.drop(ref);
	}
}

/** What a step has changed: the document before it, as the machine's store had it, and the change. */
export interface Recorded {
	readonly before: Write | undefined;
	readonly change: Change;
}

/** Hands everything to another transaction, and keeps what was changed. */
export class RecordingTransaction implements Transaction {
	/** By name, the first document and the last change. */
	private readonly recorded = new Map<string, Recorded>();

	constructor(
		private readonly inner: Transaction,
		private readonly nameOf: (ref: DocRef) => string,
		private readonly storedWrite: (ref: DocRef) => Write | undefined,
	) {}

	get changes(): readonly Recorded[] {
		return [...this.recorded.values()];
	}

	bucket(id: BucketId): Bucket {
		return this.inner.bucket(id);
	}

	key(id: KeyId): KeyRecord {
		return this.inner.key(id);
	}

	model(id: string): ModelRecord {
		return this.inner.model(id);
	}

	pool(): PoolRecord {
		return this.inner.pool();
	}

	usage(id: string): UsageHour | undefined {
		return this.inner.usage(id);
	}

	leader(role: Role): LeaderRecord | undefined {
		return this.inner.leader(role);
	}

	cooldown(id: BucketId): CooldownRecord | undefined {
		return this.inner.cooldown(id);
	}

	client(id: string): ClientCount | undefined {
		return this.inner.client(id);
	}

	spending(scope: SpendingScope): SpendingRecord | undefined {
		return this.inner.spending(scope);
	}

	dailyCost(id: string): DailyCost | undefined {
		return this.inner.dailyCost(id);
	}

	windowQueues(): ReadonlyMap<string, WindowQueue> {
		return this.inner.windowQueues();
	}

	record(call: CallEvent): void {
		this.put(writeAfter(this, call));
	}

	put(write: Write): void {
		this.note(write, write);
		this.inner.put(write);
	}

	drop(ref: NamedRef): void {
		this.note(ref, { kind: 'drop', ref });
		this.inner.drop(ref);
	}

	private note(ref: DocRef, change: Change): void {
		const name = this.nameOf(ref);
		const known = this.recorded.get(name);
		const before = known ? known.before : this.storedWrite(ref);
		// Writing back what is stored is no change.
		if (!known && change.kind !== 'drop' && before?.doc === change.doc) return;
		this.recorded.set(name, { before, change });
	}
}
