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
});
