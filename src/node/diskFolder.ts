import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Folder } from '../chat/storage/folder';

/**
 * A folder on this machine's disk. Unlike the files of the editor's API it can be written until the process ends: when a
 * window closes, that API is gone before anybody hears of it.
 *
 * @param root absolute; made at the first write. What is made is for this user alone.
 */
export function diskFolder(root: string, newId: () => string): Folder {
	const at = (name: string): string => path.join(root, ...name.split('/'));
	return {
		names: async (name) => (await found(readdir(at(name)))) ?? [],
		read: (name) => found(readFile(at(name), 'utf8')),
		write: async (name, text) => {
			const partial = at(`${name}.${newId()}.partial`);
			await mkdir(path.dirname(partial), { recursive: true, mode: 0o700 });
			await writeFile(partial, text, { mode: 0o600, flag: 'wx' });
			await rename(partial, at(name));
		},
		remove: (name) => rm(at(name), { recursive: true, force: true }),
		move: async (from, to) => {
			await found(rename(at(from), at(to)));
		},
	};
}

/** What the system says where a path does not exist: nothing is there, or a file where a folder would be. */
const missing: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/** Undefined where the file or folder does not exist. */
async function found<T>(result: Promise<T>): Promise<T | undefined> {
	try {
		return await result;
	} catch (error) {
		if (error instanceof Error && 'code' in error && missing.includes(error.code)) {
			return undefined;
		}
		throw error;
	}
}
