import {
	nameOf,
	namedRefOf,
	reconcile,
	spendingAt,
	storedDocument,
	writesByName,
	type Change,
	type DocMaps,
	type DocRef,
	type EpochMs,
	type LeaseId,
	type Write,
} from '../../pool/pool';
import { careful } from './careful';

/**
 * How the server's documents relate to what this machine began with. `same`: they go on from there. `renewed`: the server was
 * flushed, restarted or failed over, and may lack something. `joining`: this machine's own knowledge was never in it.
 * `rejoining`: it was in a team before, and knows what all of that had counted. `starting`: it is in the team, and has what the
 * process before it had left on the machine: for a server that was flushed while nobody was there. `gathering`: the same, where
 * the server was flushed not long ago: whoever was there first may have known less.
 */
export type Origin = 'same' | 'renewed' | 'joining' | 'rejoining' | 'starting' | 'gathering';

export interface MergeRules {
	readonly origin: Origin;
	/** Several documents of this machine may have one name in the team; undefined for one that stays here. */
	readonly teamName: (ref: DocRef) => string | undefined;
	/** Whether two documents are the same for the team. */
	readonly isSame: (a: Write, b: Write) => boolean;
	/** Whether another machine has taken a lease, or another window of this one has ended it. */
	readonly isForeign: (lease: LeaseId) => boolean;
	readonly now: EpochMs;
}

/**
 * What to write into the team's store when it is in reach again: `ours` are this machine's documents, `base` is what they were
 * when it was last in reach, `theirs` what it holds.
 */
export function contributions(
	ours: DocMaps,
	base: DocMaps,
	theirs: readonly Change[],
	rules: MergeRules,
): readonly Change[] {
	const { origin, teamName, isSame } = rules;
	const there = writesByName(theirs);
	const began = writesByName([...base.writes()].filter((write) => teamName(write) !== undefined));
	const changes = new Map<string, Change>();
	for (const own of ours.writes()) {
		const shared = teamName(own);
		if (shared === undefined) continue;
		const name = nameOf(own);
		const before = changes.get(shared) ?? there.get(name);
		const other = before?.kind === 'drop' ? undefined : before;
		const merged = merge(own, other, began.get(name), rules);
		if (merged && !(other && isSame(merged, other))) changes.set(shared, merged);
	}
	if (origin !== 'same') return [...changes.values()];
	for (const [name, from] of began) {
		const [ref, shared = ''] = [namedRefOf(from), teamName(from)];
		const isGone = there.has(name) && ref && storedDocument(ours, ref) === undefined;
		if (isGone && !changes.has(shared)) changes.set(shared, { kind: 'drop', ref });
	}
	return [...changes.values()];
}

function merge(
	own: Write,
	other: Write | undefined,
	from: Write | undefined,
	{ origin, isForeign, now }: MergeRules,
): Write | undefined {
	const isChanged = from?.doc !== own.doc;
	switch (origin) {
		case 'same':
			if (!isChanged) return undefined;
			return other ? reconcile(own, other, from, now) : own;
		case 'renewed': {
			// What was known before, then what was added since.
			const known = other && from ? careful(withoutEnded(from, other, isForeign), other, now) : (other ?? from);
			if (!known) return own;
			return isChanged ? reconcile(own, known, from, now) : known;
		}
		case 'joining':
			return other ? reconcile(own, other, undefined, now) : own;
		case 'starting':
			return other ? undefined : own;
		case 'gathering':
			return other ? grown(own, other, now) : own;
		case 'rejoining':
			return other ? careful(withoutEnded(own, other, isForeign), other, now) : own;
	}
}

/** What was counted and spent only grows; all else is as it is there, because a person may have changed it since. */
function grown(own: Write, other: Write, now: EpochMs): Write | undefined {
	if (own.kind === 'client') return careful(own, other, now);
	if (own.kind === 'bucket' && other.kind === 'bucket') {
		return careful({ ...other, doc: { ...other.doc, day: own.doc.day } }, other, now);
	}
	if (own.kind !== 'spending' || other.kind !== 'spending') return undefined;
	// What ran out is charged first: one of them may have done so.
	const there = spendingAt(other.doc, now);
	const [day, month] = [
		{ ...own.doc.day, raised: 0 },
		{ ...own.doc.month, raised: 0 },
	];
	return careful({ ...other, doc: { ...there, day, month } }, other, now);
}

/**
 * What another machine had under way counts as long as the server has it. Whoever was back first has told of all that it knew,
 * and who has ended a call since has told that: to hold it once more would count its cost twice.
 */
function withoutEnded(from: Write, there: Write, isForeign: (lease: LeaseId) => boolean): Write {
	if (from.kind === 'bucket' && there.kind === 'bucket') {
		const open = new Set(there.doc.leases.map(({ id }) => id));
		return {
			...from,
			doc: { ...from.doc, leases: from.doc.leases.filter(({ id }) => open.has(id) || !isForeign(id)) },
		};
	}
	if (from.kind === 'spending' && there.kind === 'spending') {
		const open = new Set(there.doc.reservations.map(({ lease }) => lease));
		const reservations = from.doc.reservations.filter(({ lease }) => open.has(lease) || !isForeign(lease));
		return { ...from, doc: { ...from.doc, reservations } };
	}
	return from;
}
