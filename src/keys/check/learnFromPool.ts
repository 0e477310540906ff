import type { KeyId, Pool } from '../../pool/pool';
import type { Keyring } from '../keyring/keyring';
import { learnProject } from './sameProject';

/**
 * Keeps the project numbers that the service names while prompts are answered, one after the other. `suggest` hears of each
 * key whose number is news: another key may be of the same project. Returns what ends it.
 */
export function learnFromPool(
	pool: Pick<Pool, 'onEvent'>,
	keyring: Keyring,
	suggest: (key: KeyId) => Promise<void>,
	report: (error: unknown) => void,
): () => void {
	let last = Promise.resolve();
	const learn = async (key: KeyId, number: string): Promise<void> => {
		// Whether a person answers must not keep the next number waiting.
		if (await learnProject(key, number, keyring)) void suggest(key).catch(report);
	};
	return pool.onEvent((event) => {
		if (event.type === 'projectNamed') last = last.then(() => learn(event.key, event.number)).catch(report);
	});
}
