import type { KeyringOptions } from '../keyring/keyring';

/** Read from disk at the first use. */
export const fromDisk: KeyringOptions['load'] = {
	records: () => import('../keyring/records'),
	edits: () => import('../keyring/edits'),
};
