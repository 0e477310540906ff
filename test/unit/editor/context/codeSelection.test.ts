import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type * as used from '../../../../src/editor/context/codeSelection';
import { Range } from '../../../support/editor/documents';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

const uriOf = (scheme: string, path: string): vscode.Uri => {
	const uri: unknown = { scheme, path, toString: () => `${scheme}:${path}` };
	return uri as vscode.Uri;
};

const editor = new EditorStandIn();
Object.assign(editor.api, {
	Range,
	commands: { executeCommand: () => Promise.resolve([]) },
	workspace: {
		getWorkspaceFolder: ({ scheme }: vscode.Uri) => (scheme === 'vscode-vfs' ? {} : undefined),
		notebookDocuments: [{ uri: uriOf('file', '/w/linked.ipynb') }, { uri: uriOf('untitled', '/new.ipynb') }],
	},
});
const { codeSelection, mayBeSent } = editor.read('../editor/context/codeSelection') as typeof used;

/** What was looked up in a file system. */
const located: string[] = [];
const files = {
	locate: (uri: vscode.Uri) => {
		located.push(uri.toString());
		return Promise.resolve(
			uri.path.includes('linked') ? { state: 'outside' as const } : { state: 'inside' as const, path: uri.path },
		);
	},
};

describe('a text of the editor that is behind a link out of the workspace', () => {
	beforeEach(() => {
		located.splice(0);
		editor.given.splice(0);
	});

	for (const [what, uri] of [
		['a file', uriOf('file', '/w/linked.txt')],
		['a file of another file system', uriOf('vscode-vfs', '/w/linked.txt')],
		['a cell of a notebook', uriOf('vscode-notebook-cell', '/w/linked.ipynb')],
	] as const) {
		it(`is sent only after a person was asked: ${what}`, async () => {
			assert.equal(await mayBeSent(files, uri, 'print(1)'), false);
			assert.ok(textsIn(editor.given).some((text) => text.includes('link that leads out of the workspace')));
			editor.presses = 'Send Anyway';
			assert.equal(await mayBeSent(files, uri, 'print(1)'), true);
			editor.presses = undefined;
		});
	}

	it('is none where it is in no file system', async () => {
		for (const uri of [uriOf('untitled', '/linked.txt'), uriOf('vscode-notebook-cell', '/unknown.ipynb')]) {
			assert.equal(await mayBeSent(files, uri, 'print(1)'), true);
		}
		assert.deepEqual(located, []);
		assert.equal(await mayBeSent(files, uriOf('vscode-notebook-cell', '/new.ipynb'), 'print(1)'), true);
	});
});

describe('several selections', () => {
	const visible = new Range(8, 0, 8, 3);
	const select = (...lines: readonly number[]) => {
		const at = (line: number) => ({
			...{
				isEmpty: line < 0,
				start: { line, character: 0 },
				end: { line, character: 3 },
				intersection: () => undefined,
			},
		});
		const document = {
			...{ uri: uriOf('untitled', '/w/a.ts'), getText: () => 'one', lineAt: () => ({ text: 'one' }) },
			validateRange: (range: object) => range,
		};
		const selections = lines.map(at);
		Object.assign(Reflect.get(editor.api, 'window') as object, {
			activeTextEditor: { document, selections, selection: selections[0], visibleRanges: [visible] },
			visibleTextEditors: [],
		});
		editor.given.splice(0);
		return document.uri;
	};
	const selected = (...lines: readonly number[]) => {
		select(...lines);
		return codeSelection(files, 'exact');
	};

	it('are told that one of them is used, and which', async () => {
		await selected(1, 4);
		assert.deepEqual(textsIn(editor.given), ['Only one of your selections is used: a.ts, line 2.']);
		for (const lines of [[1], [1, -1]]) {
			await selected(...lines);
			assert.deepEqual(textsIn(editor.given), []);
		}
	});

	it('are no matter to a command of the light bulb on other code', async () => {
		const uri = select(1, 4);
		await codeSelection(files, 'exact', { uri, range: visible } as unknown as vscode.Location);
		assert.deepEqual(textsIn(editor.given), []);
	});
});
