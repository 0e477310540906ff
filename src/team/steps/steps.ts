import type { Change, DocMaps, EpochMs, Step, Write } from '../../pool/pool';
import type { TeamRow } from '../link/link';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { TrackedTransaction } from './transactions';

/** What a step has changed of the machine's own documents. */
export interface LocalChange {
	/** The document that the step has seen. */
	readonly before: Write | undefined;
	readonly change: Change;
}

/** A commit whose reply has not come: of steps, or of what was added to the server's documents. */
export type PendingCommit =
	| { readonly id: string; readonly changes: readonly Change[] }
	| { readonly id: string; readonly ours: DocMaps };

/** Steps that were run one after the other, to be committed together. */
export interface Batch {
	readonly type: 'batch';
	/** How many of the waiting steps. */
	readonly count: number;
	/** Resolve or reject their callers. */
	readonly ends: readonly (() => void)[];
	readonly reads: ReadonlyMap<string, string>;
	readonly rows: readonly Pick<TeamRow, 'name' | 'body'>[];
	readonly changes: readonly Change[];
	readonly local: readonly LocalChange[];
}

/** Steps that wait while another commit is under way go together: a machine then needs no more than two round trips. */
const maxSteps = 32;

/**
 * Runs the waiting steps on the copy of the team's documents. `ofMachine`: the first one touches documents of the machine
 * alone, so it is for the machine's store.
 */
export function runSteps(
	docs: TeamDocs,
	steps: readonly Step[],
	now: EpochMs,
	isRetry: boolean,
): Batch | { readonly type: 'ofMachine' } {
	const tx = new TrackedTransaction(docs.view, now);
	const reads = new Map<string, string>();
	const ends: (() => void)[] = [];
	// After a conflict the first one goes alone: the fewer documents a commit rests on, the sooner it succeeds.
	const most = isRetry || docs.identity.hasTwins ? 1 : maxSteps;
	for (const step of steps.slice(0, most)) {
		const undo = tx.savepoint();
		let machineReads = 0;
		const names = new Set<string>();
		tx.onTouch = (ref) => {
			const name = docs.readName(ref);
			if (name === undefined) machineReads++;
			else names.add(name);
		};
		let end: () => void;
		try {
			end = step.run(tx, now);
		} catch (error) {
			undo();
			end = () => step.reject(error);
		}
		if (machineReads > 0 && names.size === 0) {
			undo();
			if (ends.length === 0) return { type: 'ofMachine' };
			break;
		}
		for (const name of names) reads.set(name, docs.versionOf(name));
		ends.push(end);
	}
	const { changes } = tx;
	const splits = changes.map((change) => ({ change, ...docs.split(change) }));
	return {
		type: 'batch',
		count: ends.length,
		...{ ends, reads, changes },
		rows: splits.flatMap(({ row }) => row ?? []),
		local: splits.flatMap(({ change, local }) =>
			local ? [{ before: writeOf(docs.view, change.kind === 'drop' ? change.ref : change), change: local }] : [],
		),
	};
}
