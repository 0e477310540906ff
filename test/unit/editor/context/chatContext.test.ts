import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/context/chatContext';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { leaveEachProgress } from '../../../support/ui/leftProgress';

interface FileUri {
	readonly scheme: string;
	readonly path: string;
	toString(): string;
}
const uriOf = (path: string, scheme = 'file') => ({ scheme, path, toString: () => `${scheme}://${path}` });

const editor = new EditorStandIn();
/** What is in the workspace, by path. */
const texts = new Map<string, Uint8Array>();
/** What was asked for to be offered, and what a person chooses of it. */
const sought: unknown[][] = [];
let chosen = '';
let offered: readonly string[] = [];
/** Rows that are there whatever is typed. */
let always: readonly string[] = [];
/** What is open in the editor. */
const open: object[] = [];
/** The commands of VS Code that ran. */
const ran: string[] = [];
class TabInputText {
	constructor(readonly uri: FileUri & { readonly scheme: string }) {}
}
Object.assign(editor.api, {
	TabInputText,
	FileType: { File: 1 },
	commands: { executeCommand: (command: string) => Promise.resolve(ran.push(command)) },
	Uri: {
		parse: (address: string) => {
			const [scheme, path = ''] = address.split('://');
			return uriOf(path, scheme);
		},
	},
	workspace: {
		textDocuments: open,
		notebookDocuments: [],
		// As where several folders are open, below `/w`.
		asRelativePath: ({ path }: FileUri, withFolder = true) =>
			path
				.split('/')
				.slice(withFolder ? 2 : 3)
				.join('/'),
		findFiles: (...args: unknown[]) => {
			sought.push(args);
			return Promise.resolve([...texts.keys()].map((path) => uriOf(path)));
		},
		/** As VS Code does where `files.encoding` is windows1252: a NUL is no text. */
		decode: (bytes: Uint8Array) =>
			bytes.includes(0)
				? Promise.reject(new Error('binary'))
				: Promise.resolve(new TextDecoder('windows-1252').decode(bytes)),
		getWorkspaceFolder: ({ scheme, path }: FileUri) => (scheme === 'file' && path.startsWith('/w/') ? {} : undefined),
		fs: {
			stat: ({ path }: FileUri) => {
				const size = texts.get(path)?.length;
				return size === undefined ? Promise.reject(new Error('none')) : Promise.resolve({ type: 1, size });
			},
		},
	},
});
Object.assign(editor.api.window, {
	tabGroups: { all: [] },
	showQuickPick: async (items: Promise<readonly { readonly label: string; readonly alwaysShow?: boolean }[]>) => {
		offered = (await items).map(({ label }) => label);
		always = (await items).flatMap(({ label, alwaysShow }) => (alwaysShow ? [label] : []));
		return (await items).find(({ label }) => label === chosen);
	},
});
const { pickFile, pickFiles, readFile } = editor.read('../editor/context/chatContext') as typeof used;

/** Links that lead out of the workspace, and where others lead. */
const outside = new Set<string>();
const links = new Map<string, string>();
const files: Parameters<typeof pickFiles>[0] = {
	locate: ({ path }) =>
		Promise.resolve(outside.has(path) ? { state: 'outside' } : { state: 'inside', path: links.get(path) ?? path }),
	read: ({ path }) => (denied.has(path) ? Promise.reject(new Error('EACCES')) : Promise.resolve(texts.get(path))),
};
describe('files on a drive that answers no more', () => {
	const before = Object.getOwnPropertyDescriptor(AbortSignal, 'timeout') ?? {};
	const { withProgress } = editor.api.window;
	afterEach(() => {
		Object.defineProperty(AbortSignal, 'timeout', before);
		Object.assign(editor.api.window, { withProgress });
	});

	it('can be left, which sends nothing: every later question waited behind the one that they go along with', async () => {
		AbortSignal.timeout = () => AbortSignal.abort();
		const titles = leaveEachProgress(editor);
		texts.set('/w/far.txt', new Uint8Array([65]));
		const never = new Promise<never>(() => undefined);
		const silent = { locate: files.locate, read: () => never };
		assert.equal(await readFile(silent, 'file:///w/far.txt'), 'unfit');
		texts.set('/w/far.png', new Uint8Array([65]));
		assert.equal(await pickFile(silent, 'file:///w/far.png'), undefined);
		chosen = 'far.png';
		assert.deepEqual(await (await pickFiles(silent, 20))(), []);
		assert.deepEqual(titles, ['Reading far.txt…', 'Reading far.png…', 'Reading far.png…']);
	});
});

/** What may not be read. */
const denied = new Set<string>();

