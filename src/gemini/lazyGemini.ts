import { lazily } from '../common/lazily';
import { Failure, type KeyId } from '../pool/pool';
import { costOf } from './request/cost';
import type { Gemini } from './gemini';

/** Whose call it is: a key's, or a secret's that need not be one yet. */
export type Caller = { readonly key: KeyId } | { readonly secret: string };

/**
 * The service, read from disk at the first call, so that activation stays quick. `allowed` says whether a key may go to
 * the host in force; where it may not, nothing is sent.
 */
export function lazyGemini(load: () => Promise<Gemini>, allowed: (by: Caller) => Promise<boolean>): Gemini {
	const read = lazily(load);
	const gemini = async (by: Caller): Promise<Gemini> => {
		if (!(await allowed(by))) throw new Failure({ act: 'fail', why: 'hostRefused' }, false, '');
		return read();
	};
	return {
		cost: costOf,
		open: (prompt) =>
			async function* (on, signal) {
				yield* (await gemini({ key: on.key })).open(prompt)(on, signal);
			},
		check: async (secret, signal) => (await gemini({ secret })).check(secret, signal),
		models: async (secret, signal) => (await gemini({ secret })).models(secret, signal),
	};
}
