import { lazily } from '../lazily';
import { Failure } from '../pool/pool';
import { costOf } from './cost';
import type { Gemini } from './gemini';

/**
 * The service, read from disk at the first call, so that activation stays quick. `allowed` says whether keys may go to
 * the host in force; where they may not, nothing is sent.
 */
export function lazyGemini(load: () => Promise<Gemini>, allowed: () => Promise<boolean>): Gemini {
	const read = lazily(load);
	const gemini = async (): Promise<Gemini> => {
		if (!(await allowed())) throw new Failure({ act: 'fail', why: 'hostRefused' }, false, '');
		return read();
	};
	return {
		cost: costOf,
		open: (prompt) =>
			async function* (on, signal) {
				yield* (await gemini()).open(prompt)(on, signal);
			},
		check: async (secret, signal) => (await gemini()).check(secret, signal),
		models: async (secret, signal) => (await gemini()).models(secret, signal),
	};
}
