import type { Masker } from '../../masking/masking';

/** Where the house writes what happened. Lines are English and stable, so that they can be searched and compared. */
export interface Log {
	trace(line: string): void;
	debug(line: string): void;
	info(line: string): void;
	warn(line: string): void;
	error(line: string): void;
}

/** Where lines go. */
export interface LogChannel extends Log {
	/** Whether lines of a level go anywhere: else they need not be masked. Absent: all do. */
	readonly shows?: (level: keyof Log) => boolean;
}

/** Characters. A service can answer with megabytes. */
const maxLineLength = 2000;

/** Logs errors that nobody awaits, with their stacks. */
export function errorsTo(log: Pick<Log, 'error'>): (error: unknown) => void {
	return (error) => log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** `channel` is the one LogOutputChannel, whose level is the user's. Nothing reaches it unmasked, and a line stays a line. */
export function createLog(channel: LogChannel, mask: Masker): Log {
	const safe = (text: string) => {
		const line = mask(text).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
		return line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line;
	};
	const to = (level: keyof Log) => (line: string) => {
		if (channel.shows?.(level) ?? true) channel[level](safe(line));
	};
	return { trace: to('trace'), debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') };
}
