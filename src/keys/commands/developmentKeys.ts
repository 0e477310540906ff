import type { Keyring } from '../keyring/keyring';
import { parseSecret } from '../keyring/secret';

/** Adds the keys of a window that runs from the sources. A simulated key is no secret, so it is its own label. */
export async function addDevelopmentKeys(keys: readonly string[], keyring: Pick<Keyring, 'add'>): Promise<void> {
	await keyring.add(
		keys.flatMap((text) => {
			const parsed = parseSecret(text);
			if (!parsed.ok) return [];
			return [
				{
					secret: parsed.secret,
					...(isDevelopmentKey(text, keys) ? { label: text } : {}),
				},
			];
		}),
	);
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
