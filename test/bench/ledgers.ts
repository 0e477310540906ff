import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBackend } from '../../src/node/sqlite/sqliteBackend';
import { machineClock } from '../../src/node/machineClock';
import { Pool, SharedStore, type StateStore, type Project } from '../../src/pool/pool';
import { keyOf } from './answering';

export const model = 'gemini-3.8-flash';

/** A folder that is gone after `act`. */
export async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-bench-'));
	try {
		return await act(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The ledger on a file, as a window opens it. Rejects where this Node has no SQLite. */
export async function sharedLedger(folder: string): Promise<SharedStore> {
	const troubles: unknown[] = [];
	const ledger = new SharedStore({
		backend: new SqliteBackend(folder),
		clock: machineClock,
		soon: setImmediate,
		random: Math.random,
		onStoreError: (trouble, cause) => troubles.push(trouble, cause),
		onError: (error) => troubles.push(error),
	});
	await ledger.transact(() => undefined);
	if (troubles.length > 0) throw new AggregateError(troubles, 'The ledger is out of reach.');
	return ledger;
}

/** A pool over so many keys without limits. */
export function poolOver(ledger: StateStore, keys: number): Pool {
	const pool = new Pool({
		store: ledger,
		clock: machineClock,
		random: Math.random,
		check: () => Promise.resolve(),
		window: crypto.randomUUID(),
	});
	const all = Array.from({ length: keys }, (_, index) => keyOf(index));
	pool.setKeys(
		all,
		all.map(({ project }): Project => ({ id: project, tier: 'free' })),
	);
	pool.configure({ model, strategy: 'primaryBackup' });
	return pool;
}
