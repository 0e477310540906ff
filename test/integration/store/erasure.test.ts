import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataErasure } from '../../../src/pool/maintenance/dataErasure';
import type { KeyId, StateStore } from '../../../src/pool/pool';
import { Files } from '../../support/store/files';

const label = 'A-label-that-tells-who-I-am';

describe('the record of quotas, when everything is removed', () => {
	let files: Files;
	beforeEach(() => {
		files = new Files();
	});
	afterEach(() => files.close());

	const filesWithLabel = (): readonly string[] =>
		readdirSync(files.folder).filter((name) => readFileSync(path.join(files.folder, name)).includes(label));
	const write = (store: StateStore, id: string): Promise<void> =>
		files.until(
			store.transact((tx, now) => {
				const attempt = { key: 'a' as KeyId, label, model: 'm', sentAt: now, ms: 1, outcome: 'answered' as const };
				const record = { request: id, origin: 'chat', endedAt: now, outcome: 'answered' as const, attempts: [attempt] };
				tx.put({ kind: 'requestRecord', id, doc: record });
			}),
		);

	it('leaves nothing on the disk: in the file, its log or one that was set aside', async () => {
		const first = files.open();
		for (let n = 0; n < 50; n++) await write(first, `r${n}`);
		await first.close();
		// Set aside because of one bad document: it still holds the others.
		const db = new DatabaseSync(files.file);
		db.exec(`INSERT INTO doc VALUES ('key', 'a', 99, '[1]'); UPDATE head SET rev = 99`);
		db.close();
		const [here, there] = [files.open(), files.open()];
		for (const [n, store] of [here, there, here, there].entries()) await write(store, `s${n}`);
		const records = (): readonly string[] => readdirSync(files.folder).filter((name) => name.endsWith('.sqlite'));
		await files.eventually(() => records().length === 2 && there.replica().requestRecord.has('s2'));

		await files.until(new DataErasure(here).eraseAll());
		assert.notDeepEqual(filesWithLabel(), []);
		await files.place().eraseRemains();
		assert.deepEqual(filesWithLabel(), []);
		assert.deepEqual(records(), ['ledger-2.sqlite']);

		// Both windows go on with the same file.
		await write(here, 'again');
		await files.eventually(() => there.replica().requestRecord.has('again'));
		await write(there, 'too');
		await files.eventually(() => here.replica().requestRecord.has('too'));
		assert.ok(files.troubles.every((trouble) => trouble === 'damaged'));
	});

	it('has nothing to erase where there is no file', async () => {
		await files.place().eraseRemains();
		assert.deepEqual(readdirSync(files.folder), []);
	});

	it('fails while another process holds the file, so that nobody is told that all is gone', async () => {
		await write(files.open(), 'r');
		const other = new DatabaseSync(files.file);
		other.exec('BEGIN IMMEDIATE');
		await assert.rejects(files.place().eraseRemains());
		other.exec('ROLLBACK');
		other.close();
		await files.place().eraseRemains();
	});
});
