import type { PasteResult } from './paste';
import { parsePaste } from './paste';

/** The variables that the environment is asked for, in the order of their keys. */
const names = ['GEMINI_API_KEYS', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'];

/** The keys in an environment. They are for offering, masked: nothing is stored without a person's act. */
export function keysInEnvironment(environment: Readonly<Record<string, string | undefined>>): PasteResult {
	const lines = names.flatMap((name) => {
		const value = environment[name];
		return value === undefined || value.trim() === '' ? [] : value.split(/[\r\n]+/);
	});
	return parsePaste(lines.join('\n'));
}
