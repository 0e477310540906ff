import type { KeyId, Pool } from '../pool/pool';
import type { Keyring } from './keyring';
import { learnProject } from './sameProject';
import { suggestSameProject } from './suggestSameProject';

/**
 * Keeps the project numbers that the service names while prompts are answered, one after the other, and asks about keys
 * that it thereby says to be of one project. Returns what ends it.
 */
export function learnFromPool(
	pool: Pick<Pool, 'onEvent'>,
	keyring: Keyring,
	report: (error: unknown) => void,
): () => void {
	let last = Promise.resolve();
	const learn = async (key: KeyId, number: string): Promise<void> => {
		// Whether a person answers must not keep the next number waiting.
		if (await learnProject(key, number, keyring)) void suggestSameProject([key], keyring).catch(report);
	};
	return pool.onEvent((event) => {
		if (event.type === 'projectNamed') last = last.then(() => learn(event.key, event.number)).catch(report);
	});
}
