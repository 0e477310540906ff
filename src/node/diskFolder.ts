import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Folder } from '../chat/storage/folder';
import { makeFolder } from './makePrivate';
import { retryHeld, patientRename, renameCalls, type RenameCalls } from './patientDisk';
import { writeWhole } from './writeWhole';
import { systemCode } from './systemCode';

/** System calls that tests replace to make them fail. */
interface FolderCalls extends RenameCalls {
	readonly readFile: (file: string, encoding: 'utf8') => Promise<string>;
	readonly rm: typeof rm;
}

/**
 * A folder on this machine's disk. It can be written until the process ends; VS Code's file API is gone earlier when a window
 * closes.
 *
 * @param root absolute; created at the first write, readable by this user only
 */
export function diskFolder(
	root: string,
	newId: () => string,
	calls: FolderCalls = { readFile, rm, ...renameCalls },
): Folder {
	const at = (name: string): string => path.join(root, ...name.split('/'));
	return {
		names: async (name) => (await found(readdir(at(name)))) ?? [],
		read: (name) => found(retryHeld(() => calls.readFile(at(name), 'utf8'), calls)),
		write: async (name, text) => {
			const partial = at(`${name}.${newId()}.partial`);
			await makeFolder(path.dirname(partial));
			await writeWhole(at(name), partial, text, 0o600);
		},
		remove: (name) => retryHeld(() => calls.rm(at(name), { recursive: true, force: true }), calls),
		move: async (from, to) => {
			await found(patientRename(at(from), at(to), calls));
		},
	};
}

/** Error codes for a path that does not exist, also because a file is where a folder should be. */
const missing: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/** Undefined if the file or folder does not exist. */
async function found<T>(result: Promise<T>): Promise<T | undefined> {
	try {
		return await result;
	} catch (error) {
		if (missing.includes(systemCode(error))) {
			return undefined;
		}
		throw error;
	}
}
