import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a browser has fetched, and what it has compiled of that, in the folder of its profile. */
const caches = ['Cache', 'Code Cache'];

/**
 * What the browsers of this process have fetched and compiled so far: with it a window opens by a fifth less processor time,
 * because the workbench's own script, of 19 MB, is not compiled again.
 */
const kept = path.join(tmpdir(), `keypool-browser-cache-${String(process.pid)}`);

/** A folder for the profile of a browser, which holds what the last one left. */
export function warmProfile(): string {
	const profile = mkdtempSync(path.join(tmpdir(), 'keypool-browser-'));
	for (const name of caches.filter((cache) => existsSync(path.join(kept, cache)))) {
		cpSync(path.join(kept, name), path.join(profile, 'Default', name), { recursive: true });
	}
	return profile;
}

/** Removes the profile of a browser that has been closed, and keeps what the next one can use. */
export function removeProfile(profile: string): void {
	if (!existsSync(kept)) process.once('exit', () => rmSync(kept, { recursive: true, force: true }));
	mkdirSync(kept, { recursive: true });
	for (const name of caches.filter((cache) => existsSync(path.join(profile, 'Default', cache)))) {
		rmSync(path.join(kept, name), { recursive: true, force: true });
		renameSync(path.join(profile, 'Default', name), path.join(kept, name));
	}
	rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
