import {
	copyOf,
	DocMaps,
	DocsTransaction,
	initialSpending,
	nameOf,
	reconcile,
	refOf,
	type Change,
	type EpochMs,
	type StateStore,
	type Step,
	type Transaction,
	type Write,
} from '../../pool/pool';
import { keepOnMachine } from './machineCopy';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { RecordingTransaction, type Recorded } from '../steps/transactions';
import type { Outbox } from './outbox';

interface Part {
	readonly base: DocMaps;
	readonly ours: DocMaps;
	/** Call it once that is stored. */
	readonly onStored: () => void;
}

/**
 * The time without the team's server: steps run on the machine's store, where the windows of the machine see each other.
 * `ours` is what this window alone has made of `base`, so that each window tells the server its own part, once.
 */
export class AwayState {
	base: DocMaps;
	ours: DocMaps;
	/** Under the names that the server knew; undefined where it was not asked. */
	readonly named: TeamDocs | undefined;

	/** @param wasOnline whether the team's documents were known */
	constructor(
		private readonly machine: StateStore,
		/** Says which documents are the team's. */
		public docs: TeamDocs,
		private readonly wasOnline: boolean,
		private readonly outbox: Outbox,
	) {
		this.named = wasOnline ? docs : undefined;
		this.base = copyOf(wasOnline ? docs.view : machine.replica());
		// What other processes hold is theirs to tell.
		if (!wasOnline)
			for (const [id, doc] of this.base.spending)
				this.base.apply({ kind: 'spending', id, doc: { ...doc, reservations: [] } });
		this.ours = copyOf(this.base);
	}

	/** What is known of the team counts on the machine from now on. Each of its windows does this. */
	async begin(now: EpochMs): Promise<void> {
		if (!this.wasOnline) return;
		const shared = [...this.docs.view.writes()].filter((write) => this.docs.isShared(write));
		await keepOnMachine(this.machine, this.docs, shared, now);
		if (!this.outbox.hasPending) return;
		const onStored = await this.machine.transact((tx) => this.outbox.put(tx, this.base, this.ours, now));
		onStored();
	}

	/** Runs a step; what it returns resolves the caller's promise. */
	async run(step: Step, now: EpochMs): Promise<() => void> {
		let part: Part | undefined;
		const end = await this.machine.transact((tx) => {
			const recording = new RecordingTransaction(tx, nameOf, (ref) => writeOf(this.machine.replica(), ref));
			const result = step.run(recording, now);
			part = this.after(recording.changes, tx, now);
			return result;
		});
		if (part) ({ base: this.base, ours: this.ours } = part);
		part?.onStored();
		return end;
	}

	/** What a step makes of our own part, which lies in the outbox as long as nobody has told it. */
	private after(changes: readonly Recorded[], tx: Transaction, now: EpochMs): Part {
		const own = changes.flatMap((change) => this.ownPart(change, now));
		const { base, ours, outbox } = this;
		if (own.length === 0) return { base, ours, onStored: () => undefined };
		const next = copyOf(ours);
		for (const change of own) next.apply(change);
		const from = outbox.isTaken ? copyOf(ours) : base;
		return { base: from, ours: next, onStored: outbox.put(tx, from, next, now) };
	}

	private ownPart({ before, change }: Recorded, now: EpochMs): readonly Change[] {
		if (!this.docs.isShared(refOf(change))) return [];
		return [change.kind === 'drop' ? change : this.merged(change, before, now)];
	}

	/** Another window's part of a document is not ours. */
	private merged(change: Write, before: Write | undefined, now: EpochMs): Change {
		const own = writeOf(this.ours, change) ?? (before && noneOf(before, now));
		if (!own) return change;
		return own.doc === before?.doc ? change : reconcile(change, own, before, now);
	}
}

/** The document as it is before anything was counted or spent in it; the parts of all others are brought together, not added. */
function noneOf(write: Write, now: EpochMs): Write {
	switch (write.kind) {
		case 'bucket':
			return { ...write, doc: new DocsTransaction(new DocMaps(), now).bucket(write.id) };
		case 'spending': {
			const { activity: known } = write.doc;
			const activity = known && { ...known, hour: { ...known.hour, cost: 0 } };
			return { ...write, doc: { ...initialSpending(now), ...(activity && { activity }) } };
		}
		case 'client':
			return { ...write, doc: { ...write.doc, day: { ...write.doc.day, requests: 0, input: 0, output: 0 } } };
		default:
			return write;
	}
}
