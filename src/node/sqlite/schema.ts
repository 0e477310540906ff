import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../pool/pool';
import { convertedFromVersion1, type RowAt } from './version1';

/** Upgrades a file from version n to n + 1, where n is its index in `migrations`. Version 0 is an empty file. */
export type Migration = (db: DatabaseSync) => void;

/**
 * `doc` holds each document as JSON with the revision that wrote it; without a body, it was deleted. `head` is one row: the
 * store's id, its revision, the revision up to which deletions are forgotten, and the time of the last write (ms).
 */
export const migrations: readonly Migration[] = [
	(db) => {
		db.exec(`
			CREATE TABLE doc (
				kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT, PRIMARY KEY (kind, id)
			) STRICT, WITHOUT ROWID;
			CREATE INDEX doc_rev ON doc (rev);
			CREATE TABLE head (
				one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT NOT NULL, rev INTEGER NOT NULL, forgotten INTEGER NOT NULL,
				wall REAL, steady REAL
			) STRICT;
		`);
		db.prepare('INSERT INTO head VALUES (1, ?, 0, 0, NULL, NULL)').run(randomUUID());
	},
	// Version 0.1.0 wrote the first version.
	(db) => {
		// A window that still runs 0.1.0 reads the old name, and so comes as far as the version, which it tells its person.
		db.exec('ALTER TABLE head RENAME COLUMN steady TO monotonic; ALTER TABLE head ADD COLUMN steady REAL');
		const rows = db.prepare('SELECT kind, id, rev, body FROM doc WHERE body IS NOT NULL ORDER BY rev').all();
		// A row of a busy hour has 1.6 KB. A table without row ids gives each a page of 4 KB, one with them packs several.
		db.exec(`
			DROP TABLE doc;
			CREATE TABLE doc (
				kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT, UNIQUE (kind, id)
			) STRICT;
			CREATE INDEX doc_rev ON doc (rev);
			UPDATE head SET forgotten = rev;
		`);
		const put = db.prepare('INSERT INTO doc (kind, id, rev, body) VALUES (?, ?, ?, ?)');
		for (const { kind, id, rev, body } of convertedFromVersion1(rows as unknown as RowAt[]))
			put.run(kind, id, rev, body);
	},
];

/** Upgrades a file to the version of `steps`, all or nothing. Throws `StoreError` if the file has a later version. */
export function migrate(db: DatabaseSync, steps: readonly Migration[]): void {
	const found = versionOf(db);
	if (found === steps.length) return;
	if (found < 0) throw new StoreError('damaged');
	db.exec('BEGIN IMMEDIATE');
	try {
		// Another process may have been quicker.
		const version = versionOf(db);
		if (version > steps.length) throw new StoreError('newer');
		for (const step of steps.slice(version)) step(db);
		db.exec(`PRAGMA user_version = ${steps.length}`);
		db.exec('COMMIT');
	} catch (error) {
		try {
			db.exec('ROLLBACK');
		} catch {
			// A full disk has let SQLite do so by itself: what stopped it is what counts.
		}
		throw error;
	}
	if (found > 0) shrink(db);
}

/** What the earlier version needed more of the file goes back to the disk. */
function shrink(db: DatabaseSync): void {
	try {
		db.exec('VACUUM');
	} catch {
		// Another process uses the file. It stays as large as it is, and the space is used again.
	}
}

function versionOf(db: DatabaseSync): number {
	return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}
