import * as edits from '../../../src/keys/edits';
import type { KeyringOptions } from '../../../src/keys/keyring';
import * as records from '../../../src/keys/records';

/** What a window reads from disk at its first use is here from the start. */
export const loaded: KeyringOptions['load'] = {
	records: () => Promise.resolve(records),
	edits: () => Promise.resolve(edits),
};
