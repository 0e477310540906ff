import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { WorkspaceFiles } from '../../../src/workspaceFiles/workspaceFiles';
import type { Disk } from '../../../src/workspaceFiles/disk';
import type { VirtualFileSystem } from '../../../src/workspaceFiles/virtualFiles';
import { VirtualClock } from '../../support/virtualClock';

/** The part of an address that is used. */
function address(text: string): vscode.Uri {
	const { protocol, host, pathname } = new URL(text);
	const at = (path: string): unknown => ({
		...{ scheme: protocol.slice(0, -1), authority: host, path, fsPath: path },
		with: (change: { readonly path: string }) => at(change.path),
	});
	return at(pathname) as vscode.Uri;
}

const [file, folder, symbolicLink] = [1, 2, 64];

/** A file system of the editor, by path: a text, or the kind of what is there. */
class Remote implements VirtualFileSystem {
	readonly calls: string[] = [];
	fail: string | undefined;
	isReadOnly = false;
	constructor(readonly entries: Map<string, string | number>) {}

	stat({ path }: vscode.Uri): Promise<vscode.FileStat> {
		const entry = this.entries.get(path);
		if (entry === undefined) return Promise.reject(Object.assign(new Error(path), { code: 'FileNotFound' }));
		const type = typeof entry === 'string' ? file : entry;
		const size = typeof entry === 'string' ? entry.length : 0;
		const found: unknown = { type, size, ctime: 0, mtime: 0 };
		return Promise.resolve(found as vscode.FileStat);
	}
	isWritableFileSystem(): boolean {
		return !this.isReadOnly;
	}
	readFile({ path }: vscode.Uri): Promise<Uint8Array> {
		return Promise.resolve(new TextEncoder().encode(String(this.entries.get(path))));
	}
	writeFile({ path }: vscode.Uri, bytes: Uint8Array): Promise<void> {
		return this.change('write', path, () => this.entries.set(path, new TextDecoder().decode(bytes)));
	}
	rename({ path }: vscode.Uri, to: vscode.Uri): Promise<void> {
		return this.change('rename', `${path} ${to.path}`, () => {
			this.entries.set(to.path, this.entries.get(path) ?? '');
			this.entries.delete(path);
		});
	}
	delete({ path }: vscode.Uri): Promise<void> {
		return this.change('delete', path, () => this.entries.delete(path));
	}
	private change(what: string, on: string, act: () => unknown): Promise<void> {
		this.calls.push(`${what} ${on}`);
		if (this.fail === what) return Promise.reject(new Error(`no ${what}`));
		act();
		return Promise.resolve();
	}
}

describe('files of a workspace that is not on this disk', () => {
	let remote: Remote;
	let files: WorkspaceFiles;
	const at = (path: string) => address(`vscode-remote://host${path}`);
	beforeEach(() => {
		remote = new Remote(
			new Map<string, string | number>([
				['/w', folder | symbolicLink],
				['/w/plain.txt', 'plain'],
				['/w/folder', folder],
				['/w/linked', folder | symbolicLink],
				['/w/linked/theirs.txt', 'theirs'],
				['/w/link.txt', file | symbolicLink],
				['/w/nothing.txt', symbolicLink],
			]),
		);
		let ids = 0;
		files = new WorkspaceFiles({
			...{ disk: undefined, fs: remote, folders: () => [at('/w')], newId: () => `id-${++ids}` },
		});
	});

	it('are written to a new name each time, and renamed', async () => {
		await files.replace(at('/w/plain.txt'), 'ours');
		await files.replace(at('/w/new.txt'), 'ours');
		assert.deepEqual(remote.calls, [
			'write /w/.keypool-id-1.part',
			'rename /w/.keypool-id-1.part /w/plain.txt',
			'write /w/.keypool-id-2.part',
			'rename /w/.keypool-id-2.part /w/new.txt',
		]);
		assert.equal(remote.entries.get('/w/plain.txt'), 'ours');
	});

	it('are neither read nor written through a link below the workspace, because nothing says where it leads', async () => {
		for (const path of ['/w/link.txt', '/w/nothing.txt', '/w/linked/theirs.txt', '/w/linked/new.txt']) {
			await assert.rejects(files.replace(at(path), 'ours'), { reason: 'link' });
			await assert.rejects(files.read(at(path), 100), { reason: 'link' });
			await assert.rejects(files.checkReplaceable(at(path)), { reason: 'link' });
		}
		assert.deepEqual(remote.calls, []);
	});

	it('are known not to be writable before anything is written, where their file system says so', async () => {
		await files.checkReplaceable(at('/w/plain.txt'));
		remote.isReadOnly = true;
		const refused = { reason: 'notWritten', file: 'plain.txt' };
		await assert.rejects(files.checkReplaceable(at('/w/plain.txt')), refused);
	});

	it('are not outside of it because their path goes up', async () => {
		remote.entries.set('/w/../plain.txt', 'plain');
		const up = at('/w/plain.txt').with({ path: '/w/../plain.txt' });
		assert.deepEqual(await files.locate(up), { state: 'outside' });
		await assert.rejects(files.read(up, 5), { reason: 'link' });
	});

	it('are read up to a size; undefined if there is none', async () => {
		assert.deepEqual(await files.read(at('/w/plain.txt'), 5), new TextEncoder().encode('plain'));
		await assert.rejects(files.read(at('/w/plain.txt'), 4), { reason: 'tooLarge', file: 'plain.txt' });
		await assert.rejects(files.read(at('/w/folder'), 4), { reason: 'noFile' });
		remote.stat = () => Promise.resolve({ type: file, size: 0, ctime: 0, mtime: 0 });
		await assert.rejects(files.read(at('/w/plain.txt'), 4), { reason: 'tooLarge', file: 'plain.txt' });
		Reflect.deleteProperty(remote, 'stat');
		assert.equal(await files.read(at('/w/none.txt'), 5), undefined);
		assert.equal(await files.read(at('/w/none/none.txt'), 5), undefined);
	});

	it('are looked up in the time of one way to the other computer and back, however deep they lie', async () => {
		const clock = new VirtualClock();
		const stat = remote.stat.bind(remote);
		remote.entries.set('/w/folder/deep', folder).set('/w/folder/deep/a.txt', 'deep');
		remote.stat = (uri) =>
			new Promise((resolve, reject) => {
				clock.after(80, () => void stat(uri).then(resolve, reject));
			});
		const from = clock.wall();
		assert.equal((await clock.until(files.locate(at('/w/folder/deep/a.txt')))).state, 'inside');
		assert.equal(clock.wall() - from, 80);
	});

	for (const fail of ['write', 'rename'] as const) {
		it(`leave nothing half-written if ${fail} fails`, async () => {
			remote.fail = fail;
			await assert.rejects(files.replace(at('/w/plain.txt'), 'ours'), { message: `no ${fail}` });
			assert.equal(remote.entries.get('/w/plain.txt'), 'plain');
			assert.ok(![...remote.entries.keys()].some((name) => name.includes('.part')));
		});
	}
});

