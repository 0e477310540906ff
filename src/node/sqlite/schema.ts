import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../pool/pool';
import { convertedFromVersion1, type RowAt } from './version1';

/** What makes a file of version n + 1 from one of version n, which is its index here. Version 0 is an empty file. */
export type Migration = (db: DatabaseSync) => void;

/**
 * `doc` holds each document as JSON with the revision that wrote it; one without a body was dropped. `head` is one row: which
 * store this is, its revision, up to which one dropped documents are forgotten, and when it was last written (ms).
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
		db.exec('ALTER TABLE head RENAME COLUMN steady TO monotonic');
		const rows = db.prepare('SELECT kind, id, rev, body FROM doc WHERE body IS NOT NULL ORDER BY rev').all();
		db.exec('DELETE FROM doc; UPDATE head SET forgotten = rev');
		const put = db.prepare('INSERT INTO doc (kind, id, rev, body) VALUES (?, ?, ?, ?)');
		for (const { kind, id, rev, body } of convertedFromVersion1(rows as unknown as RowAt[]))
			put.run(kind, id, rev, body);
	},
];

/** Brings a file to the version of `steps`, all or nothing. Throws `StoreError` where it is of a later one. */
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
		db.exec('ROLLBACK');
		throw error;
	}
}

function versionOf(db: DatabaseSync): number {
	return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}
