import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { workspaceName as nameOf } from '../../../../src/chat/storage/workspaceName';

type Workspace = Parameters<typeof nameOf>[0];

const uri = (text: string) => ({ toString: () => text }) as vscode.Uri;
const folder = (text: string): Workspace => ({
	workspaceFile: undefined,
	workspaceFolders: [{ uri: uri(text), name: text, index: 0 }],
});
const workspace = (text: string): Workspace => ({ ...folder('file:///a'), workspaceFile: uri(text) });

/** What VS Code keeps for a workspace, begun with what it hands on. */
function kept(from: ReadonlyMap<string, unknown> = new Map()) {
	const values = new Map(from);
	return {
		values,
		get: (key: string): unknown => values.get(key),
		update: (key: string, value: unknown) => {
			values.set(key, value);
			return Promise.resolve();
		},
	};
}

const workspaceName = (of: Workspace, memento: Parameters<typeof nameOf>[1]) => nameOf(of, memento, assert.ifError);

describe('the name under which conversations are kept', () => {
	it('is one for each folder and each workspace, and the same for all windows on it', async () => {
		const opened = [folder('file:///a'), folder('file:///b'), workspace('file:///x.code-workspace')];
		const names = await Promise.all(opened.map((of) => workspaceName(of, kept())));
		assert.equal(new Set(names).size, 3);
		assert.deepEqual(await Promise.all(opened.map((of) => workspaceName(of, kept()))), names);
		assert.equal(await workspaceName({ workspaceFile: undefined, workspaceFolders: undefined }, kept()), 'no-folder');
	});

	it('stays where another folder joins the one that is open, and where that workspace is saved', async () => {
		const own = kept();
		const name = await workspaceName(folder('file:///a'), own);
		const joined = kept(own.values);
		assert.equal(await workspaceName(workspace('untitled:/1/workspace.json'), joined), name);
		assert.equal(await workspaceName(workspace('file:///x.code-workspace'), kept(joined.values)), name);
	});

	it('is another one where a workspace is saved in a second file: the first one is still there', async () => {
		const first = kept();
		const untitled = await workspaceName(workspace('untitled:/1/workspace.json'), first);
		const saved = kept(first.values);
		assert.equal(await workspaceName(workspace('file:///x.code-workspace'), saved), untitled);
		const copy = kept(saved.values);
		const other = await workspaceName(workspace('file:///y.code-workspace'), copy);
		assert.equal(other, await workspaceName(workspace('file:///y.code-workspace'), kept()));
		assert.notEqual(other, untitled);
		assert.equal(await workspaceName(workspace('file:///x.code-workspace'), saved), untitled);
		assert.equal(await workspaceName(workspace('file:///y.code-workspace'), copy), other);
	});

	it('is a folder’s own again where what is kept is no name', async () => {
		const name = await workspaceName(workspace('file:///x.code-workspace'), kept());
		for (const wrong of ['../../elsewhere', 7]) {
			const damaged = kept(new Map([['keypool.chat.workspace', wrong]]));
			assert.equal(await workspaceName(workspace('file:///x.code-workspace'), damaged), name);
		}
	});
});
