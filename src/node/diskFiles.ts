import { constants, lstat, open, readlink, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { FileRefused, type Disk, type Place } from '../workspaceFiles/disk';
import { patientRename, renameCalls, synced, type RenameCalls } from './patientDisk';
import { systemCode } from './systemCode';

/** Windows lacks these flags. */
const flag = (name: 'O_NOFOLLOW' | 'O_NONBLOCK'): number =>
	(constants as Readonly<Partial<Record<typeof name, number>>>)[name] ?? 0;

/** System calls that tests replace to make them fail. */
export interface DiskCalls extends RenameCalls {
	readonly open: typeof open;
}

/** @param newId unguessable, so that nobody can place a link under the name of a partial file */
export function diskFiles(newId: () => string, calls: DiskCalls = { open, ...renameCalls }): Disk {
	return {
		locate: async (file, roots) => (await lookUp(file, roots)).place,
		read: async (file, roots, maxBytes) => {
			const { place } = await lookUp(file, roots);
			if (place.state === 'outside') throw new FileRefused('link', path.basename(file));
			if (place.state === 'absent') return undefined;
			// If it has become a link or a pipe since then, it is not followed and does not block.
			const handle = await calls.open(place.path, constants.O_RDONLY | flag('O_NOFOLLOW') | flag('O_NONBLOCK'));
			try {
				const stats = await handle.stat();
				if (!stats.isFile()) throw new FileRefused('noFile', path.basename(file));
				if (stats.size > maxBytes) throw new FileRefused('tooLarge', path.basename(file));
				return await handle.readFile();
			} finally {
				await handle.close();
			}
		},
		replace: async (file, roots, bytes) => {
			const { place, entry } = await lookUp(file, roots);
			if (place.state === 'outside') throw new FileRefused('link', path.basename(file));
			const partial = path.join(path.dirname(entry), `.keypool-${newId()}.part`);
			// `wx`: the name must be free; a link of that name is not followed, not even a dangling one.
			const handle = await calls.open(partial, 'wx', 0o600);
			try {
				try {
					await handle.writeFile(bytes);
					await synced(handle);
				} finally {
					await handle.close();
				}
				await patientRename(partial, entry, calls);
			} catch (error) {
				await rm(partial, { force: true });
				throw error;
			}
		},
	};
}

interface LookedUp {
	readonly place: Place;
	/** The path of the name itself in its real folder. */
	readonly entry: string;
}

async function lookUp(file: string, roots: readonly string[]): Promise<LookedUp> {
	const [folder, ...allowed] = await Promise.all([path.dirname(file), ...roots].map(followed));
	const isAllowed = (real: string): boolean => allowed.some((root) => root !== undefined && isWithin(root, real));
	const entry = path.join(folder ?? '', path.basename(file));
	const at = (place: Place): LookedUp => ({ place, entry });
	if (folder === undefined || !isAllowed(folder)) return at({ state: 'outside' });
	const stats = await unless(['ENOENT'], lstat(entry));
	if (!stats) return at({ state: 'absent', path: entry });
	if (!stats.isSymbolicLink()) return at({ state: 'inside', path: entry });
	// A dangling link is outside: writing through it would create a file at an unknown place.
	const real = await followed(entry);
	return at(real !== undefined && isAllowed(real) ? { state: 'inside', path: real } : { state: 'outside' });
}

/** From link to link, as the system goes, and to no more of them. Node's own walk never ends at a server that VS Code refuses. */
async function byLinks(file: string, left = 40): Promise<string> {
	let real = path.parse(file).root;
	const names = path.relative(real, file).split(path.sep);
	for (const [at, name] of names.entries()) {
		const entry = path.join(real, name);
		if ((await lstat(entry)).isSymbolicLink()) {
			if (left === 0) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
			return byLinks(path.resolve(real, await readlink(entry), ...names.slice(at + 1)), left - 1);
		}
		real = entry;
	}
	return real;
}

/**
 * The system of Windows knows no real path on a RAM disk, and says of a network drive the server behind its letter, which VS
 * Code keeps extensions from unless its person allows that server.
 */
async function realPath(file: string): Promise<string> {
	const real = await unless(['EISDIR'], realpath(file));
	const isElsewhere = real === undefined || (isOnServer(real) && !isOnServer(file));
	return isElsewhere ? byLinks(file) : real;
}

function isOnServer(file: string): boolean {
	return file.startsWith('\\\\');
}

/** The last one is VS Code's. */
const nowhere = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ERR_UNC_HOST_NOT_ALLOWED'];

/** The real path; undefined if it leads to nothing, in a circle, or to where we lack access. */
function followed(file: string): Promise<string | undefined> {
	return unless(nowhere, realPath(file));
}

function isWithin(root: string, file: string): boolean {
	const way = path.relative(root, file);
	return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

/** Undefined if the system returns one of these error codes. */
async function unless<T>(codes: readonly string[], result: Promise<T>): Promise<T | undefined> {
	try {
		return await result;
	} catch (error) {
		if (codes.includes(String(systemCode(error)))) return undefined;
		throw error;
	}
}
