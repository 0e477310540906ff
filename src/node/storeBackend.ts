import { lazily } from '../common/lazily';
import { StoreError, type StoreBackend } from '../pool/pool';

/** The place of the ledger on a disk, which `read` makes at the first use. Absent: this host has no disk, and no place. */
export function lazyStoreBackend(read: (() => Promise<StoreBackend>) | undefined): StoreBackend {
	const backend = lazily(read ?? (() => Promise.reject(new StoreError('missing'))));
	return {
		open: async () => (await backend()).open(),
		setAside: async () => (await backend()).setAside(),
	};
}
