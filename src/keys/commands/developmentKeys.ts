import type { Keyring } from '../keyring/keyring';
import { parseSecret } from '../keyring/secret';

/** Adds the keys of a window that runs from the sources. A simulated key is no secret, so it is its own label. */
export async function addDevelopmentKeys(keys: readonly string[], keyring: Pick<Keyring, 'add'>): Promise<void> {
	await keyring.add(
		keys.flatMap((text) => {
			const parsed = parseSecret(text);
			if (!parsed.ok) return [];
			return [{ secret: parsed.secret, ...(parsed.kind === 'simulated' && { label: text }) }];
		}),
	);
}
