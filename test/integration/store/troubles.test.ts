import assert from 'node:assert/strict';
import { openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync, closeSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations, type Migration } from '../../../src/node/sqlite/schema';
import { SqliteBackend } from '../../../src/node/sqlite/sqliteBackend';
import type { KeyId, StateStore } from '../../../src/pool/pool';
import { writeOneOfEach } from '../../support/pool/storeContract';
import { FaultyPlace } from '../../support/store/faults';
import { Files } from '../../support/store/files';

const a = 'a' as KeyId;

describe('the record of quotas in trouble', () => {
	let files: Files;
	beforeEach(() => {
		files = new Files();
	});
	afterEach(() => files.close());

	/** One more success of key `a`; answers how many there are. */
	const count = (store: StateStore): Promise<number> =>
		files.until(
			store.transact((tx) => {
				const record = tx.key(a);
				tx.put({ kind: 'key', id: a, doc: { ...record, success: record.success + 1 } });
				return record.success + 1;
			}),
		);
	const successes = (store: StateStore): number | undefined => store.replica().key.get(a)?.success;
	/** All that there are, the damaged ones too. */
	const records = (): string[] => readdirSync(files.folder).filter((name) => name.endsWith('.sqlite'));
	/** Makes a file that holds one document, and closes it. */
	const written = async (): Promise<void> => {
		const store = files.open();
		await store.transact(writeOneOfEach);
		await count(store);
		await store.close();
	};
	const sql = (text: string): void => {
		const db = new DatabaseSync(files.file);
		db.exec(text);
		db.close();
	};

	const damages: Readonly<Record<string, () => void>> = {
		'is no database': () => writeFileSync(files.file, 'garbage'.repeat(2_000)),
		'has a page overwritten': () => {
			const { size } = statSync(files.file);
			const file = openSync(files.file, 'r+');
			writeSync(file, Buffer.alloc(size - 4_096, 0x5a), 0, size - 4_096, 4_096);
			closeSync(file);
		},
		'lost its table of documents': () => sql('DROP TABLE doc'),
		'lost the table of its head': () => sql('DROP TABLE head'),
		'lacks a column': () => sql('ALTER TABLE head DROP COLUMN monotonic'),
		'is of a version that never was': () => sql('PRAGMA user_version = -1'),
		'holds the tables of somebody else': () => sql('DROP TABLE head; PRAGMA user_version = 0'),
		'lost its head': () => sql('DELETE FROM head'),
		'holds no document where one should be': () => sql(`UPDATE doc SET body = '{"v":'`),
		'holds a document of another shape': () => sql(`UPDATE doc SET body = '[1]' WHERE kind = 'key'`),
	};
	for (const [what, damage] of Object.entries(damages)) {
		it(`a file that ${what} is set aside, said once, and begun anew`, async () => {
			await written();
			damage();
			const store = files.open();
			assert.equal(await count(store), 1);
			assert.deepEqual(files.troubles, ['damaged']);
			await files.eventually(() => records().length === 2);
			const other = files.open();
			await files.eventually(() => successes(other) === 1);
			assert.deepEqual(files.troubles, ['damaged']);
		});
	}

	it('damage that shows only when another trouble is over is set aside, too', async () => {
		writeFileSync(files.file, 'garbage'.repeat(2_000));
		const place = new FaultyPlace(files.place());
		place.opening = 'unreachable';
		const store = files.open(place);
		assert.equal(await count(store), 1);
		place.opening = undefined;
		await files.eventually(() => records().length === 2);
		const other = files.open();
		await files.eventually(() => successes(other) === 1);
		assert.equal(await count(store), 2);
		assert.equal(await other.transact((tx) => tx.key(a).success), 2);
		assert.deepEqual(files.troubles, ['unreachable', 'damaged']);
	});

	it('two windows that find the same damage set one file aside and meet in one new file', async () => {
		writeFileSync(files.file, 'garbage'.repeat(2_000));
		const both = [files.open(), files.open()];
		for (const store of both) await count(store);
		await files.clock.advance(2_000);
		for (const store of both) await count(store);
		await files.clock.advance(30_000);
		await files.eventually(() => both.every((store) => successes(store) === 4));
		assert.deepEqual(records(), ['ledger-1.sqlite', 'ledger-2.sqlite']);
	});

	it('keeps two damaged files at most', async () => {
		for (let n = 1; n <= 4; n++) {
			writeFileSync(path.join(files.folder, `ledger-${n}.sqlite`), 'garbage'.repeat(2_000));
			const store = files.open();
			await count(store);
			await files.eventually(() => records().includes(`ledger-${n + 1}.sqlite`));
			await store.close();
		}
		assert.deepEqual(records(), ['ledger-3.sqlite', 'ledger-4.sqlite', 'ledger-5.sqlite']);
	});

	it('a window that finds no damage follows those that did', async () => {
		const first = files.open();
		await count(first);
		const place = new FaultyPlace(files.place());
		const other = files.open(place);
		await count(other);
		place.committing = 'damaged';
		await count(other);
		place.committing = undefined;
		await files.eventually(() => successes(first) === 3 && records().length === 2);
		await count(first);
		await count(other);
		await files.eventually(() => successes(first) === 5);
		assert.deepEqual(files.troubles, ['damaged']);
	});

	it('a file of a later version is left alone; the window counts for itself and says so', async () => {
		const later = files.open(new SqliteBackend(files.folder, [...migrations, addColumn]));
		await count(later);
		const store = files.open();
		assert.equal(await count(store), 1);
		assert.deepEqual(files.troubles, ['newer']);
		assert.equal(await count(later), 2);
	});

	it('a file that a later version takes over while it is in use is left alone, too', async () => {
		const store = files.open();
		await count(store);
		const later = files.open(new SqliteBackend(files.folder, [...migrations, addColumn]));
		assert.equal(await count(later), 2);
		assert.equal(await count(store), 2);
		assert.deepEqual(files.troubles, ['newer']);
		assert.equal(await later.transact((tx) => tx.key(a).success), 2);
	});

	it('a file of a later version that takes the place of the one in use is left alone, and the window says so', async () => {
		const store = files.open();
		await count(store);
		writeFileSync(path.join(files.folder, 'ledger-2.sqlite'), '');
		const later = files.open(new SqliteBackend(files.folder, [...migrations, addColumn]));
		assert.equal(await count(later), 1);
		await files.eventually(() => files.troubles.length > 0);
		assert.equal(await count(store), 2);
		await files.clock.advance(30_000);
		assert.deepEqual(files.troubles, ['newer']);
		assert.equal(await later.transact((tx) => tx.key(a).success), 1);
	});

	it('a file of an earlier version is migrated and keeps what it holds', async () => {
		await written();
		const later = files.open(new SqliteBackend(files.folder, [...migrations, addColumn]));
		assert.equal(await later.transact((tx) => tx.key(a).success), 1);
		assert.equal(later.replica().pool.paused?.reason, 'leaked');
		assert.deepEqual(files.troubles, []);
	});

	it('a migration that fails changes nothing', async () => {
		await written();
		const failing: Migration = (db) => {
			db.exec('DELETE FROM doc');
			throw new Error('no');
		};
		const later = files.open(new SqliteBackend(files.folder, [...migrations, failing]));
		assert.equal(await count(later), 1);
		assert.deepEqual(files.troubles, ['unreachable']);
		assert.equal(await files.open().transact((tx) => tx.key(a).success), 1);
	});

	it('a migration that the disk stops, so that SQLite takes it back by itself, leaves the file in its place', async () => {
		await written();
		const stopped: Migration = (db) => db.exec('INSERT OR ROLLBACK INTO head SELECT * FROM head');
		const later = files.open(new SqliteBackend(files.folder, [...migrations, stopped]));
		assert.equal(await count(later), 1);
		assert.deepEqual(files.troubles, ['unreachable']);
		assert.equal(await files.open().transact((tx) => tx.key(a).success), 1);
		assert.deepEqual(records(), ['ledger-1.sqlite']);
	});

	it('a file deleted while in use is written anew with what is known, once, by both windows', async () => {
		const both = [files.open(), files.open()];
		for (const store of both) await count(store);
		await files.clock.advance(250);
		for (const name of readdirSync(files.folder)) rmSync(path.join(files.folder, name));
		await files.clock.advance(2_000);
		await files.eventually(() => files.troubles.length === 2);
		for (const store of both) await store.transact(() => undefined);
		await files.eventually(() => records().length === 1);
		for (const store of both) await count(store);
		await files.eventually(() => both.every((store) => successes(store) === 4));
		assert.deepEqual(records(), ['ledger-2.sqlite']);
		assert.deepEqual(files.troubles, ['deleted', 'deleted']);
	});

	it('a lock held for long is gone round, and what both sides did comes together', async () => {
		const store = files.open();
		const other = files.open();
		await count(store);
		await other.transact(() => undefined);
		const lock = new DatabaseSync(files.file);
		lock.exec('BEGIN IMMEDIATE');
		const began = files.clock.monotonic();
		assert.equal(await count(store), 2);
		const waited = files.clock.monotonic() - began;
		assert.ok(waited >= 1_500 && waited < 2_000, `waited ${waited} ms`);
		assert.equal(await count(store), 3);
		assert.equal(files.clock.monotonic() - began, waited, 'the second one waits no more');
		assert.deepEqual(files.troubles, ['locked']);
		lock.exec('ROLLBACK');
		lock.close();
		assert.equal(await count(other), 2);
		await files.clock.advance(1_500);
		assert.equal(successes(store), 4);
		assert.equal(await other.transact((tx) => tx.key(a).success), 4);
	});

	it('a lock held for a moment is waited for without blocking', async () => {
		const store = files.open();
		await count(store);
		const lock = new DatabaseSync(files.file);
		lock.exec('BEGIN IMMEDIATE');
		const counting = count(store);
		files.clock.after(300, () => {
			lock.exec('ROLLBACK');
			lock.close();
		});
		assert.equal(await counting, 2);
		assert.deepEqual(files.troubles, []);
	});

	for (const reason of ['readOnly', 'full', 'unreachable'] as const) {
		it(`${reason} in the middle: the step is run again in memory, and is written once the disk is well`, async () => {
			const place = new FaultyPlace(files.place());
			const store = files.open(place);
			const other = files.open();
			await count(store);
			place.committing = reason;
			assert.equal(await count(store), 2);
			assert.equal(await count(store), 3);
			assert.deepEqual(files.troubles, [reason]);
			assert.equal(await count(other), 2);
			place.committing = undefined;
			await files.clock.advance(10_000);
			await files.eventually(() => successes(store) === 4);
			assert.equal(await other.transact((tx) => tx.key(a).success), 4);
			assert.deepEqual(files.troubles, [reason]);
		});

		it(`${reason} at the start: the window counts for itself, and comes to the others later`, async () => {
			const place = new FaultyPlace(files.place());
			place.opening = reason;
			const other = files.open();
			await count(other);
			const store = files.open(place);
			assert.equal(await count(store), 1);
			assert.deepEqual(files.troubles, [reason]);
			await files.clock.advance(10_000);
			place.opening = undefined;
			await files.clock.advance(10_000);
			await files.eventually(() => successes(store) === 2);
			assert.equal(await other.transact((tx) => tx.key(a).success), 2);
			assert.deepEqual(files.troubles, [reason]);
		});
	}

	it('tells what the disk said: full, read-only, in the way', async () => {
		const full: Migration = (db) => db.exec('PRAGMA max_page_count = 1');
		const readOnly: Migration = (db) => db.exec('PRAGMA query_only = 1');
		for (const steps of [
			[full, ...migrations],
			[readOnly, ...migrations],
		]) {
			const { folder } = new Files();
			const store = files.open(new SqliteBackend(folder, steps));
			assert.equal(await count(store), 1);
			rmSync(folder, { recursive: true });
		}
		const folder = path.join(files.folder, 'taken');
		writeFileSync(folder, '');
		assert.equal(await count(files.open(new SqliteBackend(folder))), 1);
		mkdirSync(path.join(files.folder, 'odd/ledger-1.sqlite'), { recursive: true });
		const odd = files.open(new SqliteBackend(path.join(files.folder, 'odd')));
		assert.equal(await count(odd), 1);
		assert.deepEqual(files.troubles, ['full', 'readOnly', 'unreachable', 'unreachable']);
	});

	it('is for its user alone to read', async () => {
		await files.open().transact(writeOneOfEach);
		// Windows has other rights.
		if (process.platform === 'win32') return;
		for (const name of readdirSync(files.folder)) {
			assert.equal(statSync(path.join(files.folder, name)).mode & 0o077, 0, name);
		}
	});

	it('dropped documents leave the file', async () => {
		const store = files.open();
		await store.transact((tx) => {
			for (let n = 0; n < 500; n++) tx.put({ kind: 'key', id: `k${n}` as KeyId, doc: { ...tx.key(a), success: n } });
		});
		const late = files.open();
		await late.transact(() => undefined);
		await store.transact((tx) => {
			for (let n = 0; n < 499; n++) tx.drop({ kind: 'key', id: `k${n}` as KeyId });
		});
		for (let n = 0; n < 2_000; n++) await count(store);
		const db = new DatabaseSync(files.file, { readOnly: true });
		assert.equal(db.prepare('SELECT count(*) AS n FROM doc').get()?.['n'], 2);
		db.close();
		// A window that slept through all of it reads anew.
		assert.equal(await late.transact((tx) => tx.key(a).success), 2_000);
		assert.deepEqual([...late.replica().key.keys()].sort(), [a, 'k499']);
	});

	it('what is closed in the middle of an opening leaves nothing open', async () => {
		const store = files.open();
		const pending = store.transact(() => undefined);
		await Promise.all([assert.rejects(pending, { reason: 'storeUnavailable' }), store.close()]);
		await assert.rejects(
			store.transact(() => undefined),
			{ reason: 'storeUnavailable' },
		);
		await files.clock.settle();
		assert.equal(files.clock.pending, 0);
	});
});

const addColumn: Migration = (db) => db.exec('ALTER TABLE doc ADD COLUMN more TEXT');
