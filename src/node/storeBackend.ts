import { lazily } from '../common/lazily';
import { StoreError, type StoreBackend } from '../pool/pool';

/** Loads the state store's backend on first use. `read` is absent in a host without a disk: then opening fails. */
export function lazyStoreBackend(read: (() => Promise<StoreBackend>) | undefined): StoreBackend {
	const backend = lazily(read ?? (() => Promise.reject(new StoreError('missing'))));
	return {
		open: async () => (await backend()).open(),
		setAside: async () => (await backend()).setAside(),
	};
}
