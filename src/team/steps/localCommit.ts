import { reconcile, type EpochMs, type StateStore } from '../../pool/pool';
import type { Recorded } from './transactions';
import { writeOf } from '../documents/teamDocs';

/**
 * Writes into the machine's store what a step of the team has changed of the machine's own documents. Where another window
 * has changed the same one meanwhile, both count.
 */
export function commitLocally(machine: StateStore, changes: readonly Recorded[], now: EpochMs): Promise<void> {
	return machine.transact((tx) => {
		for (const { before, change } of changes) {
			if (change.kind === 'drop') {
				tx.drop(change.ref);
				continue;
			}
			const current = writeOf(machine.replica(), change);
			const isOthers = current !== undefined && current.doc !== before?.doc;
			tx.put(isOthers && change.kind !== 'pool' ? reconcile(change, current, before, now) : change);
		}
	});
}
