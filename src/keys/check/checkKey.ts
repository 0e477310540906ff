import { Failure, type CheckKey, type KeyId } from '../../pool/pool';
import type { Check } from './check';

/** Checks a stored key with the service. Throws `Failure`, also if the key is gone. */
export function checkKey(
	secretOf: (id: KeyId) => Promise<string | undefined>,
	service: { readonly check: Check },
): CheckKey {
	return async (id, signal) => {
		for (;;) {
			const secret = await secretOf(id);
			if (secret === undefined) throw new Failure({ type: 'fail', reason: 'unexpected' }, false, 'The key is gone.');
			try {
				return await service.check(secret, signal);
			} catch (error) {
				// Where it was replaced meanwhile, that is no word on the key that is there now.
				if (signal.aborted || (await secretOf(id)) === secret) throw error;
			}
		}
	};
}
