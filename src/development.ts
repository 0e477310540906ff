import type { SecretStore } from './keys/keyring/keyring';

/** What `npm start` and the window tests hand to a window that runs from the sources. */
export interface Development {
	/** Keys to use beside those of the keyring, in order; kept in memory only. */
	readonly keys: readonly string[];
	/** Where the service is; absent: the setting's. */
	readonly baseUrl?: string;
	/** A path: while a file is there, the secret storage refuses, as a locked one does. */
	readonly lock?: string;
}

/**
 * Reads the extension host's environment. Callers guard it with `__DEV__`, so that a packaged bundle does not even
 * hold this code: what runs at a user's place never takes a key, or another service's address, from the environment.
 */
export function readDevelopment(env: Readonly<Record<string, string | undefined>>): Development {
	const keys = (env['GEMINI_API_KEYS'] ?? '').split(/[\s,;]+/).filter((key) => key !== '');
	const baseUrl = env['KEYPOOL_BASE_URL'];
	const lock = env['KEYPOOL_LOCK'];
	return { keys, ...(baseUrl !== undefined && baseUrl !== '' && { baseUrl }), ...(lock !== undefined && { lock }) };
}

/** `store`, which rejects while it is locked. */
export function lockable(store: SecretStore, isLocked: () => PromiseLike<boolean>): SecretStore {
	const open = async (): Promise<SecretStore> => {
		if (await isLocked()) throw new Error('The secret storage is locked.');
		return store;
	};
	return {
		get: async (name) => (await open()).get(name),
		store: async (name, value) => (await open()).store(name, value),
		delete: async (name) => (await open()).delete(name),
		keys: async () => (await open()).keys(),
		onDidChange: (listener) => store.onDidChange(listener),
	};
}
