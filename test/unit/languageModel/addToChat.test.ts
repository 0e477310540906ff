import assert from 'node:assert/strict';
import type * as Subject from '../../../src/languageModel/addToChat';
import { EditorStandIn, textsIn } from '../../support/ui/editor';

describe('adding the models to VS Code’s own chat', () => {
	it('leads to the list of models in an editor that has no groups of them and calls that list otherwise', async () => {
		const editor = new EditorStandIn();
		editor.presses = 'Manage Language Models';
		const ran: string[] = [];
		const executeCommand = (name: string): Promise<void> => {
			if (name !== 'workbench.action.chat.manageLanguageModels') return Promise.reject(new Error(`no ${name}`));
			ran.push(name);
			return Promise.resolve();
		};
		Object.assign(editor.api, { commands: { executeCommand } });
		await (editor.read('../languageModel/addToChat') as typeof Subject).addToChat();
		assert.ok(textsIn(editor.given).some((text) => text.startsWith('VS Code did not add Keypool')));
		assert.deepEqual(ran, ['workbench.action.chat.manageLanguageModels']);
	});
});
