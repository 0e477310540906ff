import { chmod, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Folders and files that are looked at: far more than we ever keep. */
const maxEntries = 100_000;

const folderMode = 0o700;
const fileMode = 0o600;

/** As `makePrivate` for each of several folders: one that fails keeps none of the others from it. */
export async function makeAllPrivate(roots: readonly string[], report: (error: unknown) => void): Promise<void> {
	for (const root of roots) await makePrivate(root).catch(report);
}

/**
 * Takes what others may do with a folder of ours and all that is in it; nothing happens where it does not exist. The folder
 * comes first, so that nobody gets at the rest meanwhile. Links are left alone, and so is what the system keeps from us.
 * @throws what the disk says of the folder itself
 */
export async function makePrivate(root: string): Promise<void> {
	const entries = [root];
	// What is found is looked at in turn.
	for (const entry of entries) {
		try {
			const stats = await lstat(entry);
			const mode = stats.isDirectory() ? folderMode : stats.isFile() ? fileMode : undefined;
			if (mode !== undefined && (stats.mode & 0o777) !== mode) await chmod(entry, mode);
			const inside = stats.isDirectory() ? await readdir(entry) : [];
			for (const name of inside.slice(0, maxEntries - entries.length)) entries.push(path.join(entry, name));
		} catch (error) {
			// Another window may have deleted it since.
			const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
			if (entry === root && !isGone) throw error;
		}
	}
}
