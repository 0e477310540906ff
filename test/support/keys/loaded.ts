import * as edits from '../../../src/keys/keyring/edits';
import type { KeyringOptions } from '../../../src/keys/keyring/keyring';
import * as records from '../../../src/keys/keyring/records';

/** What a window reads from disk at its first use is here from the start. */
export const loaded: KeyringOptions['load'] = {
	records: () => Promise.resolve(records),
	edits: () => Promise.resolve(edits),
};
