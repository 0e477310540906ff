import { nameOf, refOf, type CallEvent, type Change, type DocRef, type EpochMs, type Step } from '../../pool/pool';
import type { Addition, TeamRead, TeamRow } from '../link/link';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { TrackedTransaction, type Recorded } from './transactions';

/** A commit whose reply has not come, and what it makes of the team's documents as they were known. */
export interface PendingCommit {
	readonly id: string;
	readonly changes: readonly Recorded[];
}

/** The documents that a step has to do with. Two steps that share none which either writes may be committed at the same time. */
export interface Scope {
	readonly touched: ReadonlySet<string>;
	readonly written: ReadonlySet<string>;
}

/** Steps that were run one after the other, to be committed together. */
export interface Batch extends Scope {
	readonly type: 'batch';
	readonly steps: readonly Step[];
	/** Resolve or reject their callers. */
	readonly ends: readonly (() => void)[];
	readonly reads: ReadonlyMap<string, TeamRead>;
	readonly rows: readonly Pick<TeamRow, 'name' | 'body'>[];
	readonly additions: readonly Addition[];
	readonly changes: readonly Change[];
	/** What it changes of the machine's own documents, each beside the one that the step has seen. */
	readonly local: readonly Recorded[];
}

/** A step that touches documents of the machine alone: its store makes it atomic. */
export interface LocalStep extends Scope {
	readonly type: 'ofMachine';
	readonly steps: readonly [Step];
}

interface RunStep {
	readonly step: Step;
	readonly end: () => void;
	readonly reads: ReadonlyMap<string, TeamRead>;
	readonly calls: readonly CallEvent[];
}

interface Group extends Scope {
	readonly runs: readonly RunStep[];
	readonly isOfMachine: boolean;
}

/** Waiting steps that are looked at together. */
const maxSteps = 32;

/**
 * Runs the waiting steps on the copy of the team's documents. Those that share documents go together; those that must wait for
 * what is under way are left out.
 */
export function runSteps(
	docs: TeamDocs,
	steps: readonly Step[],
	now: EpochMs,
	underWay: Iterable<Scope>,
): readonly (Batch | LocalStep)[] {
	const tx = new TrackedTransaction(docs.view, now);
	const waiting: Scope[] = [...underWay];
	let groups: readonly Group[] = [];
	for (const step of steps.slice(0, maxSteps)) {
		const undo = tx.savepoint();
		const run = runOne(docs, tx, step, now, undo);
		const sharing = groups.filter((group) => isShared(group, run));
		const cannotJoin = sharing.length > 0 && (run.isOfMachine || docs.identity.hasTwins);
		if (cannotJoin || sharing.some((group) => group.isOfMachine) || waiting.some((scope) => isShared(scope, run))) {
			undo();
			waiting.push(run);
			continue;
		}
		// Its store runs it again.
		if (run.isOfMachine) undo();
		groups = [...groups.filter((group) => !sharing.includes(group)), united([...sharing, run])];
	}
	const { changes } = tx;
	return groups.map((group) => committable(docs, group, changes));
}

/** Where the step throws, it has written nothing, and its caller hears of it once what it has read is known to be current. */
function runOne(docs: TeamDocs, tx: TrackedTransaction, step: Step, now: EpochMs, undo: () => void): Group {
	const before = new Set(tx.changes);
	const touched = new Set<string>();
	const reads = new Map<string, TeamRead>();
	const calls: CallEvent[] = [];
	const touch = (ref: DocRef): TeamRead & { readonly name: string | undefined } => {
		touched.add(scopeName(docs, ref));
		const name = docs.readName(ref);
		return { name, version: name === undefined ? '0' : docs.versionOf(name) };
	};
	tx.onTouch = (ref) => {
		const { name, version } = touch(ref);
		if (name !== undefined) reads.set(name, { version });
	};
	tx.onRecord = (call, room) => {
		const { name, version } = touch(call);
		if (name === undefined) return;
		calls.push(call);
		if (!docs.canAdd(call, name)) reads.set(name, { version });
		else if (room) reads.set(name, { version, room });
		else if (!reads.has(name)) reads.set(name, { version: '*' });
	};
	let end: () => void;
	try {
		end = step.run(tx, now);
	} catch (error) {
		undo();
		calls.length = 0;
		end = () => step.reject(error);
	}
	const changes = tx.changes.filter((change) => !before.has(change));
	const written = new Set(changes.map((change) => scopeName(docs, refOf(change))));
	return { runs: [{ step, end, reads, calls }], isOfMachine: touched.size > 0 && reads.size === 0, touched, written };
}

/** One name for the documents of a machine that have one name in the team. All queues of windows count as one document. */
function scopeName(docs: TeamDocs, ref: DocRef): string {
	return docs.readName(ref) ?? (ref.kind === 'windowQueue' ? ref.kind : nameOf(ref));
}

function isShared(a: Scope, b: Scope): boolean {
	return [...a.written].some((name) => b.touched.has(name)) || [...b.written].some((name) => a.touched.has(name));
}

function united(groups: readonly Group[]): Group {
	return {
		runs: groups.flatMap(({ runs }) => runs),
		isOfMachine: groups.some((group) => group.isOfMachine),
		touched: new Set(groups.flatMap(({ touched }) => [...touched])),
		written: new Set(groups.flatMap(({ written }) => [...written])),
	};
}

function committable(docs: TeamDocs, group: Group, all: readonly Change[]): Batch | LocalStep {
	const { runs, touched, written } = group;
	const [first] = runs;
	if (group.isOfMachine && first) return { type: 'ofMachine', steps: [first.step], touched, written };
	const changes = all.filter((change) => written.has(scopeName(docs, refOf(change))));
	const splits = changes.map((change) => ({ change, ...docs.split(change) }));
	const reads = new Map<string, TeamRead>();
	for (const [name, read] of runs.flatMap((run) => [...run.reads])) reads.set(name, stricter(read, reads.get(name)));
	const additions = changes.flatMap((change) => {
		const name = docs.readName(refOf(change));
		if (name === undefined || isExact(reads.get(name))) return [];
		const isOfIt = (call: CallEvent): boolean => docs.readName(call) === name;
		return docs.addition(
			name,
			runs.flatMap((run) => run.calls.filter(isOfIt)),
		);
	});
	const isAdded = new Set(additions.map(({ name }) => name));
	return {
		type: 'batch',
		steps: runs.map(({ step }) => step),
		ends: runs.map(({ end }) => end),
		...{ reads, additions },
		rows: splits.flatMap(({ row }) => (row && !isAdded.has(row.name) ? row : [])),
		local: splits.flatMap(({ change, local }) =>
			local ? [{ before: writeOf(docs.view, refOf(change)), change: local }] : [],
		),
		...{ changes, touched, written },
	};
}

/** Whether nothing at all may have been added to what was read. */
function isExact(read: TeamRead | undefined): boolean {
	return read === undefined || (read.room === undefined && read.version !== '*');
}

/** What holds for both of two steps. */
function stricter(a: TeamRead, b: TeamRead | undefined): TeamRead {
	if (!b || b.version === '*') return a;
	if (a.version === '*') return b;
	if (!a.room || !b.room) return { version: a.version };
	const [requests, input] = [Math.min(a.room.requests, b.room.requests), Math.min(a.room.input, b.room.input)];
	return { version: a.version, room: { requests, input } };
}
