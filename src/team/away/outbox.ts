import {
	type DocMaps,
	namedRefOf,
	refOf,
	storedDocument,
	type Change,
	type EpochMs,
	type OutboxRecord,
	type StateStore,
	type Transaction,
} from '../../pool/pool';
import { rowOf } from '../../storedDocuments/rows';
import { writeOf } from '../documents/teamDocs';
import type { PendingCommit } from '../steps/steps';

export interface OutboxParts {
	readonly newId: () => string;
	/** The same for one team. */
	readonly team: string;
	/** What the server had stored when the team was last known. */
	readonly store: string | undefined;
	/** Commits whose replies have not come. */
	readonly pending: readonly PendingCommit[];
}

/** What one process has done since the server is out of reach, and has not told the team, in the machine's store. */
export class Outbox {
	/** Undefined while it is empty. */
	private id: string | undefined;
	private pending: readonly PendingCommit[];

	constructor(
		private readonly machine: StateStore,
		private readonly parts: OutboxParts,
	) {
		({ pending: this.pending } = parts);
	}

	/** Whether another process of the machine tells what it held. */
	get isTaken(): boolean {
		return this.id !== undefined && this.machine.replica().outbox.get(this.id)?.owner !== this.id;
	}

	/** Writes what is to be told. Call the returned function once that is stored. */
	put(tx: Transaction, base: DocMaps, ours: DocMaps, now: EpochMs): () => void {
		const id = this.id === undefined || this.isTaken ? this.parts.newId() : this.id;
		tx.put({ kind: 'outbox', id, doc: this.record(id, base, ours, now) });
		return () => {
			this.id = id;
		};
	}

	/** This commit is about to tell it. Resolves to whether another process does so already. */
	async send(base: DocMaps, ours: DocMaps, commit: string): Promise<boolean> {
		this.pending = [{ id: commit, changes: differences(base, ours) }];
		const { id } = this;
		if (id === undefined) return false;
		const isTaken = await this.machine.transact((tx, now) => {
			if (this.isTaken) return true;
			tx.put({ kind: 'outbox', id, doc: { ...this.record(id, base, ours, now), sentAt: now } });
			return false;
		});
		if (isTaken) this.id = undefined;
		return isTaken;
	}

	/** It has been told. */
	async drop(): Promise<void> {
		const { id } = this;
		if (id !== undefined) await this.machine.transact((tx) => tx.drop({ kind: 'outbox', id }));
	}

	private record(id: string, base: DocMaps, ours: DocMaps, now: EpochMs): OutboxRecord {
		const { team, store } = this.parts;
		const changes = differences(base, ours);
		const before = changes.flatMap((change) => writeOf(base, refOf(change)) ?? []);
		return {
			...{ v: 2, at: now, owner: id, team, ...(store !== undefined && { store }) },
			...{ base: before.map(rowOf), ours: changes.map(rowOf) },
			commits: this.pending.map((commit) => ({ id: commit.id, rows: commit.changes.map(rowOf) })),
		};
	}
}

/** What `ours` has otherwise than `base`. */
export function differences(base: DocMaps, ours: DocMaps): readonly Change[] {
	const gone = [...base.writes()].flatMap((write): readonly Change[] => {
		const ref = namedRefOf(write);
		return ref && storedDocument(ours, ref) === undefined ? [{ kind: 'drop', ref }] : [];
	});
	return [...[...ours.writes()].filter((write) => storedDocument(base, write) !== write.doc), ...gone];
}
