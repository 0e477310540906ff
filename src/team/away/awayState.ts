import {
	copyOf,
	DocMaps,
	DocsTransaction,
	initialSpending,
	nameOf,
	reconcile,
	type Change,
	type EpochMs,
	type StateStore,
	type Step,
	type Write,
} from '../../pool/pool';
import { keepOnMachine } from './machineCopy';
import type { TeamLink } from '../link/link';
import type { PendingCommit } from '../steps/steps';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { RecordingTransaction, type Recorded } from '../steps/transactions';

/**
 * The time without the team's server: steps run on the machine's store, where the windows of the machine see each other.
 * `ours` is what this window alone has made of `base`, so that each window tells the server its own part, once.
 */
export class AwayState {
	base: DocMaps;
	readonly ours: DocMaps;
	/** Under the names that the server knew; undefined where it was not asked. */
	readonly named: TeamDocs | undefined;

	/** @param wasOnline whether the team's documents were known */
	constructor(
		private readonly machine: StateStore,
		/** Says which documents are the team's. */
		public docs: TeamDocs,
		private readonly wasOnline: boolean,
	) {
		this.named = wasOnline ? docs : undefined;
		const known = wasOnline ? docs.view : machine.replica();
		this.base = copyOf(known);
		this.ours = copyOf(known);
	}

	/** What is known of the team counts on the machine from now on. Each of its windows does this. */
	begin(now: EpochMs): Promise<void> {
		if (!this.wasOnline) return Promise.resolve();
		const shared = [...this.docs.view.writes()].filter((write) => this.docs.isShared(write));
		return keepOnMachine(this.machine, this.docs, shared, now);
	}

	/** A commit that was sent before the server went away, and whose reply was lost: what it wrote is no news. */
	async settle(link: TeamLink, pending: PendingCommit): Promise<void> {
		if (!(await link.hasCommitted(pending.id))) return;
		if ('ours' in pending) this.base = pending.ours;
		else for (const change of pending.changes) this.base.apply(change);
	}

	/** Runs a step; what it returns resolves the caller's promise. */
	async run(step: Step, now: EpochMs): Promise<() => void> {
		let changes: readonly Recorded[] = [];
		const end = await this.machine.transact((tx) => {
			const recording = new RecordingTransaction(tx, nameOf, (ref) => writeOf(this.machine.replica(), ref));
			const result = step.run(recording, now);
			({ changes } = recording);
			return result;
		});
		for (const change of changes) this.keep(change, now);
		return end;
	}

	private keep({ before, change }: Recorded, now: EpochMs): void {
		if (!this.docs.isShared(change.kind === 'drop' ? change.ref : change)) return;
		this.ours.apply(change.kind === 'drop' ? change : this.merged(change, before, now));
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
