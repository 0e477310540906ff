import type { KeyId, Pool } from '../../pool/pool';
import type { Keyring } from '../keyring/keyring';
import { learnProject } from './sameProject';

/**
 * Stores the project numbers that the service names while it answers prompts, one after the other. `suggest` receives each
 * key whose number is new: another key may belong to the same project. Call the returned function to stop.
 */
export function learnFromPool(
	pool: Pick<Pool, 'onEvent'>,
	keyring: Keyring,
	suggest: (key: KeyId) => void,
	report: (error: unknown) => void,
): () => void {
	let last = Promise.resolve();
	const learn = async (key: KeyId, number: string): Promise<void> => {
		if (await learnProject(key, number, keyring)) suggest(key);
	};
	return pool.onEvent((event) => {
		if (event.type === 'projectNamed') last = last.then(() => learn(event.key, event.number)).catch(report);
	});
}