describe('a file that a browser’s own dialog gave, without its folder', () => {
	const picked = '/prompts.txt';
	/** The browser knows this one file. */
	class Picked extends Remote {
		override stat(uri: vscode.Uri): Promise<vscode.FileStat> {
			return uri.path === picked ? super.stat(uri) : this.refuse();
		}
		override writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
			// The editor says no more of what it could not write.
			return uri.path === picked ? super.writeFile(uri, bytes) : this.refuse('Unknown');
		}
		private refuse(code = 'Unavailable'): Promise<never> {
			return Promise.reject(Object.assign(new Error('No file system handle registered'), { code }));
		}
	}
	const remote = new Picked(new Map([[picked, 'before']]));
	const files = new WorkspaceFiles({ disk: undefined, fs: remote, folders: () => [], newId: () => 'id' });

	it('is written itself: a second one cannot be made beside it', async () => {
		await files.replace(address(`file://${picked}`), 'ours');
		assert.deepEqual([...remote.entries], [[picked, 'ours']]);
	});

	it('and what would lie beside it is refused as such', async () => {
		await assert.rejects(files.read(address(`file://${picked}.results.jsonl`), 100), { reason: 'alone' });
	});

	it('but what another computer does not give for a while is no such file', async () => {
		await assert.rejects(files.read(address('vscode-remote://host/w/x'), 100), { code: 'Unavailable' });
	});
});

describe('files of a workspace on this disk', () => {
	const calls: unknown[] = [];
	const disk: Disk = {
		locate: (path, roots) =>
			Promise.resolve(calls.push([path, roots]) > 0 ? { state: 'absent', path } : { state: 'outside' }),
		read: () => Promise.resolve(undefined),
		replace: (path, roots, bytes) => Promise.resolve(void calls.push([path, roots, new TextDecoder().decode(bytes)])),
	};
	const folders = [address('file:///w'), address('file:///other'), address('vscode-remote://host/w')];
	const remote = new Remote(new Map());
	const files = new WorkspaceFiles({
		disk: () => Promise.resolve(disk),
		fs: remote,
		folders: () => folders,
		newId: () => 'id',
	});
	beforeEach(() => calls.splice(0));

	it('are confined to all folders of the workspace', async () => {
		await files.replace(address('file:///w/deep/a.txt'), 'ours');
		assert.deepEqual(calls, [['/w/deep/a.txt', ['/w', '/other'], 'ours']]);
		assert.deepEqual(remote.calls, []);
	});

	it('and one that the user picked elsewhere is confined to its own folder', async () => {
		await files.locate(address('file:///elsewhere/a.txt'));
		await files.locate(address('file:///wider/a.txt'));
		await files.locate(address('file:///a.txt'));
		await files.locate(address('file:///d:/a.txt'));
		assert.deepEqual(calls, [
			['/elsewhere/a.txt', ['/elsewhere/']],
			['/wider/a.txt', ['/wider/']],
			['/a.txt', ['/']],
			// On Windows, `d:` alone would be the folder of that drive in which the process is.
			['/d:/a.txt', ['/d:/']],
		]);
	});
});
