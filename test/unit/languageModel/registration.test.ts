import assert from 'node:assert/strict';
import type * as used from '../../../src/languageModel/registerLanguageModel';
import { EditorStandIn } from '../../support/ui/editor';

type Use = (...of: unknown[]) => Promise<unknown>;

describe('@keypool and the provider', () => {
	it('say what to do where the editor has deleted their code, because another version took its place', async () => {
		const editor = new EditorStandIn();
		const none = { dispose: () => undefined };
		const uses: Use[] = [];
		Object.assign(editor.api, {
			EventEmitter: class {
				dispose = none.dispose;
			},
			Uri: { joinPath: () => 'symbol.svg' },
			commands: { registerCommand: () => none },
			chat: { createChatParticipant: (_: string, handle: Use) => (uses.push(handle), { ...none }) },
			lm: {
				registerLanguageModelChatProvider: (_: string, it: Record<string, Use>) => {
					uses.push(...Object.values(it).filter((use) => typeof use === 'function'));
					return none;
				},
				registerTool: (_: string, { invoke }: { readonly invoke: Use }) => (uses.push(invoke), none),
			},
		});
		const { registerLanguageModel } = editor.read('../languageModel/registerLanguageModel') as typeof used;
		const pool = { onEvent: () => none.dispose };
		let isGone = false;
		const parts = (): object => {
			if (isGone) throw Object.assign(new Error("Cannot find module '/old/room.js'"), { code: 'MODULE_NOT_FOUND' });
			return { pool };
		};
		const registered = registerLanguageModel({} as never, parts as never);
		isGone = true;
		assert.equal(uses.length, 5);
		for (const use of uses)
			await assert.rejects(use({}, {}, {}), { message: 'Keypool was updated or removed. Reload the window.' });
		registered.dispose();
	});

	it('are left out where an editor that is built from VS Code has none of its chat, or refuses: all else works there', () => {
		const none = { dispose: () => undefined };
		const refused = (): never => {
			throw new Error('not here');
		};
		const editors = [
			{},
			{ lm: {}, chat: {} },
			{
				lm: { registerLanguageModelChatProvider: refused, registerTool: refused },
				chat: { createChatParticipant: refused },
			},
			{
				lm: { registerLanguageModelChatProvider: () => undefined, registerTool: () => undefined },
				chat: { createChatParticipant: () => undefined },
			},
		];
		for (const api of editors) {
			const editor = new EditorStandIn();
			Object.assign(editor.api, {
				EventEmitter: class {
					dispose = none.dispose;
				},
				Uri: { joinPath: () => 'symbol.svg' },
				commands: { registerCommand: () => none },
				...api,
			});
			const { registerLanguageModel } = editor.read('../languageModel/registerLanguageModel') as typeof used;
			const reports: unknown[] = [];
			const parts = { pool: { onEvent: () => none.dispose }, report: (error: unknown) => void reports.push(error) };
			registerLanguageModel({} as never, () => parts as never).dispose();
			assert.ok(reports.length >= 1);
		}
	});
});
