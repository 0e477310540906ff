import { randomUUID } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { writeWhole } from './writeWhole';
import { makeFolder } from './makePrivate';
import { systemCode } from './systemCode';

/** Characters; more is no settings file. */
const maxLength = 1_000_000;

/** The settings of gemini-cli, which are its user's. */
export interface GeminiCliSettings {
	readonly file: string;
	/** Undefined where there is none. */
	read(): Promise<string | undefined>;
	/** In one step; a link stays a link, and the file's permissions stay. */
	write(text: string): Promise<void>;
}

export function geminiCliSettings(environment: Readonly<Record<string, string | undefined>>): GeminiCliSettings {
	const { GEMINI_CLI_HOME: home = '' } = environment;
	const file = path.join(home === '' ? homedir() : home, '.gemini', 'settings.json');
	return {
		file,
		read: async () => {
			try {
				const { size } = await stat(file);
				return size > maxLength ? 'too long' : await readFile(file, 'utf8');
			} catch (error) {
				if (systemCode(error) === 'ENOENT') return undefined;
				throw error;
			}
		},
		write: async (text) => {
			await makeFolder(path.dirname(file));
			const target = await realpath(file).catch(() => file);
			const mode = await stat(target).then(
				(found) => found.mode & 0o777,
				() => 0o600,
			);
			const partial = `${target}.${randomUUID()}`;
			await writeWhole(target, partial, text, mode);
		},
	};
}
