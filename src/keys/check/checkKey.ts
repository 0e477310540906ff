import type { Gemini } from '../../gemini/gemini';
import { Failure, type CheckKey, type KeyId } from '../../pool/pool';

/** Asks the service about a stored key. Throws `Failure`, also where the key is gone. */
export function checkKey(
	secretOf: (id: KeyId) => Promise<string | undefined>,
	gemini: Pick<Gemini, 'check'>,
): CheckKey {
	return async (id, signal) => {
		const secret = await secretOf(id);
		if (secret === undefined) throw new Failure({ type: 'fail', reason: 'unexpected' }, false, 'The key is gone.');
		await gemini.check(secret, signal);
	};
}
