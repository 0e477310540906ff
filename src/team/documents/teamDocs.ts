import {
	DocMaps,
	initialKeyRecord,
	storedDocument,
	type CallEvent,
	type Change,
	type DocRef,
	type Docs,
	type EpochMs,
	type KeyId,
	type KeyRecord,
	type PoolRecord,
	type Write,
} from '../../pool/pool';
import type { Identity } from './identity';
import { additionOf } from './additions';
import type { Addition, TeamRow } from '../link/link';
import { localPause, pausesIn, pausesName, withPauses, type Pauses } from './pauses';
import { lessonsIn, lessonsName, type Lessons } from './lessons';
import { hasRemark, withRemark } from './remarks';
import { localChanges, sharedBody } from './sharedForm';

/** ms. The team is told of a key's use at most this often. */
const usedMs = 1_000;
/** More than any service has, and than any team's keys come to: each look at the pool goes through all of them. */
const maxModels = 1_000;
const maxBuckets = 20_000;

/** So many additions to a document are kept: each reading goes through all of them. */
const maxAdded = 16;
/** Characters. What is longer is written anew, long before the server takes no more additions, however many bytes each has. */
const maxLength = 40_000;

/** A change, as the team and as the machine's store have it. */
export interface Split {
	/** Absent where the team is not concerned. */
	readonly row: Pick<TeamRow, 'name' | 'body'> | undefined;
	/** Absent where the machine's store is not concerned. */
	readonly local: Change | undefined;
}

/** The documents as the pool sees them while the team's server is in reach: those of the team, and those of the machine. */
export class TeamDocs {
	readonly view = new DocMaps();
	lessons: Lessons = new Map();
	private pauses: Pauses = {};
	/** By name. What is not here was never read, or is absent. */
	private readonly versions = new Map<string, string>();
	/** Documents to which so much was added that they should be written anew. */
	private readonly full = new Set<string>();
	/** When the team has last been told of a key's use. */
	private readonly usedAt = new Map<KeyId, EpochMs>();

	constructor(
		private readonly machine: Docs,
		readonly identity: Identity,
	) {}

	/** Whether the team has this document, it can be read, and not yet so much was added to it that it should be written anew. */
	canAdd(ref: DocRef, name: string): boolean {
		const isRead = this.versionOf(name) !== '0' && storedDocument(this.view, ref) !== undefined;
		return isRead && !this.full.has(name);
	}

	/** What calls have done to a document, to be added to what the team has of it. */
	addition(name: string, calls: readonly CallEvent[]): Addition {
		return additionOf(name, calls, this.view, this.identity);
	}

	versionOf(name: string): string {
		return this.versions.get(name) ?? '0';
	}

	/** The name under which a step's read of a document is checked; undefined for one of the machine. */
	readName(ref: DocRef): string | undefined {
		return ref.kind === 'pool' ? (this.identity.hasKeys ? pausesName : undefined) : this.identity.nameOf(ref);
	}

	isShared(ref: DocRef): boolean {
		return this.readName(ref) !== undefined;
	}

	/** Takes over everything of the machine; the team's documents follow by `apply`. */
	fill(machine: Iterable<Write>): void {
		for (const write of machine) this.takeLocal(write);
	}

	/** Takes over what the machine's store says of a document. Returns whether the view shows it. */
	machineChanged(ref: DocRef): boolean {
		if (ref.kind === 'pool') this.view.apply({ kind: 'pool', doc: this.poolRecord() });
		else if (this.isShared(ref)) {
			const known = writeOf(this.view, ref);
			const next = known && this.withLocalPart(known);
			if (!next || next.doc === known.doc) return false;
			this.view.apply(next);
		} else this.view.apply(writeOf(this.machine, ref) ?? { kind: 'drop', ref });
		return true;
	}

	/** Takes over rows of the team. Returns what the view shows otherwise now. */
	apply(rows: readonly TeamRow[], now: EpochMs): readonly DocRef[] {
		return rows.flatMap((row) => (Number(row.version) !== 0 && this.isOlder(row) ? [] : this.applyRow(row, now)));
	}

	/** Keys that were used here are known to be, although the team has not been told. */
	markUsed(changes: readonly Change[]): void {
		for (const change of changes) {
			const known = change.kind === 'key' ? this.view.key.get(change.id) : undefined;
			if (change.kind !== 'key' || !known || known.lastUsed >= change.doc.lastUsed) continue;
			this.view.apply({ ...change, doc: { ...known, lastUsed: change.doc.lastUsed } });
		}
	}

	/** What a commit has made of it, by the changes that were committed. */
	committed(rows: readonly Pick<TeamRow, 'name' | 'body'>[], version: string, now: EpochMs): readonly DocRef[] {
		return rows.flatMap(({ name, body }) =>
			// Another machine's later commit may have come first.
			this.isOlder({ name, version, body })
				? []
				: this.applyRow({ name, body, version: body === undefined ? '0' : version }, now, true),
		);
	}

	/** Who stores what of a change that a step has made on the view. */
	split(change: Change): Split {
		if (change.kind === 'pool') return this.splitPool(change.doc);
		const ref = change.kind === 'drop' ? change.ref : change;
		const name = this.identity.nameOf(ref);
		if (name === undefined) return { row: undefined, local: change };
		const row = this.isNews(change) ? { name, body: sharedBody(change, this.identity) } : undefined;
		return { row, local: this.isOfMachine(change) ? change : undefined };
	}

