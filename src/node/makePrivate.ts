import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from './systemCode';

/** Folders and files that are checked: far more than we ever store. */
const maxEntries = 100_000;

/** For their owner alone. */
const folderMode = 0o700;
export const fileMode = 0o600;

/**
 * Makes a folder, and those that it is in, where they are missing. Node's own way to make all of them tries for ever where
 * nothing can be made, as in Linux's /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
	const isThere = (): Promise<boolean> =>
		stat(folder).then(
			(found) => found.isDirectory(),
			() => false,
		);
	if (await isThere()) return;
	const parent = path.dirname(folder);
	if (parent !== folder) await makeFolder(parent);
	try {
		await mkdir(folder, folderMode);
	} catch (error) {
		// Another process may have made it meanwhile.
		if (!(await isThere())) throw error;
	}
}

/** Calls `makePrivate` for each folder. A failure does not stop the others. */
export async function makeAllPrivate(
	roots: readonly string[],
	report: (error: unknown) => void,
	platform = process.platform,
): Promise<void> {
	// Windows keeps no such permissions: they would be set on each file at each start, while the gateway waits.
	if (platform === 'win32') return;
	for (const root of roots) await makePrivate(root).catch(report);
}

/**
 * Removes other users' permissions from a folder and all that is in it, if it exists. The folder comes first, so that the rest
 * is out of reach at once. Skips links, and entries that we lack access to.
 * @throws the error of the folder itself
 */
export async function makePrivate(root: string): Promise<void> {
	const entries = [root];
	// The loop adds to `entries` while it runs.
	for (const entry of entries) {
		try {
			const stats = await lstat(entry);
			const mode = stats.isDirectory() ? folderMode : stats.isFile() ? fileMode : undefined;
			if (mode !== undefined && (stats.mode & 0o777) !== mode) await chmod(entry, mode);
			const inside = stats.isDirectory() ? await readdir(entry) : [];
			for (const name of inside.slice(0, maxEntries - entries.length)) entries.push(path.join(entry, name));
		} catch (error) {
			// Another window may have deleted it meanwhile.
			const isGone = systemCode(error) === 'ENOENT';
			if (entry === root && !isGone) throw error;
		}
	}
}
