import type { Masker } from '../../masking/masking';

/** Where the house writes what happened. Lines are English and stable, so that they can be searched and compared. */
export interface Log {
	trace(line: string): void;
	debug(line: string): void;
	info(line: string): void;
	warn(line: string): void;
	error(line: string): void;
}

/** Characters. A service can answer with megabytes. */
const maxLineLength = 2000;

/** `channel` is the one LogOutputChannel, whose level is the user's. Nothing reaches it unmasked, and a line stays a line. */
export function createLog(channel: Log, mask: Masker): Log {
	const safe = (text: string) => {
		const line = mask(text).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
		return line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line;
	};
	return {
		trace: (line) => channel.trace(safe(line)),
		debug: (line) => channel.debug(safe(line)),
		info: (line) => channel.info(safe(line)),
		warn: (line) => channel.warn(safe(line)),
		error: (line) => channel.error(safe(line)),
	};
}
