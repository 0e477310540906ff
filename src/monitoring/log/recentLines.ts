import type { Log } from './log';

/** Lines that are kept, and characters of them. */
const maxLines = 400;
const maxCharacters = 100_000;

/**
 * The last lines of the log, for a report. Those for tracing are left out, whatever the level of the log: they alone can
 * quote a prompt.
 */
export class RecentLines {
	private readonly kept: string[] = [];
	private characters = 0;

	/** @param now ms since 1970. */
	constructor(private readonly now: () => number) {}

	/** Oldest first. */
	get lines(): readonly string[] {
		return this.kept;
	}

	/** A channel that keeps what it passes on. */
	keeping(channel: Log): Log {
		const also = (level: Exclude<keyof Log, 'trace'>) => (line: string) => {
			this.keep(`${new Date(this.now()).toISOString()} [${level}] ${line}`);
			channel[level](line);
		};
		return {
			trace: (line) => channel.trace(line),
			debug: also('debug'),
			info: also('info'),
			warn: also('warn'),
			error: also('error'),
		};
	}

	private keep(line: string): void {
		this.kept.push(line);
		this.characters += line.length;
		while (this.kept.length > maxLines || this.characters > maxCharacters) {
			this.characters -= this.kept.shift()?.length ?? 0;
		}
	}
}
