import { DocMaps, nameOf, refOf, stored } from './docMaps';
import type { Change, DocRef, NamedRef, Wall, Write } from './ledger';
import { reconciled } from './reconcile';

/**
 * What must be written into a store that this process comes to, or comes back to, with documents of its own: `ours`, and
 * `base` as they stood when the store was last in reach. `isSame`: it is the store that `base` came from.
 */
export function toContribute(
	ours: DocMaps,
	base: DocMaps,
	theirs: readonly Change[],
	isSame: boolean,
	now: Wall,
): readonly Change[] {
	const there = writesByName(theirs);
	const began = writesByName([...base.writes()]);
	const changes: Change[] = [];
	for (const own of ours.writes()) {
		const name = nameOf(own);
		const other = there.get(name);
		const from = began.get(name);
		const isChanged = from?.doc !== own.doc;
		if (!other) {
			if ((isChanged || !isSame) && !isEmpty(own)) changes.push(own);
		} else if (isChanged) {
			changes.push(reconciled(own, other, from, now));
		}
	}
	for (const [name, from] of began) {
		const ref = named(from);
		if (ref && there.has(name) && stored(ours, ref) === undefined) changes.push({ kind: 'drop', ref });
	}
	return changes;
}

/** Makes `docs` hold what `changes` are and nothing else; answers what changed. */
export function replaceAll(docs: DocMaps, changes: readonly Change[]): readonly DocRef[] {
	const there = writesByName(changes);
	const refs: DocRef[] = changes.map(refOf);
	for (const write of [...docs.writes()]) {
		if (there.has(nameOf(write))) continue;
		const ref = named(write);
		docs.apply(ref ? { kind: 'drop', ref } : { kind: 'pool', doc: { v: 1 } });
		refs.push(refOf(write));
	}
	for (const change of changes) docs.apply(change);
	return refs;
}

/** The same documents, apart. */
export function copyOf(docs: DocMaps): DocMaps {
	const copy = new DocMaps();
	for (const write of docs.writes()) copy.apply(write);
	return copy;
}

function writesByName(changes: readonly Change[]): ReadonlyMap<string, Write> {
	return new Map(changes.flatMap((change) => (change.kind === 'drop' ? [] : [[nameOf(change), change] as const])));
}

function named(write: Write): NamedRef | undefined {
	return write.kind === 'pool' ? undefined : write;
}

/** A pool that is not paused says nothing. */
function isEmpty(write: Write): boolean {
	return write.kind === 'pool' && !write.doc.paused;
}
