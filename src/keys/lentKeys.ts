import type { Keyring } from './keyring';
import { parseSecret } from './secret';

/** Adds keys of a trial run from the sources. A simulated key is no secret, so its name may say what it does. */
export async function lend(keys: readonly string[], keyring: Pick<Keyring, 'add'>): Promise<void> {
	const lent = keys.flatMap((text) => {
		const parsed = parseSecret(text);
		if (!parsed.ok) return [];
		return [{ secret: parsed.secret, ...(isSimulated(text, keys) ? { label: text } : {}) }];
	});
	if (lent.length > 0) await keyring.add(lent);
}

/** Whether a secret is a simulated one that was lent: its label is the key. */
export function isSimulated(secret: string, lent: readonly string[]): boolean {
	return secret.startsWith('sim-') && lent.includes(secret);
}

/** Names that are the same each time. */
export function numbered(prefix: string): () => string {
	let n = 0;
	return () => `${prefix}-${++n}`;
}
