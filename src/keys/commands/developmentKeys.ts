import type { Keyring } from '../keyring/keyring';
import { isDevelopmentKey } from './lentKeys';
import { parseSecret } from '../keyring/secret';

/** Adds keys of a trial run from the sources. A simulated key is no secret, so its name may say what it does. */
export async function addDevelopmentKeys(keys: readonly string[], keyring: Pick<Keyring, 'add'>): Promise<void> {
	const lent = keys.flatMap((text) => {
		const parsed = parseSecret(text);
		if (!parsed.ok) return [];
		return [{ secret: parsed.secret, ...(isDevelopmentKey(text, keys) ? { label: text } : {}) }];
	});
	await keyring.add(lent);
}
