import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/git/git';
import type * as context from '../../../../src/editor/context/chatContext';
import type * as changes from '../../../../src/editor/git/changesToSend';
import { DocumentsStandIn } from '../../../support/editor/documents';
import { leaveEachProgress } from '../../../support/ui/leftProgress';

/** What is said where no repository is found. */
async function missing(
	exported: object | undefined,
	isTrusted: boolean,
	{ remoteName, extensionKind = 1 }: { readonly remoteName?: string; readonly extensionKind?: number } = {},
): Promise<unknown> {
	const editor = new DocumentsStandIn();
	const extension = exported && { activate: () => Promise.resolve(exported) };
	Object.assign(editor.api, {
		extensions: { getExtension: (id: string) => (id === 'vscode.git' ? extension : { extensionKind }) },
		workspace: { isTrusted },
		env: { remoteName },
		ExtensionKind: { UI: 1, Workspace: 2 },
	});
	const { findRepository } = editor.read('../editor/git/git') as typeof used;
	assert.equal(await findRepository(undefined, 'For what'), undefined);
	return editor.given[0];
}

describe('Git where there is no repository', () => {
	const none = { enabled: true, getAPI: () => ({ state: 'initialized', repositories: [] }) };

	it('is none, off or missing, or not allowed: a restricted folder has no Git at all', async () => {
		assert.equal(await missing(none, true), 'No Git repository is open here.');
		assert.equal(await missing(none, false), 'No Git repository is open here.');
		assert.match(String(await missing({ enabled: false }, true)), /^Git is missing, or switched off/);
		assert.match(String(await missing(undefined, true)), /^Git is missing, or switched off/);
		assert.equal(await missing(undefined, false), 'VS Code uses Git only in folders that you trust.');
	});

	it('is on the computer of the files, where Keypool may not be', async () => {
		assert.match(
			String(await missing(undefined, true, { remoteName: 'wsl' })),
			/^This window works on another computer \(wsl\), whose Git cannot be reached .* remote\.extensionKind\.$/,
		);
		assert.match(
			String(await missing(undefined, true, { remoteName: 'wsl', extensionKind: 2 })),
			/^Git is missing, or switched off/,
		);
	});
});

describe('Git that still looks for repositories', () => {
	it('is not said to have none to a person who does not want to wait for it', async () => {
		const editor = new DocumentsStandIn();
		const titles = leaveEachProgress(editor);
		const onDidChangeState = () => ({ dispose: () => undefined });
		const git = { enabled: true, getAPI: () => ({ state: 'uninitialized', repositories: [], onDidChangeState }) };
		Object.assign(editor.api, { extensions: { getExtension: () => ({ activate: () => Promise.resolve(git) }) } });
		const { findRepository } = editor.read('../editor/git/git') as typeof used;
		assert.equal(await findRepository(undefined, 'For what'), undefined);
		assert.deepEqual([titles, editor.given], [['Waiting for Git…'], []]);
	});
});

describe('Git whose changes nobody can read', () => {
	it('is said to have none only where it shows none: a program set as diff.external writes in a form of its own', async () => {
		const said = async (...diffs: readonly string[]): Promise<unknown> => {
			const editor = new DocumentsStandIn();
			const { changesToSend } = editor.read('../editor/git/changesToSend') as typeof changes;
			const diff = (cached?: boolean): Promise<string> => Promise.resolve(diffs[cached === true ? 0 : 1] ?? '');
			const repository: Omit<used.Repository, 'rootUri'> = {
				inputBox: { value: '' },
				ui: { selected: true },
				diff,
				log: () => Promise.resolve([]),
			};
			assert.equal(await changesToSend(repository as used.Repository), undefined);
			return editor.given[0];
		};
		assert.match(String(await said('', '\n')), /^There are no changes to describe\./);
		assert.match(String(await said('src/a.ts --- TypeScript\n1 const a = 1;\n')), /Unset diff\.external/);
		assert.match(String(await said('', 'src/a.ts --- TypeScript\n1 const a = 1;\n')), /Unset diff\.external/);
	});
});

describe('Git with several repositories', () => {
	it('asks which one under the title of what it is for', async () => {
		const editor = new DocumentsStandIn();
		const repositories = ['/w/a', '/w/b'].map((path) => ({
			rootUri: { path, toString: () => `file://${path}` },
			ui: { selected: true },
		}));
		const git = { enabled: true, getAPI: () => ({ state: 'initialized', repositories }) };
		Object.assign(editor.api, { extensions: { getExtension: () => ({ activate: () => Promise.resolve(git) }) } });
		const { changesForChat } = editor.read('../editor/context/chatContext') as typeof context;
		assert.equal(await changesForChat(), undefined);
		const titles = editor.given.flatMap((shown) =>
			typeof shown === 'object' && shown !== null && 'title' in shown ? [shown.title] : [],
		);
		assert.deepEqual(titles, ['Changes to be committed']);
	});
});
