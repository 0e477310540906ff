import type { KeyringOptions } from './keyring';

/** Read from disk at the first use. */
export const fromDisk: KeyringOptions['load'] = {
	records: () => import('./records'),
	edits: () => import('./edits'),
};
