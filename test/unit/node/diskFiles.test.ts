import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, {
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import promises, { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskFiles, type DiskCalls } from '../../../src/node/diskFiles';

const bytes = new TextEncoder().encode('ours');
const link = { name: 'Error', reason: 'link' };

const pause = () => Promise.resolve();

describe('files of a workspace on a disk', () => {
	let root: string;
	let outside: string;
	let ids = 0;
	const newId = () => `id-${++ids}`;
	const disk = diskFiles(newId);
	const inside = (...names: string[]) => path.join(root, ...names);
	const text = (file: string) => readFileSync(file, 'utf8');
	const read = async (name: string, maxBytes = 1_000) => {
		const found = await disk.read(inside(name), [root], maxBytes);
		return found && new TextDecoder().decode(found);
	};
	/** Whatever a write does: what lies outside is as it was, and nothing half-written stays. */
	const isAsItWas = (): void => {
		assert.equal(text(path.join(outside, 'theirs')), 'theirs');
		assert.deepEqual(readdirSync(outside).sort(), ['folder', 'theirs']);
		assert.deepEqual(readdirSync(path.join(outside, 'folder')), []);
		assert.deepEqual(
			readdirSync(root).filter((name) => name.startsWith('.keypool-')),
			[],
		);
	};

	beforeEach(() => {
		root = realpathSync(mkdtempSync(path.join(tmpdir(), 'keypool-inside-')));
		outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'keypool-outside-')));
		mkdirSync(path.join(outside, 'folder'));
		writeFileSync(path.join(outside, 'theirs'), 'theirs');
		mkdirSync(inside('deep/er'), { recursive: true });
		writeFileSync(inside('plain'), 'plain');
	});
	afterEach(() => {
		rmSync(root, { recursive: true });
		rmSync(outside, { recursive: true });
	});

	it('are written atomically and for their owner only, whatever was there and whatever the umask is', async () => {
		for (const umask of [0o022, 0o000]) {
			const before = process.umask(umask);
			try {
				await disk.replace(inside('plain'), [root], bytes);
				await disk.replace(inside('deep/new'), [root], bytes);
			} finally {
				process.umask(before);
			}
			for (const name of ['plain', 'deep/new']) {
				assert.equal(text(inside(name)), 'ours');
				assert.equal(statSync(inside(name)).mode & 0o777, 0o600);
				rmSync(inside(name));
			}
		}
		isAsItWas();
	});

	const leading: Readonly<Record<string, (name: string) => void>> = {
		'an absolute link to a file': (name) => symlinkSync(path.join(outside, 'theirs'), inside(name)),
		'a relative link': (name) => symlinkSync(path.relative(root, path.join(outside, 'theirs')), inside(name)),
		'a link to nothing': (name) => symlinkSync(path.join(outside, 'new'), inside(name)),
		'a link to nothing that would be inside': (name) => symlinkSync('nothing', inside(name)),
		'a link to a folder': (name) => symlinkSync(outside, inside(name)),
		'a link to itself': (name) => symlinkSync(name, inside(name)),
		'a chain of links': (name) => {
			symlinkSync(path.join(outside, 'theirs'), inside('deep/er/second'));
			symlinkSync('deep/er/second', inside(name));
		},
	};
	for (const [what, make] of Object.entries(leading)) {
		it(`${what} that leads out is neither read nor written`, async () => {
			make('name');
			assert.deepEqual(await disk.locate(inside('name'), [root]), { state: 'outside' });
			await assert.rejects(disk.read(inside('name'), [root], 1_000), { ...link, file: 'name' });
			await assert.rejects(disk.replace(inside('name'), [root], bytes), { ...link, file: 'name' });
			assert.ok(lstatSync(inside('name')).isSymbolicLink());
			isAsItWas();
		});
	}

	it('a linked folder that leads out is not followed, nested or not', async () => {
		symlinkSync(path.join(outside, 'folder'), inside('folder'));
		symlinkSync(path.join('..', '..', 'folder'), inside('deep/er/folder'));
		symlinkSync(path.join(outside, 'none'), inside('none'));
		for (const name of ['folder/new', 'deep/er/folder/new', 'none/new']) {
			await assert.rejects(disk.replace(inside(name), [root], bytes), link);
			await assert.rejects(disk.read(inside(name), [root], 1_000), link);
		}
		isAsItWas();
	});

	it('a link that stays inside is read, and replaced rather than written through', async () => {
		symlinkSync('plain', inside('name'));
		assert.deepEqual(await disk.locate(inside('name'), [root]), { state: 'inside', path: inside('plain') });
		assert.equal(await read('name'), 'plain');
		await disk.replace(inside('name'), [root], bytes);
		assert.deepEqual([text(inside('plain')), text(inside('name'))], ['plain', 'ours']);
		assert.ok(lstatSync(inside('name')).isFile());
	});

	it('may be in any workspace folder, reached by a link or not; a deleted one does not matter', async () => {
		symlinkSync(path.join(outside, 'folder'), inside('other'));
		await disk.replace(inside('other/new'), [root, path.join(outside, 'folder'), inside('gone')], bytes);
		assert.equal(text(path.join(outside, 'folder/new')), 'ours');
		rmSync(path.join(outside, 'folder/new'));
		// The folder that was opened may itself be behind a link.
		symlinkSync(root, path.join(outside, 'opened'));
		await disk.replace(path.join(outside, 'opened', 'plain'), [path.join(outside, 'opened')], bytes);
		assert.equal(text(inside('plain')), 'ours');
		rmSync(path.join(outside, 'opened'));
		isAsItWas();
	});

	it("a folder whose name only begins like the workspace's is outside", async () => {
		mkdirSync(`${root}-more`);
		try {
			symlinkSync(`${root}-more`, inside('name'));
			await assert.rejects(disk.replace(inside('name/new'), [root], bytes), link);
			assert.deepEqual(readdirSync(`${root}-more`), []);
		} finally {
			rmSync(`${root}-more`, { recursive: true });
		}
	});

	it('what is not a file, or too large, is not read; a missing file is undefined', async () => {
		execFileSync('mkfifo', [inside('pipe')]);
		await assert.rejects(read('pipe'), { reason: 'noFile' });
		await assert.rejects(read('deep'), { reason: 'noFile' });
		await assert.rejects(read('plain', 4), { reason: 'tooLarge', file: 'plain' });
		assert.equal(await read('plain', 5), 'plain');
		assert.equal(await read('none'), undefined);
		assert.deepEqual(await disk.locate(inside('none'), [root]), { state: 'absent', path: inside('none') });
	});

	it('a name that was taken for the partial file is neither followed nor removed', async () => {
		symlinkSync(path.join(outside, 'theirs'), inside(`.keypool-id-${ids + 1}.part`));
		await assert.rejects(disk.replace(inside('plain'), [root], bytes), { code: 'EEXIST' });
		assert.equal(readlinkSync(inside(`.keypool-id-${ids}.part`)), path.join(outside, 'theirs'));
		rmSync(inside(`.keypool-id-${ids}.part`));
		assert.equal(text(inside('plain')), 'plain');
		isAsItWas();
	});

	it('the names of partial files are new each time', async () => {
		const names: unknown[] = [];
		const watching: DiskCalls = {
			open: (...args) => {
				names.push(args[0]);
				return open(...args);
			},
			...{ rename, pause },
		};
		for (let n = 0; n < 2; n++)
			await diskFiles(() => crypto.randomUUID(), watching).replace(inside('plain'), [root], bytes);
		assert.equal(new Set(names).size, 2);
		assert.ok(
			names.every((name) => /\.keypool-[\da-f-]{36}\.part$/.test(String(name))),
			String(names),
		);
	});

	const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
	const opening =
		(fail: 'writeFile' | 'sync' | 'close', error = full): typeof open =>
		async (...args) => {
			const handle = await open(...args);
			const broken = () => Promise.reject(error);
			return new Proxy(handle, {
				get: (target, name) => {
					if (name === fail) return fail === 'close' ? () => target.close().then(broken) : broken;
					const value: unknown = Reflect.get(target, name);
					return typeof value === 'function' ? (value.bind(target) as unknown) : value;
				},
			});
		};
	const faults: Readonly<Record<string, DiskCalls>> = {
		'is full while the file is written': { open: opening('writeFile'), rename, pause },
		'is full when the file is to be kept for good': { open: opening('sync'), rename, pause },
		'fails when the file is closed': { open: opening('close'), rename, pause },
		'does not give the file its name': { open, rename: () => Promise.reject(full), pause },
		'has no room for another file': { open: () => Promise.reject(full), rename, pause },
	};
	for (const [what, calls] of Object.entries(faults)) {
		it(`a disk that ${what} leaves the old file whole and nothing half-written`, async () => {
			const failing = diskFiles(newId, calls);
			await assert.rejects(failing.replace(inside('plain'), [root], bytes), full);
			await assert.rejects(failing.replace(inside('new'), [root], bytes), full);
			assert.equal(text(inside('plain')), 'plain');
			assert.deepEqual(readdirSync(root).sort(), ['deep', 'plain']);
			isAsItWas();
		});
	}

	describe('that another program has open, as on Windows a virus scanner what was just written,', () => {
		const heldFor = (tries: number, code: string, isWindows = true) => {
			const pauses: number[] = [];
			const calls: DiskCalls = {
				open,
				rename: (...args) =>
					pauses.length < tries ? Promise.reject(Object.assign(new Error('held'), { code })) : rename(...args),
				pause: (ms) => Promise.resolve(pauses.push(ms)),
				isWindows,
			};
			return { pauses, disk: diskFiles(newId, calls) };
		};

		for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
			it(`are written once it lets go (${code})`, async () => {
				await heldFor(3, code).disk.replace(inside('plain'), [root], bytes);
				assert.equal(text(inside('plain')), 'ours');
				isAsItWas();
			});
		}

		it('are refused at once where rights are missing, as elsewhere than on Windows the same words mean', async () => {
			for (const code of ['EPERM', 'EACCES']) {
				const { pauses, disk: denied } = heldFor(Infinity, code, false);
				await assert.rejects(denied.replace(inside('plain'), [root], bytes), { code });
				assert.deepEqual(pauses, []);
			}
		});

		it('are refused after a moment where it does not', async () => {
			const { pauses, disk: held } = heldFor(Infinity, 'EBUSY');
			await assert.rejects(held.replace(inside('plain'), [root], bytes), { code: 'EBUSY' });
			assert.equal(text(inside('plain')), 'plain');
			assert.ok(pauses.reduce((sum, ms) => sum + ms, 0) < 2_000, String(pauses));
			isAsItWas();
		});
	});

	for (const code of ['EINVAL', 'ENOTSUP', 'EPERM']) {
		it(`are written on a drive that keeps nothing for good on demand, as those of a network can be (${code})`, async () => {
			const unable = opening('sync', Object.assign(new Error('fsync'), { code }));
			await diskFiles(newId, { open: unable, rename, pause }).replace(inside('plain'), [root], bytes);
			assert.equal(text(inside('plain')), 'ours');
			isAsItWas();
		});
	}

	const system: Readonly<Record<string, (file: string) => Promise<string>>> = {
		'a RAM disk of Windows, of which its system knows no real path,': () =>
			Promise.reject(Object.assign(new Error('illegal operation on a directory'), { code: 'EISDIR' })),
		'a network drive of Windows, behind whose letter its system names the server,': (file) =>
			Promise.resolve(`\\\\server\\share${file}`),
	};
	for (const [what, realPath] of Object.entries(system)) {
		it(`on ${what} are read and written where they are`, async () => {
			const { realpath } = promises;
			symlinkSync('plain', inside('near'));
			symlinkSync(path.join(outside, 'theirs'), inside('far'));
			symlinkSync('round', inside('round'));
			Object.assign(promises, { realpath: realPath });
			try {
				assert.deepEqual([await read('plain'), await read('near')], ['plain', 'plain']);
				await assert.rejects(read('far'), link);
				await assert.rejects(read('round'), link);
				assert.deepEqual(await disk.locate(inside('new'), [root]), { state: 'absent', path: inside('new') });
				await disk.replace(inside('new'), [root], bytes);
			} finally {
				Object.assign(promises, { realpath });
			}
			assert.equal(text(inside('new')), 'ours');
			isAsItWas();
		});
	}

	it('a link to a server that VS Code keeps extensions from leads out, and nobody waits for it', async () => {
		symlinkSync(outside, inside('share'));
		const refused = Object.assign(new Error('access is not allowed'), { code: 'ERR_UNC_HOST_NOT_ALLOWED' });
		const real = { callback: fs.lstat, lstat: promises.lstat, realpath: promises.realpath };
		const guarded =
			(look: (...args: never[]) => unknown) =>
			(...args: unknown[]) => {
				if (String(args[0]).startsWith(outside)) throw refused;
				return look(...(args as never[]));
			};
		const promised = guarded(real.lstat);
		// VS Code's Node.js throws at once where no promise is asked for.
		Object.assign(fs, { lstat: guarded(real.callback) });
		Object.assign(promises, {
			lstat: (...args: unknown[]) => Promise.resolve().then(() => promised(...args)),
			realpath: (file: string) => Promise.resolve(file.includes('share') ? '\\\\server\\share' : file),
		});
		try {
			await assert.rejects(disk.read(inside('share/theirs'), [root], 1_000), link);
			await assert.rejects(disk.replace(inside('share/new'), [root], bytes), link);
		} finally {
			Object.assign(fs, { lstat: real.callback });
			Object.assign(promises, { lstat: real.lstat, realpath: real.realpath });
		}
		isAsItWas();
	});

	it('a folder with the name of the file stays, with all that is in it', async () => {
		await assert.rejects(disk.replace(inside('deep'), [root], bytes));
		assert.ok(statSync(inside('deep/er')).isDirectory());
		isAsItWas();
	});
});
