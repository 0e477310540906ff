import { nameOf, storedDocument, type DocMaps } from './docMaps';
import type { Change, EpochMs, Write } from '../types/stateStore';
import { reconcile } from './reconcile';
import { namedRefOf, writesByName } from './documentSet';

/**
 * What to write into a store that is in reach again: `ours` are this process's documents, `base` is what they were when the
 * store was last in reach. `isSame`: `base` came from this very store.
 */
export function changesToResync(
	ours: DocMaps,
	base: DocMaps,
	theirs: readonly Change[],
	isSame: boolean,
	now: EpochMs,
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
			changes.push(reconcile(own, other, from, now));
		}
	}
	for (const [name, from] of began) {
		const ref = namedRefOf(from);
		if (ref && there.has(name) && storedDocument(ours, ref) === undefined) changes.push({ kind: 'drop', ref });
	}
	return changes;
}

/** A pool record that is neither paused nor throttled, has no revoked tier and tells of no erasure, holds nothing. */
function isEmpty(write: Write): boolean {
	if (write.kind !== 'pool') return false;
	const { paused, throttled, revoked, forgottenAt } = write.doc;
	return !paused && !throttled && !revoked && forgottenAt === undefined;
}
