import { DocMaps, nameOf, refOf, writesOf } from './docMaps';
import type { Change, DocRef, Docs, NamedRef, Write } from '../types/stateStore';

/** Replaces the content of `docs` by `changes`; returns what changed. */
export function replaceAll(docs: DocMaps, changes: readonly Change[]): readonly DocRef[] {
	const there = writesByName(changes);
	const refs: DocRef[] = changes.map(refOf);
	for (const write of [...docs.writes()]) {
		if (there.has(nameOf(write))) continue;
		const ref = namedRefOf(write);
		docs.apply(ref ? { kind: 'drop', ref } : { kind: 'pool', doc: { v: 2 } });
		refs.push(refOf(write));
	}
	for (const change of changes) docs.apply(change);
	return refs;
}

/** A copy of the maps; the documents are shared. */
export function copyOf(docs: Docs): DocMaps {
	const copy = new DocMaps();
	for (const write of writesOf(docs)) copy.apply(write);
	return copy;
}

export function writesByName(changes: readonly Change[]): ReadonlyMap<string, Write> {
	return new Map(changes.flatMap((change) => (change.kind === 'drop' ? [] : [[nameOf(change), change] as const])));
}

/** The reference with which a document can be dropped; the pool's record cannot. */
export function namedRefOf(write: Write): NamedRef | undefined {
	return write.kind === 'pool' ? undefined : write;
}
