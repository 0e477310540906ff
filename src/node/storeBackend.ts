import { lazily } from '../common/lazily';
import { StoreError, type StorePlace } from '../pool/pool';

/** The place of the ledger on a disk, which `read` makes at the first use. Absent: this host has no disk, and no place. */
export function ledgerPlace(read: (() => Promise<StorePlace>) | undefined): StorePlace {
	const place = lazily(read ?? (() => Promise.reject(new StoreError('missing'))));
	return {
		open: async () => (await place()).open(),
		setAside: async () => (await place()).setAside(),
	};
}