	/** What a machine counts for itself is no news, nor is a key used again within a second: each would be a conflict for others. */
	private isNews(change: Change): boolean {
		if (change.kind !== 'key') return true;
		const stored = this.view.key.get(change.id);
		const usedAt = this.usedAt.get(change.id);
		if (!stored || usedAt === undefined) return true;
		const { lastUsed } = change.doc;
		if (lastUsed < usedAt || lastUsed - usedAt >= usedMs) return true;
		const body = (doc: KeyRecord): string | undefined =>
			sharedBody({ kind: 'key', id: change.id, doc: { ...doc, lastUsed } }, this.identity);
		return body(stored) !== body(change.doc);
	}

	/** What a person's own calls have counted stays on the machine, and what the service has said to them. */
	private isOfMachine(change: Change): boolean {
		if (change.kind === 'drop') return change.ref.kind === 'key' && this.machine.key.has(change.ref.id);
		if (change.kind === 'bucket')
			return hasRemark(change) && change.doc.status !== this.view.bucket.get(change.id)?.status;
		if (change.kind !== 'key') return false;
		const before = this.view.key.get(change.id) ?? initialKeyRecord;
		const { success, fail, status } = change.doc;
		return before.success !== success || before.fail !== fail || (hasRemark(change) && before.status !== status);
	}

	private splitPool(doc: PoolRecord): Split {
		const pauses = withPauses(this.pauses, doc, this.identity);
		const row = pauses === this.pauses ? undefined : { name: pausesName, body: JSON.stringify({ v: 2, by: pauses }) };
		return { row, local: { kind: 'pool', doc } };
	}

	private isOlder({ name, version }: TeamRow): boolean {
		return Number(version) < Number(this.versionOf(name));
	}

	private applyRow({ name, version, body }: TeamRow, now: EpochMs, isOwn = false): readonly DocRef[] {
		if (name === pausesName) {
			this.setVersion(name, version);
			this.pauses = pausesIn(body, now);
			this.view.apply({ kind: 'pool', doc: this.poolRecord() });
			return [{ kind: 'pool' }];
		}
		if (name === lessonsName) {
			this.setVersion(name, version);
			this.lessons = lessonsIn(body);
			return [];
		}
		const changes = localChanges(name, body, this.identity, now);
		for (const change of changes) {
			if (change.kind === 'key') this.usedAt.set(change.id, change.doc.lastUsed);
			else if (change.kind === 'drop' && change.ref.kind === 'key') this.usedAt.delete(change.ref.id);
		}
		// A row of nobody here is not remembered: it is read again once somebody is.
		if (changes.length > 0) this.setVersion(name, version, body);
		return changes.flatMap((change) => (isOwn || this.hasRoom(change) ? this.show(change) : []));
	}

	/** For what others have written: without what it has written itself, this machine would ask again for what is cooling down. */
	private hasRoom(change: Change): boolean {
		const { model, bucket } = this.view;
		if (change.kind === 'model') return model.size < maxModels || model.has(change.id);
		return change.kind !== 'bucket' || bucket.size < maxBuckets || bucket.has(change.id);
	}

	private show(change: Change): readonly DocRef[] {
		const ref = change.kind === 'drop' ? change.ref : change;
		if (change.kind === 'drop' && storedDocument(this.view, ref) === undefined) return [];
		this.view.apply(change.kind === 'drop' ? change : this.withLocalPart(change));
		return [ref];
	}

	private setVersion(name: string, version: string, body = ''): void {
		if (version === '0') this.versions.delete(name);
		else this.versions.set(name, version);
		if (body.length > maxLength || body.split('\n').length > maxAdded) this.full.add(name);
		else this.full.delete(name);
	}

	private takeLocal(write: Write): void {
		if (write.kind === 'pool') this.view.apply({ kind: 'pool', doc: this.poolRecord() });
		else if (!this.isShared(write)) this.view.apply(write);
	}

	private withLocalPart(write: Write): Write {
		const own = writeOf(this.machine, write);
		const counted = write.kind === 'key' ? withCountsOf(write, own) : write;
		return own ? withRemark(counted, own) : counted;
	}

	/** A pause by a key of the team is the team's: what the machine has kept of it are the service's words alone. */
	private poolRecord(): PoolRecord {
		const { paused: kept, ...rest } = this.machine.pool;
		const isOwn = kept && this.identity.key(kept.by) === undefined;
		const paused = isOwn ? kept : localPause(this.pauses, this.identity);
		if (!paused) return kept ? rest : this.machine.pool;
		const { serviceMessage } = kept?.by === paused.by && kept.since === paused.since ? kept : {};
		return { ...rest, paused: serviceMessage === undefined ? paused : { ...paused, serviceMessage } };
	}
}

function withCountsOf(write: Write & { readonly kind: 'key' }, own: Write | undefined): Write {
	const { success, fail, tokens } = own?.kind === 'key' ? own.doc : initialKeyRecord;
	const { doc } = write;
	const isSame = doc.success === success && doc.fail === fail && doc.tokens === tokens;
	return isSame ? write : { ...write, doc: { ...doc, success, fail, tokens } };
}

/** A document of `docs` as a write. */
export function writeOf(docs: Docs, ref: DocRef): Write | undefined {
	const doc = storedDocument(docs, ref);
	return doc === undefined ? undefined : ({ ...ref, doc } as Write);
}
