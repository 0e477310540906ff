import type { Key } from '../../pool/pool';
import { KeyringError, type AddResult, type Keyring, type NewKey } from '../keyring/keyring';

/**
 * Adds keys. If the store refuses, as a locked system keyring does, `again` receives the number of keys that are stored and
 * resolves to whether to retry the others, so that nobody has to paste them again. Rejects like the keyring otherwise.
 */
export async function addAll(
	keyring: Pick<Keyring, 'add'>,
	keys: readonly NewKey[],
	again: (stored: number) => Promise<boolean>,
): Promise<AddResult> {
	const stored: Key[] = [];
	for (;;) {
		try {
			const { added, duplicates } = await keyring.add(keys);
			const before = new Set(stored.map(({ id }) => id));
			return {
				added: [...stored, ...added],
				duplicates: duplicates.filter(({ of }) => !before.has(of.id)),
			};
		} catch (error) {
			if (!(error instanceof KeyringError) || error.reason !== 'storeRefused') throw error;
			stored.push(...error.added);
			if (!(await again(stored.length))) return { added: stored, duplicates: [] };
		}
	}
}