describe('files that are picked to go along with a question', () => {
	beforeEach(() => {
		for (const known of [texts, outside, links, denied]) known.clear();
		sought.splice(0);
		open.splice(0);
		editor.given.splice(0);
	});

	it('lead back to the chat: the question was typed into the file in the editor', async () => {
		texts.set('/w/notes.txt', new Uint8Array([65]));
		for (const [file, commands] of [
			['', []],
			['notes.txt', ['keypool.chat.focus']],
		] as const) {
			ran.splice(0);
			chosen = file;
			await pickFiles(files, 20);
			assert.deepEqual(ran, commands);
		}
	});

	it('go as pictures where they are some that the service reads, and as texts else', async () => {
		for (const [name, mimeType] of [
			['shot.png', 'image/png'],
			['photo.JPG', 'image/jpeg'],
			['photo.jpeg', 'image/jpeg'],
			['drawing.webp', 'image/webp'],
			['phone.heic', 'image/heic'],
			['drawing.svg', undefined],
			['notes.txt', undefined],
		] as const) {
			texts.set(`/w/${name}`, new Uint8Array([1, 2, 3]));
			chosen = name;
			const data = mimeType && { picture: { label: name, mimeType, data: 'AQID' } };
			const expected = { uri: `file:///w/${name}`, label: name, bytes: 3, ...data };
			assert.deepEqual(await (await pickFiles(files, 20))(), [expected]);
			assert.deepEqual(await pickFile(files, `file:///w/${name}`), expected);
		}
	});

	it('are no pictures where a link leads out of the workspace: what is there is asked about as any text', async () => {
		texts.set('/w/logo.png', new Uint8Array([1, 2, 3]));
		outside.add('/w/logo.png');
		const expected = { uri: 'file:///w/logo.png', label: 'logo.png', bytes: 3 };
		assert.deepEqual(await pickFile(files, 'file:///w/logo.png'), expected);
	});

	it('are what a link within the workspace leads to: a file of secrets is no picture, whatever a repository calls it', async () => {
		texts.set('/w/logo.png', new Uint8Array([1, 2, 3])).set('/w/logo', new Uint8Array([1, 2, 3]));
		links.set('/w/logo.png', '/w/.env').set('/w/logo', '/w/shot.png');
		for (const name of ['logo.png', 'logo']) {
			const expected = { uri: `file:///w/${name}`, label: name, bytes: 3 };
			assert.deepEqual(await pickFile(files, `file:///w/${name}`), expected);
		}
	});

	it('may be pictures of 4 MB, and texts of 256 KB: more is told and left out', async () => {
		const mb = 1024 * 1024;
		texts.set('/w/large.png', new Uint8Array(4 * mb));
		assert.equal((await pickFile(files, 'file:///w/large.png'))?.picture?.mimeType, 'image/png');
		texts.set('/w/large.png', new Uint8Array(4 * mb + 1));
		texts.set('/w/large.txt', new Uint8Array(mb));
		for (const name of ['large.png', 'large.txt']) assert.equal(await pickFile(files, `file:///w/${name}`), undefined);
		const told = textsIn(editor.given).join('\n');
		assert.match(told, /large\.png is 4097 KB; at most 4096 KB/);
		assert.match(told, /large\.txt is 1024 KB; at most 256 KB/);
	});

	it('are files: what was never saved is not offered, and one that is gone by then is said to be', async () => {
		const api = editor.api.window as unknown as { readonly tabGroups: { all: readonly object[] } };
		const tab = (scheme: string, path: string) => ({ input: new TabInputText({ ...uriOf(path), scheme }) });
		api.tabGroups.all = [{ tabs: [tab('untitled', 'Untitled-1'), tab('file', '/w/gone.ts')] }];
		chosen = 'gone.ts';
		assert.deepEqual(await (await pickFiles(files, 20))(), []);
		assert.deepEqual(offered, ['gone.ts', 'Browse…']);
		assert.deepEqual(always, ['Browse…']);
		assert.match(textsIn(editor.given).join('\n'), /^gone\.ts is no longer there\.$/m);
		api.tabGroups.all = [];
	});

	it('are as many as go along: of a folder of photos no more is read, and that is told once', async () => {
		const photos = Array.from({ length: 200 }, (_, n) => `/w/${n}.png`);
		for (const path of photos) texts.set(path, new Uint8Array([1]));
		chosen = 'Browse…';
		const api = editor.api.window as unknown as { showOpenDialog: () => Promise<readonly FileUri[]> };
		api.showOpenDialog = () => Promise.resolve(photos.map((path) => uriOf(path)));
		const read: string[] = [];
		const counting = {
			...files,
			read: (uri: FileUri) => (read.push(uri.path), Promise.resolve(texts.get(uri.path))),
		} as unknown as typeof files;
		assert.equal((await (await pickFiles(counting, 20))()).length, 20);
		assert.equal(read.length, 20);
		assert.deepEqual(textsIn(editor.given), ['At most 20 attachments can go with one question.']);
		chosen = '';
	});

	it('are read in the encoding that the editor opens them in, and are no text where it finds none', async () => {
		texts.set(
			'/w/old.txt',
			Uint8Array.from('Caf\u00e9 \u00fcber', (character) => character.charCodeAt(0)),
		);
		texts.set('/w/data.txt', new Uint8Array([65, 0, 66]));
		const read = await readFile(files, 'file:///w/old.txt');
		assert.equal(typeof read === 'object' && read.text, 'Café über');
		assert.equal(await readFile(files, 'file:///w/data.txt'), 'unfit');
		// A question to @keypool goes without it.
		assert.equal(textsIn(editor.given).join('\n'), 'data.txt was not attached: it is not text.');
	});

	it('are named where they are empty: among several a person could not know which one does not go', async () => {
		texts.set('/w/none.txt', new TextEncoder().encode(' \n'));
		assert.equal(await readFile(files, 'file:///w/none.txt'), 'unfit');
		assert.deepEqual(textsIn(editor.given), ['none.txt was not attached: it is empty.']);
	});

	it('are said not to be readable where they are not, by their names', async () => {
		for (const name of ['notes.txt', 'shot.png']) {
			texts.set(`/w/${name}`, new Uint8Array([65]));
			denied.add(`/w/${name}`);
		}
		assert.equal(await readFile(files, 'file:///w/notes.txt'), 'unfit');
		assert.equal(await pickFile(files, 'file:///w/shot.png'), undefined);
		const told = textsIn(editor.given).join('\n');
		for (const name of ['notes.txt', 'shot.png']) assert.match(told, new RegExp(`^${name} cannot be read\\.`, 'm'));
	});

	it('are chosen in the dialog, or of those that are open, where the editor cannot search', async () => {
		const workspace = editor.api as unknown as { readonly workspace: { findFiles: unknown } };
		const { findFiles } = workspace.workspace;
		workspace.workspace.findFiles = () => Promise.reject(new Error('spawn rg ENOENT'));
		assert.deepEqual(await (await pickFiles(files, 20))(), []);
		workspace.workspace.findFiles = findFiles;
		assert.deepEqual(offered, ['Browse…']);
	});

	it('are told by their folder where several are open: each can have a file of that path', async () => {
		for (const path of ['/w/front/package.json', '/w/back/package.json', '/elsewhere/package.json']) {
			texts.set(path, new TextEncoder().encode('{}'));
		}
		const told = ['/w/front/package.json', '/w/back/package.json', '/elsewhere/package.json'].map(async (path) => {
			const read = await readFile(files, `file://${path}`);
			return typeof read === 'object' ? read.file : read;
		});
		assert.deepEqual(await Promise.all(told), ['front/package.json', 'back/package.json', 'package.json']);
	});

	describe('or lie open in the editor', () => {
		const openAt = (scheme: string, path: string, text: string): void =>
			void open.push({ uri: uriOf(path, scheme), languageId: 'python', getText: () => text });

		it('go as they are there: what was never saved, and the cell of a notebook, are in no file system', async () => {
			openAt('untitled', 'Untitled-1', 'never saved');
			openAt('vscode-notebook-cell', '/w/a.ipynb', 'a cell');
			for (const [address, text] of [
				['untitled://Untitled-1', 'never saved'],
				['vscode-notebook-cell:///w/a.ipynb', 'a cell'],
			] as const) {
				const read = await readFile(files, address);
				assert.deepEqual(typeof read === 'object' && [read.text, read.language], [text, 'python']);
			}
			openAt('file', '/w/deleted.py', 'still open');
			assert.equal(await readFile(files, 'file:///w/deleted.py'), 'gone');
		});

		it('are measured by the lines that are meant', async () => {
			const lines = Array.from({ length: 20_000 }, (_, n) => `line_${n} = 1`);
			texts.set('/w/long.py', new TextEncoder().encode(lines.join('\n')));
			openAt('file', '/w/long.py', lines.join('\n'));
			const read = await readFile(files, 'file:///w/long.py', { first: 9_000, last: 9_001 });
			assert.equal(typeof read === 'object' && read.text, 'line_9000 = 1\nline_9001 = 1');
			assert.equal(await readFile(files, 'file:///w/long.py'), 'unfit');
			assert.match(textsIn(editor.given).join('\n'), /^long\.py is \d+ KB; at most 256 KB can be sent\.$/);
		});
	});

	it('are looked for beside what a package manager has put there, which would leave room for nothing else', async () => {
		chosen = '';
		await pickFiles(files, 20);
		assert.deepEqual(sought, [['**/*', '**/node_modules/**', 5_000]]);
	});
});
