import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { Assistant } from '../../../../src/editor/ask/assistant';
import type * as bulb from '../../../../src/editor/commands/lightBulb';
import type * as used from '../../../../src/editor/commands/rewrite';
import { DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';

const code = 'function one() {\n\treturn 1;\n}\nfunction two() {\n\treturn wrong;\n}\n';
const problem = { range: new Range(4, 8, 4, 13), severity: 0, message: 'Cannot find name wrong.' };

/** What is asked where *Fix with Keypool* is chosen in the hover of the problem in `two`, wherever the cursor is. */
async function askedFor(selection: Range, elsewhere?: FileUri): Promise<string> {
	const editor = new DocumentsStandIn();
	const document = editor.open(new FileUri('file', '/w/a.ts'), code);
	const active = selection.start;
	const shown = { document, selection: Object.assign(selection, { active }), selections: [] };
	const other = elsewhere && { ...shown, document: editor.open(elsewhere, 'other();\n'.repeat(9)) };
	Object.assign((editor.api as unknown as { window: object }).window, {
		activeTextEditor: other ?? shown,
		visibleTextEditors: [other ?? shown, shown],
	});
	const symbols = [new Range(0, 0, 2, 1), new Range(3, 0, 5, 1)].map((range, n) => ({
		...{ name: n === 0 ? 'one' : 'two', range, children: [] },
	}));
	Object.assign(editor.api, {
		CodeAction: class {
			command: unknown;
		},
		CodeActionKind: {},
		commands: { executeCommand: () => Promise.resolve(symbols) },
		languages: { getDiagnostics: () => [problem] },
	});
	const { actionsFor } = editor.read('../editor/commands/lightBulb') as typeof bulb;
	const context = { diagnostics: [problem] } as unknown as vscode.CodeActionContext;
	const uri = document.uri as unknown as vscode.Uri;
	const [fix] = actionsFor(uri, problem.range as unknown as vscode.Range, context);
	const { rewrite, fixing } = editor.read('../editor/commands/rewrite') as typeof used;
	const asked: string[] = [];
	const assistant = {
		keys: { load: () => Promise.resolve(true), hasKeys: true },
		files: { locate: () => Promise.resolve({ state: 'inside', path: '/w/a.ts' }) },
		// Nothing is sent: what would be is enough.
		heldKeys: { mayBeSent: (texts: readonly string[]) => Promise.resolve(asked.push(...texts) === 0) },
		words: { t: (text: string) => text },
	} as unknown as Assistant;
	await rewrite(
		{ assistant, changes: { propose: () => assert.fail('not asked') } },
		fixing,
		fix?.command?.arguments?.[0],
	);
	return asked.join('\n');
}

describe('Fix with Keypool in the hover of a problem', () => {
	it('fixes the code that has the problem, wherever the cursor is and whatever else is selected', async () => {
		for (const elsewhere of [new Range(1, 0, 1, 0), new Range(0, 0, 1, 3)]) {
			const asked = await askedFor(elsewhere);
			assert.match(asked, /line 2: Cannot find name wrong\.[^]*function two/);
			assert.doesNotMatch(asked, /function one/);
		}
	});

	it('fixes it in the editor beside the one that has the focus as well, also where that shows a proposed change', async () => {
		for (const focused of [new FileUri('file', '/w/b.ts'), new FileUri('keypool-change', '/w/b.ts', '1')]) {
			assert.match(
				await askedFor(new Range(1, 0, 1, 0), focused),
				/line 2: Cannot find name[^]*File: a\.ts[^]*function two/,
			);
		}
	});

	it('fixes the selection where the problem is in it', async () => {
		assert.match(await askedFor(new Range(0, 0, 5, 1)), /line 5: Cannot find[^]*function one[^]*function two/);
	});
});
