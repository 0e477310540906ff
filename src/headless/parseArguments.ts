import { parseArgs } from 'node:util';
import { systemCode } from '../node/systemCode';
import { options, type RawArguments } from './arguments';
import { UsageError } from './usageError';

/** What Node's own parser makes of a command line. @throws UsageError */
export function parseArguments(args: readonly string[]): RawArguments {
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true });
	} catch (error) {
		const { message } = error as Error;
		const name = /'(-[^\s',]*)/.exec(message)?.[1] ?? 'An option';
		if (systemCode(error) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
			throw new UsageError(`There is no option ${name}. See --help.`);
		}
		const takes = message.includes('does not take') ? 'takes no value' : 'takes a value, which begins with no hyphen';
		throw new UsageError(`${name} ${takes}. See --help.`);
	}
}
