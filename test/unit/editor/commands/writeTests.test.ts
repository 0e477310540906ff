import assert from 'node:assert/strict';
import type { Assistant } from '../../../../src/editor/ask/assistant';
import type * as used from '../../../../src/editor/commands/writeTests';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { Document, DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';

describe('tests that were written', () => {
	/** Tests for a file of the workspace, of which some are written; what was opened for them, and what was reported. */
	async function written(
		source: FileUri,
		{ env = {}, checkReplaceable = () => Promise.resolve() }: { env?: object; checkReplaceable?: () => Promise<void> },
	) {
		const editor = new DocumentsStandIn();
		const document = editor.open(source, 'one\ntwo\n');
		const opened: unknown[] = [];
		const { window, workspace } = editor.api as unknown as { readonly window: object; readonly workspace: object };
		Object.assign(window, {
			activeTextEditor: { document, selection: new Range(0, 0, 1, 3), selections: [] },
			showTextDocument: (shown: unknown) => Promise.resolve(shown),
		});
		Object.assign(workspace, {
			getWorkspaceFolder: () => ({}),
			workspaceFolders: [{ uri: source }],
			fs: { stat: () => Promise.reject(new Error('FileNotFound')) },
			openTextDocument: (given: unknown) => {
				opened.push(given instanceof FileUri ? given.toString() : given);
				return Promise.resolve(given instanceof FileUri ? new Document(given, 'taken') : undefined);
			},
		});
		Object.assign(editor.api, {
			ViewColumn: { Beside: -2 },
			UIKind: { Desktop: 1, Web: 2 },
			env: { uiKind: 1, ...env },
		});
		const { writeTests } = editor.read('../editor/commands/writeTests') as typeof used;
		const reported: unknown[] = [];
		await writeTests({
			keys: { load: () => Promise.resolve(true), hasKeys: true },
			files: { locate: () => Promise.resolve({ state: 'inside', path: source.path }), checkReplaceable },
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
		return { opened, reported };
	}

	const nameless = { language: 'plaintext', content: 'it works\n' };

	it('are shown where no file can be made beside the code: they are paid for', async () => {
		const away = new Error('EIO: i/o error');
		const { opened, reported } = await written(new FileUri('file', '/w/a.ts'), {
			checkReplaceable: () => Promise.reject(away),
		});
		assert.deepEqual([opened, reported], [[nameless], [away]]);
	});

	it('have a name only where saving goes beside the code: of another file system, it would go to the disk', async () => {
		for (const [scheme, env, isNamed] of [
			['file', {}, true],
			['vscode-remote', { remoteName: 'ssh-remote' }, true],
			['ftp', {}, false],
			['ftp', { uiKind: 2, remoteName: 'ssh-remote' }, false],
			// A window in a browser saves to the file system of its folder.
			['vscode-vfs', { uiKind: 2 }, true],
		] as const) {
			const { opened } = await written(new FileUri(scheme, '/w/a.ts'), { env });
			assert.deepEqual(opened, isNamed ? ['untitled:/w/a.test.ts', nameless] : [nameless], scheme);
		}
	});
});
