import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type * as used from '../../../../src/editor/context/excerpt';
import { Document, DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';

describe('the code at the cursor', () => {
	const before = Object.getOwnPropertyDescriptor(AbortSignal, 'timeout') ?? {};
	afterEach(() => void Object.defineProperty(AbortSignal, 'timeout', before));

	it('is what is seen where a language server says nothing, as while it reads a large project', async () => {
		const editor = new DocumentsStandIn();
		Object.assign(editor.api, { commands: { executeCommand: () => new Promise(() => undefined) } });
		const { excerptOf } = editor.read('../editor/context/excerpt') as typeof used;
		AbortSignal.timeout = (ms) => (ms <= 5_000 ? AbortSignal.abort() : assert.fail('nobody waits as long'));
		const seen = new Range(3, 0, 9, 0);
		const shown: unknown = {
			document: Object.assign(new Document(new FileUri('file', '/w/a.c'), ''), {
				validateRange: (range: Range) => range,
			}),
			selection: { isEmpty: true, active: seen.start },
			visibleRanges: [seen],
		};
		assert.deepEqual(await excerptOf(shown as vscode.TextEditor), { kind: 'visible', range: seen });
	});
});
