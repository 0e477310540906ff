import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type * as used from '../../../../src/editor/context/excerpt';
import { Document, DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';

describe('the code at the cursor', () => {
	const before = Object.getOwnPropertyDescriptor(AbortSignal, 'timeout') ?? {};
	afterEach(() => void Object.defineProperty(AbortSignal, 'timeout', before));

	/** What the command takes where nobody knows of symbols, and there is only what is seen. */
	async function isWhatIsSeen(executeCommand: () => Promise<unknown>): Promise<void> {
		const editor = new DocumentsStandIn();
		Object.assign(editor.api, { commands: { executeCommand } });
		const { excerptOf } = editor.read('../editor/context/excerpt') as typeof used;
		const seen = new Range(3, 0, 9, 0);
		const shown: unknown = {
			document: Object.assign(new Document(new FileUri('file', '/w/a.c'), ''), {
				validateRange: (range: Range) => range,
			}),
			selection: { isEmpty: true, active: seen.start },
			visibleRanges: [seen],
		};
		assert.deepEqual(await excerptOf(shown as vscode.TextEditor), { kind: 'visible', range: seen });
	}

	it('is what is seen where a language server says nothing, as while it reads a large project', async () => {
		AbortSignal.timeout = (ms) => (ms <= 5_000 ? AbortSignal.abort() : assert.fail('nobody waits as long'));
		await isWhatIsSeen(() => new Promise(() => undefined));
	});

	it('is what is seen where the editor asks none, as in the results of a search', () =>
		isWhatIsSeen(() => Promise.reject(new Error('Unable to resolve resource search-editor:#0.5'))));

	it('is the function where it stands by then: who goes on typing, while a language server is slow, moves it', async () => {
		const editor = new DocumentsStandIn();
		const asked: ((symbols: readonly object[]) => void)[] = [];
		Object.assign(editor.api, { commands: { executeCommand: () => new Promise((tell) => asked.push(tell)) } });
		const { excerptOf } = editor.read('../editor/context/excerpt') as typeof used;
		const document = Object.assign(new Document(new FileUri('file', '/w/a.c'), ''), { version: 1 });
		const shown: unknown = { document, selection: { isEmpty: true, active: new Range(3, 0, 3, 0).start } };
		const symbol = (first: number, last: number) => ({ name: 'f', range: new Range(first, 0, last, 1), children: [] });
		const found = excerptOf(shown as vscode.TextEditor);
		document.version++;
		asked.shift()?.([symbol(2, 5)]);
		await new Promise(setImmediate);
		asked.shift()?.([symbol(2, 9)]);
		assert.deepEqual((await found).range, new Range(2, 0, 9, 1));
	});
});
