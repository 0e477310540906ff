import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from './systemCode';

/** A random name for a folder and all processes over it, which says nothing else. Made at the first use. */
export async function machineName(folder: string): Promise<string> {
	const file = path.join(folder, 'machine');
	await mkdir(folder, { recursive: true, mode: 0o700 });
	try {
		await writeFile(file, randomUUID(), { flag: 'wx', mode: 0o600 });
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') throw error;
	}
	const name = (await readFile(file, 'utf8')).trim();
	// Another process has made the file, and not written it yet; or it is damaged.
	return /^[\w-]{8,64}$/.test(name) ? name : randomUUID();
}
