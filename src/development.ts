import type { SecretStore } from './keys/keyring/keyring';

/** What `npm start` and the window tests pass to a window that runs from the sources. */
export interface Development {
	/** Keys to use instead of stored ones, in order; kept in memory only. */
	readonly keys: readonly string[];
	/** The service's address; absent: the setting's. */
	readonly baseUrl?: string;
	/** A path: while this file exists, the secret storage refuses, as if it were locked. */
	readonly lock?: string;
}

/**
 * Reads the extension host's environment. Callers guard it with `__DEV__`, so that a packaged bundle does not contain this
 * code: what users run never takes a key or a service address from the environment.
 */
export function readDevelopment(env: Readonly<Record<string, string | undefined>>): Development {
	const keys = (env['GEMINI_API_KEYS'] ?? '').split(/[\s,;]+/).filter((key) => key !== '');
	const baseUrl = env['KEYPOOL_BASE_URL'];
	const lock = env['KEYPOOL_LOCK'];
	return { keys, ...(baseUrl !== undefined && baseUrl !== '' && { baseUrl }), ...(lock !== undefined && { lock }) };
}

/** Whether a secret is a simulated one among the development keys: its label is the key. */
export function isDevelopmentKey(secret: string, developmentKeys: readonly string[]): boolean {
	return secret.startsWith('sim-') && developmentKeys.includes(secret);
}

/** Ids that are the same in every window and after a reload. */
export function numberedIds(prefix: string): () => string {
	let n = 0;
	return () => `${prefix}-${++n}`;
}

/** `store`, but rejecting while it is locked. */
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
