import type { StateStore } from '../../../src/pool/pool';
import type { InMemoryStore } from './inMemoryStore';

/** A window whose copy of the pool's record stays as it was: it hears neither of a pause nor of a revoked tier. */
export function blindToPool(store: InMemoryStore): StateStore {
	return {
		replica: () =>
			new Proxy(store.replica(), {
				get: (docs, name) => (name === 'pool' ? { v: 2 } : (Reflect.get(docs, name) as unknown)),
			}),
		transact: (step) => store.transact(step),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => store.close(),
	};
}
