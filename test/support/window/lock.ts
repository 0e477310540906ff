import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A keychain that a development window finds locked while a file lies there. */
export interface Lock {
	readonly env: { readonly KEYPOOL_LOCK: string };
	close(): void;
	open(): void;
}

/** For the tests of one `describe`; gone after them. */
export function useLock(): Lock {
	const place = mkdtempSync(path.join(tmpdir(), 'keypool-lock-'));
	const file = path.join(place, 'locked');
	after(() => rmSync(place, { recursive: true, force: true }));
	return { env: { KEYPOOL_LOCK: file }, close: () => writeFileSync(file, ''), open: () => rmSync(file) };
}
