import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './makePrivate';

/** A random name for a folder and all processes over it, which says nothing else. Made at the first use. */
export async function machineName(folder: string): Promise<string> {
	const file = path.join(folder, 'machine');
	const made = randomUUID();
	try {
		await makeFolder(folder);
		await writeFile(file, made, { flag: 'wx', mode: 0o600 });
	} catch {
		// It is there already; or it cannot be kept, and the team counts another machine for minutes after each start.
	}
	const name = (await readFile(file, 'utf8').catch(() => '')).trim();
	// Another process has made the file, and not written it yet; or it is damaged.
	return /^[\w-]{8,64}$/.test(name) ? name : made;
}
