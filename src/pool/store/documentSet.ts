import { DocMaps, nameOf, refOf } from './docMaps';
import type { Change, DocRef, NamedRef, Write } from '../types/stateStore';

/** Makes `docs` hold what `changes` are and nothing else; answers what changed. */
export function replaceAll(docs: DocMaps, changes: readonly Change[]): readonly DocRef[] {
	const there = writesByName(changes);
	const refs: DocRef[] = changes.map(refOf);
	for (const write of [...docs.writes()]) {
		if (there.has(nameOf(write))) continue;
		const ref = namedRefOf(write);
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

export function writesByName(changes: readonly Change[]): ReadonlyMap<string, Write> {
	return new Map(changes.flatMap((change) => (change.kind === 'drop' ? [] : [[nameOf(change), change] as const])));
}

/** The name of what can be dropped; the pool's record cannot. */
export function namedRefOf(write: Write): NamedRef | undefined {
	return write.kind === 'pool' ? undefined : write;
}
