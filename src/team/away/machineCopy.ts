import {
	copyOf,
	expiredDocuments,
	nameOf,
	settled,
	type Clock,
	type DocMaps,
	type DocRef,
	type Docs,
	type EpochMs,
	type KeyRecord,
	type Settled,
	type StateStore,
	type Write,
} from '../../pool/pool';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { careful } from './careful';

/** ms. The machine's store is told of what the team has sent at most this often. */
const keepMs = 500;

/** Writes into the machine's store what is known of the team; what the machine itself knows stays. */
export function keepOnMachine(
	machine: StateStore,
	{ identity }: TeamDocs,
	writes: Iterable<Write>,
	now: EpochMs,
): Promise<void> {
	return machine.transact((tx) => {
		for (const write of writes) {
			const known = writeOf(machine.replica(), write);
			const next = known ? careful(write, known, now, (lease) => identity.alias('lease', lease)) : write;
			if (!known || JSON.stringify(next.doc) !== JSON.stringify(known.doc)) tx.put(next);
		}
	});
}

/** What the machine knows of the team, without what has had its time. */
export async function keptOn(machine: StateStore, now: EpochMs): Promise<DocMaps> {
	// Its store has been read then.
	await machine.transact(() => undefined);
	const kept = copyOf(machine.replica());
	for (const ref of expiredDocuments(kept, [], now)) kept.apply({ kind: 'drop', ref });
	return kept;
}

/** What binds a process that starts anew: counts, also of clients, money, quarantined keys. */
const keptKinds: ReadonlySet<string> = new Set<DocRef['kind']>(['bucket', 'spending', 'key', 'client']);

/**
 * Keeps what the team has sent and spent in the machine's store while the server is in reach: a process that is killed, and
 * starts anew when the server is away, must not do it once more.
 */
export class MachineCopy {
	private readonly changed = new Map<string, DocRef>();
	private readonly keeping: Settled;

	constructor(
		private readonly machine: StateStore,
		clock: Clock,
		private readonly docs: () => { readonly docs: TeamDocs; readonly now: EpochMs } | undefined,
		private readonly onError: (error: unknown) => void,
	) {
		this.keeping = settled(clock, keepMs, () => this.keep());
	}

	note(refs: readonly DocRef[]): void {
		for (const ref of refs) if (keptKinds.has(ref.kind)) this.changed.set(nameOf(ref), ref);
		if (this.changed.size > 0) this.keeping.soon();
	}

	dispose(): void {
		this.keeping.dispose();
		this.changed.clear();
	}

	private keep(): void {
		const refs = [...this.changed.values()];
		this.changed.clear();
		const known = this.docs();
		if (!known) return;
		const { docs, now } = known;
		const all = refs.flatMap((ref) => (docs.isShared(ref) ? (writeOf(docs.view, ref) ?? []) : []));
		const writes = all.flatMap(binding);
		keepOnMachine(this.machine, docs, writes, now).catch(this.onError);
		const free = all.filter((write) => isFree(write, this.machine.replica()));
		if (free.length > 0) letGo(this.machine, free).catch(this.onError);
	}
}

/** Whether a key is quarantined on the machine alone: somebody of the team has let it go on. */
function isFree(write: Write, { key }: Docs): boolean {
	return write.kind === 'key' && !isQuarantined(write.doc) && isQuarantined(key.get(write.id));
}

function isQuarantined(record: KeyRecord | undefined): boolean {
	return record?.status.state === 'quarantined';
}

function letGo(machine: StateStore, writes: readonly Write[]): Promise<void> {
	return machine.transact((tx) => {
		for (const write of writes) {
			if (write.kind !== 'key' || !isQuarantined(tx.key(write.id))) continue;
			const { status, score } = write.doc;
			tx.put({ ...write, doc: { ...tx.key(write.id), status, score } });
		}
	});
}

/** What binds a process that starts anew, and does not last longer on the machine than in the team. */
function binding(write: Write): readonly Write[] {
	switch (write.kind) {
		case 'key':
			// Of another one, the least health that it ever had would be kept.
			return isQuarantined(write.doc) ? [write] : [];
		case 'spending':
			// What is reserved ends in the team: kept here, it would be charged once more.
			return [{ ...write, doc: { ...write.doc, reservations: [] } }];
		default:
			return [write];
	}
}
