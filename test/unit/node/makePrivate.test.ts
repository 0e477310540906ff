import assert from 'node:assert/strict';
import {
	chmodSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskFolder } from '../../../src/node/diskFolder';
import { makeAllPrivate, makePrivate } from '../../../src/node/makePrivate';

describe('what we store', () => {
	let parent: string;
	let root: string;
	let umask: number;
	beforeEach(() => {
		umask = process.umask(0o022);
		parent = mkdtempSync(path.join(tmpdir(), 'keypool-private-'));
		root = path.join(parent, 'kept');
	});
	afterEach(() => {
		process.umask(umask);
		rmSync(parent, { recursive: true });
	});
	/** Everything below the folder, and itself, whose rights are more than its owner's. */
	const open = (): readonly string[] =>
		['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].filter((name) => {
			const stats = lstatSync(path.join(root, name));
			return !stats.isSymbolicLink() && (stats.mode & 0o777) !== (stats.isDirectory() ? 0o700 : 0o600);
		});

	it('is created for its owner only, under the usual umask', async () => {
		const folder = diskFolder(path.join(root, 'conversations', 'here'), () => crypto.randomUUID());
		await folder.write('one/turn.json', '{}');
		await folder.write('about.json', '{}');
		assert.deepEqual(open(), []);
		assert.equal(statSync(root).mode & 0o777, 0o700);
	});

	it('is closed to others if it was open before', async () => {
		mkdirSync(path.join(root, 'conversations/here/one'), { recursive: true });
		for (const name of ['ledger-1.sqlite', 'ledger-1.sqlite-wal', 'conversations/here/one/turn.json'])
			writeFileSync(path.join(root, name), 'x');
		chmodSync(path.join(root, 'ledger-1.sqlite'), 0o666);
		assert.notDeepEqual(open(), []);
		await makePrivate(root);
		assert.deepEqual(open(), []);
	});

	it('is left alone on Windows, which has no such rights: each start would set them on every file', async () => {
		mkdirSync(root);
		writeFileSync(path.join(root, 'turn.json'), 'x');
		chmodSync(path.join(root, 'turn.json'), 0o644);
		await makeAllPrivate([root], (error) => assert.fail(String(error)), 'win32');
		assert.equal(statSync(path.join(root, 'turn.json')).mode & 0o777, 0o644);
	});

	it('may contain links, which are not followed', async () => {
		mkdirSync(root);
		mkdirSync(path.join(parent, 'others'));
		writeFileSync(path.join(parent, 'others/file'), 'x');
		symlinkSync(path.join(parent, 'others'), path.join(root, 'folder'));
		symlinkSync(path.join(parent, 'others/file'), path.join(root, 'file'));
		await makePrivate(root);
		assert.equal(statSync(path.join(parent, 'others')).mode & 0o777, 0o755);
		assert.equal(statSync(path.join(parent, 'others/file')).mode & 0o777, 0o644);
	});

	it('is checked folder by folder: one that fails is reported and does not stop the others', async () => {
		mkdirSync(root);
		writeFileSync(path.join(root, 'ledger-1.sqlite'), 'x');
		const failures: unknown[] = [];
		// The disk refuses such a name.
		await makeAllPrivate([`${root}\0`, root], (error) => failures.push(error));
		assert.equal(failures.length, 1);
		assert.deepEqual(open(), []);
	});

	it('need not exist', async () => {
		await makePrivate(root);
		assert.throws(() => statSync(root), { code: 'ENOENT' });
	});
});
