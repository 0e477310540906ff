import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memoryFolder, type Folder } from '../../../../src/chat/storage/folder';
import { diskFolder } from '../../../../src/node/diskFolder';

let root = '';
const newId = (): string => crypto.randomUUID();
const kinds: Readonly<Record<string, () => Folder>> = {
	'in memory': memoryFolder,
	'on disk': () => diskFolder(path.join(root, 'made', 'at need'), newId),
};

describe('A folder of conversations', () => {
	beforeEach(() => {
		root = mkdtempSync(path.join(tmpdir(), 'keypool-folder-'));
	});
	afterEach(() => rmSync(root, { recursive: true }));

	for (const [kind, open] of Object.entries(kinds)) {
		it(`${kind} knows nothing of what is not there`, async () => {
			const folder = open();
			assert.deepEqual(await folder.names('a'), []);
			assert.equal(await folder.read('a/1.json'), undefined);
			await folder.remove('a');
			await folder.move('a/1.json', 'a/2.json');
			assert.deepEqual(await folder.names(''), []);
		});

		it(`${kind} gives back what was written, replaces, moves and removes it`, async () => {
			const folder = open();
			await folder.write('a/1.json', 'một');
			await folder.write('a/1.json', 'hai');
			await folder.write('a/2.json', 'ba');
			await folder.move('a/2.json', 'a/2.json.damaged');
			assert.equal(await folder.read('a/1.json'), 'hai');
			assert.deepEqual([...(await folder.names('a'))].sort(), ['1.json', '2.json.damaged']);
			await folder.remove('a/1.json');
			assert.deepEqual(await folder.names('a'), ['2.json.damaged']);
			await folder.remove('a');
			assert.deepEqual(await folder.names(''), []);
		});
	}

	it('on disk is not troubled by a file that somebody else left there', async () => {
		const folder = diskFolder(root, newId);
		await folder.write('.DS_Store', '');
		assert.deepEqual(await folder.names('.DS_Store'), []);
		assert.equal(await folder.read('.DS_Store/about.json'), undefined);
	});

	it('on disk reads, moves and removes what another program holds for a moment, as a virus scanner on Windows', async () => {
		const held = ['EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY'];
		let left: string[] = [];
		const once = async <T>(act: () => Promise<T>): Promise<T> => {
			const code = left.shift();
			if (code === undefined) return act();
			throw Object.assign(new Error(code), { code });
		};
		const folder = diskFolder(root, newId, {
			readFile: (file, encoding) => once(() => readFile(file, encoding)),
			rename: (from, to) => once(() => rename(from, to)),
			rm: (file, options) => once(() => rm(file, options)),
			pause: () => Promise.resolve(),
			isWindows: true,
		});
		await folder.write('a/1.json', 'một');
		left = [...held];
		assert.equal(await folder.read('a/1.json'), 'một');
		left = [...held];
		await folder.move('a/1.json', 'a/2.json');
		left = [...held];
		await folder.remove('a');
		assert.deepEqual(await folder.names(''), []);
		left = Array.from({ length: 8 }, () => 'EBUSY');
		await assert.rejects(folder.remove('a'), { code: 'EBUSY' });
	});

	it('on disk keeps nothing of what could not be written', async () => {
		const folder = diskFolder(root, newId);
		mkdirSync(path.join(root, 'a', '1.json'), { recursive: true });
		await assert.rejects(folder.write('a/1.json', 'một'));
		assert.deepEqual(readdirSync(path.join(root, 'a')), ['1.json']);
	});

	it('on disk has no half-written file under a name that is read, whatever happens at the same time', async () => {
		const folder = diskFolder(root, newId);
		const texts = Array.from({ length: 20 }, (_, n) => String(n).repeat(10_000));
		await folder.write('a/1.json', texts[0] ?? '');
		const seen = texts.map(async (text) => {
			const written = folder.write('a/1.json', text);
			const read = await folder.read('a/1.json');
			await written;
			return read;
		});
		for (const read of await Promise.all(seen)) {
			assert.ok(read !== undefined && texts.includes(read));
		}
		assert.deepEqual(readdirSync(path.join(root, 'a')), ['1.json']);
	});
});
