import type { Clock, Key, Pool, Project, StreamPart } from '../../../src/pool/pool';
import { ask, keyOf, poolOn } from '../answering';
import type { InMemoryStore } from '../../support/pool/inMemoryStore';

export const models = ['gemini-3.8-flash', 'gemini-3.5-flash-lite'];
/** Longer than anybody waits here. */
export const everMs = 1e9;
export const keys: readonly Key[] = Array.from({ length: 20 }, (_, n) => keyOf(n));

/** What keys are of that may be asked so often a minute. */
export function projectsOf(rpm: number): readonly Project[] {
	const limits = Object.fromEntries(models.map((model) => [model, { rpm }]));
	return keys.map(({ project }) => ({ id: project, tier: 'free', limits }));
}

/** A pool whose keys have had all that they may in this minute. */
export async function usedUpPool(clock: Clock, store?: InMemoryStore): Promise<Pool> {
	const pool = poolOn(clock, keys, projectsOf(1), store);
	for (let n = 1; n <= keys.length * models.length; n++) await drain(ask(pool, n)[Symbol.asyncIterator]());
	return pool;
}

/** Reads to the end. */
export async function drain(parts: AsyncIterator<StreamPart<string>>): Promise<void> {
	while ((await parts.next()).done !== true);
}
