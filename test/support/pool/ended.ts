import type { RequestRecord, StateStore } from '../../../src/pool/pool';
import type { KeySwitch } from '../../../src/pool/types/statistics';
import { recordRequestEnd } from '../../../src/pool/usage/count';

/** Records how a request ended in a step of its own. */
export function ended(store: StateStore, record: RequestRecord, switches: readonly KeySwitch[] = []): Promise<void> {
	return store.transact((tx, now) => recordRequestEnd(tx, store.replica(), { record, switches }, now));
}
