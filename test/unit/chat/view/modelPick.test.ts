import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/modelPick';
import { ModelListCache } from '../../../../src/chat/view/modelListCache';
import { createWords } from '../../../../src/localization/words';
import { EditorStandIn } from '../../../support/ui/editor';

const words = createWords(
	(text) => text,
	{ language: 'en' },
	() => 0,
);

/** `ran`: the commands of VS Code. */
function opened() {
	const editor = new EditorStandIn();
	const ran: string[] = [];
	Object.assign(editor.api, {
		env: { language: 'en' },
		commands: { executeCommand: (command: string) => Promise.resolve(ran.push(command)) },
	});
	return { editor, ran, ...(editor.read('../chat/view/modelPick') as typeof used) };
}

describe('the models that a person chooses among', () => {
	it('leave out those that answer no chat: the service lists its agents, and models of sound and pictures, as well', async () => {
		const { editor, pickModel } = opened();
		const ids = [
			'gemini-3.8-flash',
			'deep-research-pro-preview',
			'gemini-2.5-flash-preview-tts',
			'gemini-3.5-transcribe',
			'gemma-3-27b-it',
		];
		const catalogue = new ModelListCache(
			() => Promise.resolve(ids.map((id) => ({ id, label: id }))),
			() => 0,
		);
		const { signal } = new AbortController();
		await pickModel(catalogue, { title: 'Model', placeHolder: '', byDefault: 'gemini-3.8-flash' }, signal, words);
		const [rows] = editor.given as readonly (readonly { readonly label: string; readonly description: string }[])[];
		assert.deepEqual(
			rows?.map(({ label, description }) => [label, description]),
			[
				['As in the settings', 'gemini-3.8-flash · current'],
				['gemini-3.8-flash', 'gemini-3.8-flash'],
				['gemma-3-27b-it', 'gemma-3-27b-it'],
			],
		);
	});

	it('lead back to the chat once one is chosen: the next question was typed into the file in the editor', async () => {
		const { editor, ran, pickModel } = opened();
		const catalogue = new ModelListCache(
			() => Promise.resolve([{ id: 'flash', label: 'Flash' }]),
			() => 0,
		);
		const pick = { title: 'Model', placeHolder: '' };
		await pickModel(catalogue, pick, new AbortController().signal, words);
		assert.deepEqual(ran, [], 'who closed the list may be anywhere by then');
		const choose = async (rows: Promise<readonly object[]>) => (await rows)[0];
		Object.assign(editor.api.window, { showQuickPick: choose });
		const chosen = await pickModel(catalogue, pick, new AbortController().signal, words);
		assert.deepEqual([chosen, ran], [{ type: 'model', id: 'flash' }, ['keypool.chat.focus']]);
	});
});
