import { Emitter } from '../../common/emitter';
import type { SecretStore } from './secretStore';

/** Forgets everything when the window closes: development keys must leave no trace. */
export function createMemoryStore(): SecretStore {
	const values = new Map<string, string>();
	const changed = new Emitter<{ readonly key: string }>();
	return {
		get: (name) => Promise.resolve(values.get(name)),
		keys: () => Promise.resolve([...values.keys()]),
		store: (name, value) => {
			values.set(name, value);
			changed.fire({ key: name });
			return Promise.resolve();
		},
		delete: (name) => {
			values.delete(name);
			changed.fire({ key: name });
			return Promise.resolve();
		},
		onDidChange: changed.event,
	};
}
