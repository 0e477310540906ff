import {
	type DocMaps,
	namedRefOf,
	nameOf,
	refOf,
	storedDocument,
	type Change,
	type EpochMs,
	type OutboxCommit,
	type OutboxRecord,
	type StateStore,
	type Transaction,
} from '../../pool/pool';
import { rowOf } from '../../storedDocuments/rows';
import { writeOf } from '../documents/teamDocs';
import type { PendingCommit } from '../steps/steps';

export interface OutboxParts {
	readonly machine: StateStore;
	readonly newId: () => string;
	/** This process. */
	readonly owner: string;
	/** The same for one team. */
	readonly team: string;
	/** What the server had stored when the team was last known. */
	readonly store: string | undefined;
	/** Commits whose replies have not come. */
	readonly pending: readonly PendingCommit[];
}

/** What this process has done since the server is out of reach, and has not told the team, in the machine's store. */
export class Outbox {
	/** Of the record that was written last. */
	private id: string | undefined;

	constructor(private readonly parts: OutboxParts) {}

	/** Whether the team has been told what it held, or another process of the machine is about to tell it. */
	get isTaken(): boolean {
		return this.id !== undefined && !this.stored;
	}

	private get stored(): OutboxRecord | undefined {
		const one = this.id === undefined ? undefined : this.parts.machine.replica().outbox.get(this.id);
		return one?.owner === this.parts.owner ? one : undefined;
	}

	/** Whether a commit was sent whose reply has not come. */
	get hasPending(): boolean {
		return this.parts.pending.length > 0;
	}

	/** Writes what is to be told: into a new record if the last one is taken. Call the returned function once that is stored. */
	put(tx: Transaction, base: DocMaps, ours: DocMaps, now: EpochMs): () => void {
		const { stored } = this;
		const { newId, owner, pending, store, team } = this.parts;
		const id = stored && this.id !== undefined ? this.id : newId();
		const commits = stored?.commits ?? (this.id === undefined ? pending.map(storedCommit) : []);
		const changes = new Map(differences(base, ours).map((change) => [nameOf(refOf(change)), change]));
		// What a commit has told counts back where no step has done it again.
		for (const ref of commits.length === 0
			? []
			: pending.flatMap((one) => one.changes.map(({ change }) => refOf(change)))) {
			const write = writeOf(ours, ref);
			if (write && !changes.has(nameOf(ref))) changes.set(nameOf(ref), write);
		}
		const all = [...changes.values()];
		const doc: OutboxRecord = {
			...{ v: 2, at: stored?.at ?? now, changedAt: now, owner, team, ...(store !== undefined && { store }) },
			...{
				base: all.flatMap((change) => writeOf(base, refOf(change)) ?? []).map(rowOf),
				ours: all.map(rowOf),
				commits,
			},
		};
		tx.put({ kind: 'outbox', id, doc });
		return () => {
			this.id = id;
		};
	}
}

function storedCommit({ id, changes }: PendingCommit): OutboxCommit {
	return {
		id,
		base: changes.flatMap(({ before }) => (before ? rowOf(before) : [])),
		ours: changes.map(({ change }) => rowOf(change)),
	};
}

/** What `ours` has otherwise than `base`. */
function differences(base: DocMaps, ours: DocMaps): readonly Change[] {
	const gone = [...base.writes()].flatMap((write): readonly Change[] => {
		const ref = namedRefOf(write);
		return ref && storedDocument(ours, ref) === undefined ? [{ kind: 'drop', ref }] : [];
	});
	return [...[...ours.writes()].filter((write) => storedDocument(base, write) !== write.doc), ...gone];
}
