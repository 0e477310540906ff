import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type * as used from '../../../../src/editor/context/fileSearch';
import { EditorStandIn } from '../../../support/ui/editor';
import { VirtualClock } from '../../../support/virtualClock';

describe('the search for a file by its name', () => {
	it('finds what is open where the editor cannot search, and all once it can', async () => {
		const editor = new EditorStandIn();
		const uriOf = (path: string) => ({ scheme: 'file', path, toString: () => `file://${path}` });
		class TabInputText {
			readonly uri = uriOf('/w/open.ts');
		}
		let search = (): Promise<readonly object[]> => Promise.reject(new Error('spawn rg ENOENT'));
		Object.assign(editor.api, {
			TabInputText,
			workspace: { findFiles: () => search(), getWorkspaceFolder: () => undefined },
		});
		Object.assign(editor.api.window, { tabGroups: { all: [{ tabs: [{ input: new TabInputText() }] }] } });
		const { FileSearch } = editor.read('../editor/context/fileSearch') as typeof used;
		let now = 0;
		const files = { locate: ({ path }: vscode.Uri) => Promise.resolve({ state: 'inside', path } as const) };
		const found = new FileSearch(files, () => now);
		const names = async (): Promise<readonly string[]> => (await found.find('')).map(({ name }) => name);
		assert.deepEqual(await names(), ['open.ts']);
		search = () => Promise.resolve([uriOf('/w/other.ts')]);
		now = 10_001;
		assert.deepEqual(await names(), ['open.ts', 'other.ts']);
	});

	it('looks all files up at once on another computer, to which each look is a way, and offers eight', async () => {
		const editor = new EditorStandIn();
		const uris = Array.from({ length: 20 }, (_, n) => ({ path: `/w/${n}.ts`, toString: () => `ssh://w/${n}.ts` }));
		Object.assign(editor.api, {
			workspace: { findFiles: () => Promise.resolve(uris), getWorkspaceFolder: () => undefined },
		});
		Object.assign(editor.api.window, { tabGroups: { all: [] } });
		const { FileSearch } = editor.read('../editor/context/fileSearch') as typeof used;
		const clock = new VirtualClock();
		const locate = ({ path }: vscode.Uri) =>
			new Promise<{ readonly state: 'inside'; readonly path: string }>((resolve) => {
				clock.after(80, () => resolve({ state: 'inside', path }));
			});
		const from = clock.wall();
		assert.equal((await clock.until(new FileSearch({ locate }, clock.wall).find('ts'))).length, 8);
		assert.equal(clock.wall() - from, 80);
	});

	it('finds a file by its name in a workspace that has more files than are listed', async () => {
		const editor = new EditorStandIn();
		const uriOf = (path: string) => ({ scheme: 'file', path, toString: () => `file://${path}` });
		const globs: string[] = [];
		const tokens: (object | undefined)[] = [];
		class CancellationTokenSource {
			readonly token = { isOver: false };
			cancel(): void {
				this.token.isOver = true;
			}
		}
		const listed = Array.from({ length: 10_000 }, (_, n) => uriOf(`/w/a/${n}.ts`));
		Object.assign(editor.api, {
			CancellationTokenSource,
			workspace: {
				findFiles: (glob: string, _: string, __: number, token?: object) => {
					globs.push(glob);
					tokens.push(token);
					return Promise.resolve(glob === '**/*' ? listed : [uriOf('/w/z/UserService.ts')]);
				},
				asRelativePath: ({ path }: vscode.Uri) => path.slice('/w/'.length),
				getWorkspaceFolder: () => ({}),
			},
		});
		Object.assign(editor.api.window, { tabGroups: { all: [] } });
		const { FileSearch } = editor.read('../editor/context/fileSearch') as typeof used;
		const files = { locate: ({ path }: vscode.Uri) => Promise.resolve({ state: 'inside', path } as const) };
		const search = new FileSearch(files, () => 0);
		assert.deepEqual(
			(await search.find('z/user-S{')).map(({ path }) => path),
			[],
		);
		assert.deepEqual(
			(await search.find('userserv')).map(({ path }) => path),
			['z/UserService.ts'],
		);
		assert.deepEqual(globs.slice(1), ['**/*[uU][sS][eE][rR]-[sS]**', '**/*[uU][sS][eE][rR][sS][eE][rR][vV]*']);
		assert.deepEqual(
			tokens,
			[undefined, { isOver: true }, { isOver: false }],
			'what was typed before is sought no more',
		);
		await search.find('');
		assert.equal(globs.length, 3);
	});
});
