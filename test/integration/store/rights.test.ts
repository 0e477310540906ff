import assert from 'node:assert/strict';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeOneOfEach } from '../../support/pool/storeContract';
import { Files } from '../../support/store/files';

describe('the record of quotas, on a machine of several people', () => {
	let files: Files;
	let umask: number;
	beforeEach(() => {
		umask = process.umask(0o022);
		files = new Files();
	});
	afterEach(async () => {
		process.umask(umask);
		await files.close();
	});
	const rights = (name = ''): number => statSync(path.join(files.folder, name)).mode & 0o777;
	const open = (): readonly string[] => readdirSync(files.folder).filter((name) => rights(name) !== 0o600);

	it('is its owner’s alone, with its side files', async () => {
		await files.open().transact(writeOneOfEach);
		assert.ok(readdirSync(files.folder).includes('ledger-1.sqlite-wal'));
		assert.deepEqual(open(), []);
		assert.equal(rights(), 0o700);
	});

	it('and was open to others before, is so no more, what was set aside as well', async () => {
		await files.open().transact(writeOneOfEach);
		writeFileSync(path.join(files.folder, 'ledger-0.sqlite'), 'damaged');
		chmodSync(files.folder, 0o755);
		for (const name of readdirSync(files.folder)) chmodSync(path.join(files.folder, name), 0o644);
		await files.open().transact(writeOneOfEach);
		assert.deepEqual(open(), []);
		assert.equal(rights(), 0o700);
	});
});
