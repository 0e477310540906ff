import assert from 'node:assert/strict';
import type { Assistant } from '../../../../src/editor/ask/assistant';
import type * as used from '../../../../src/editor/commands/writeTests';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';

describe('tests that were written', () => {
	it('are shown where no file can be made beside the code: they are paid for', async () => {
		const editor = new DocumentsStandIn();
		const document = editor.open(new FileUri('file', '/w/a.ts'), 'one\ntwo\n');
		const opened: unknown[] = [];
		const { window, workspace } = editor.api as unknown as { readonly window: object; readonly workspace: object };
		Object.assign(window, {
			activeTextEditor: { document, selection: new Range(0, 0, 1, 3) },
			showTextDocument: (shown: unknown) => Promise.resolve(shown),
		});
		Object.assign(workspace, {
			getWorkspaceFolder: () => ({}),
			openTextDocument: (given: unknown) => Promise.resolve(void opened.push(given)),
		});
		Object.assign(editor.api, { ViewColumn: { Beside: -2 } });
		const { writeTests } = editor.read('../editor/commands/writeTests') as typeof used;
		const away = new Error('EIO: i/o error');
		const reported: unknown[] = [];
		await writeTests({
			keys: { load: () => Promise.resolve(true), hasKeys: true },
			files: {
				locate: () => Promise.resolve({ state: 'inside', path: '/w/a.ts' }),
				checkReplaceable: () => Promise.reject(away),
			},
			heldKeys: { mayBeSent: () => Promise.resolve(true) },
			...{ labelOf: () => 'Key 1', now: () => 0, words: { t: (text: string) => text, describeCount: String } },
			report: (error: unknown) => void reported.push(error),
			ask: (...given: ConstructorParameters<typeof ScriptedRequest>) => {
				const request = new ScriptedRequest(...given);
				request.text('```\nit works\n```');
				const on = { key: keyId('k1'), model: 'flash' };
				request.send({ type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] });
				request.end();
				return request;
			},
		} as unknown as Assistant);
		assert.deepEqual(opened, [{ language: 'plaintext', content: 'it works\n' }]);
		assert.deepEqual(reported, [away]);
	});
});
