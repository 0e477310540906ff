import { environmentNames } from './environmentNames';
import { parseKeys, type ParsedKeys } from './parseKeys';

/** The keys in an environment, to be offered masked. Nothing is stored until the user chooses to. */
export function keysInEnvironment(environment: Readonly<Record<string, string | undefined>>): ParsedKeys {
	const lines = environmentNames.flatMap((name) => {
		const value = environment[name];
		return value === undefined || value.trim() === '' ? [] : value.split(/[\r\n]+/);
	});
	return parseKeys(lines.join('\n'), true);
}
