/** What `npm start` and the window tests hand to a window that runs from the sources. */
export interface Development {
	/** Keys to use beside those of the keyring, in order; kept in memory only. */
	readonly keys: readonly string[];
	/** Where the service is; absent: the setting's. */
	readonly baseUrl?: string;
}

/**
 * Reads the extension host's environment. Callers guard it with `__DEV__`, so that a packaged bundle does not even
 * hold this code: what runs at a user's place never takes a key, or another service's address, from the environment.
 */
export function readDevelopment(env: Readonly<Record<string, string | undefined>>): Development {
	const keys = (env['GEMINI_API_KEYS'] ?? '').split(/[\s,;]+/).filter((key) => key !== '');
	const baseUrl = env['KEYPOOL_BASE_URL'];
	return { keys, ...(baseUrl !== undefined && baseUrl !== '' && { baseUrl }) };
}
