import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { EditorChat, ModelPicker } from '../../support/window/editorChat';
import { useSimulator } from '../../support/window/simulated';
import { useWorkbench } from '../../support/window/workbench';

/** Code enough that its tokens tell whether it went along. */
const rows = Array.from({ length: 60 }, (_, n) => `export const row${n} = 'the row ${n}';\n`).join('');

describe('@keypool in VS Code’s own chat', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			isComplete: true,
			env: simulator().envWithKeys,
			files: { 'sum.ts': 'export const sum = 1 + 1;\n', 'rows.ts': rows },
		}),
	);

	it('answers through the pool without Copilot, says which keys work, explains code, and stands in the picker', async () => {
		const window = await workbench().open();
		const chat = new EditorChat(window);
		const picker = new ModelPicker(window);
		const calls = () => simulator().service.log.filter(({ outcome }) => outcome === 'answered');
		await chat.open();
		// The models come a moment after the window; before that VS Code refuses to ask anybody.
		await picker.chosen.filter({ hasText: 'Auto (Keypool)' }).waitFor();

		await chat.send('@keypool [short] Why is the sky blue?');
		await chat.answer.getByText('You asked "[short] Why is the sky blue?"').waitFor();
		await chat.answer
			.getByText(/gemini-3\.8-flash · sim-good-1 · \d+ tokens · [\d.]+ s · 3 earlier attempts failed/)
			.waitFor();
		await window.screenshot('participant-answer');
		assert.equal(calls().at(-1)?.model, 'gemini-3.8-flash');

		// The chat stays with the participant; its status names each key, and until when it rests.
		await chat.send('@keypool /status');
		await chat.answer.getByText('2 of 5 keys can answer with gemini-3.8-flash now.').waitFor();
		await chat.answer.getByText(/sim-day.*resting until midnight Pacific/).waitFor();
		await chat.answer.getByText(/sim-invalid.*needs attention: not a valid key/).waitFor();
		await window.screenshot('participant-status');

		// What was said before goes along, without our own lines.
		const tokens = calls().at(-1)?.inputTokens ?? 0;
		await chat.send('@keypool [short] And at night?');
		await chat.answer.getByText('[short] And at night?').waitFor();
		const more = (calls().at(-1)?.inputTokens ?? 0) - tokens;
		assert.ok(more > 20 && more < 80, String(more));

		// A command is about what is selected where nothing else was added, and offers what comes next.
		await window.openFile('sum.ts');
		await window.selectLines(1, 1);
		await chat.open();
		await chat.send('@keypool /explain [short]');
		await chat.answer.getByText('Explain this code.').waitFor();
		assert.match(calls().at(-1)?.question ?? '', /^Explain this code\.\n\n\[short\]\n\nFile: sum\.ts \(typescript\)/);
		await window.page.locator('.interactive-session').getByText('Write tests for this code').waitFor();
		await window.screenshot('participant-explain');

		// A file that was added goes along, and with its question to what is asked next.
		await window.openFile('rows.ts');
		await window.palette('Chat: Add File to Chat');
		await window.page.locator('.chat-attached-context-attachment', { hasText: 'rows.ts' }).first().waitFor();
		await chat.send('@keypool [short] What is in it?');
		await chat.answer.getByText('[short] What is in it?').waitFor();
		await window.screenshot('participant-file');
		const withFile = calls().at(-1);
		assert.match(withFile?.question ?? '', /^\[short\] What is in it\?\n\nFile: rows\.ts \(typescript\)[^]*the row 9/);
		await chat.send('@keypool [short] And besides?');
		await chat.answer.getByText('[short] And besides?').waitFor();
		const after = calls().at(-1);
		assert.doesNotMatch(after?.question ?? '', /rows\.ts/);
		assert.ok((after?.inputTokens ?? 0) > (withFile?.inputTokens ?? Infinity), JSON.stringify([withFile, after]));

		await picker.open();
		await window.screenshot('lm-picker');
		await window.press('Escape');

		// The group that lets people without a sign-in in; a second time there is nothing to add.
		await window.titleMenu('Keys', 'Use Keypool in VS Code’s Chat');
		await window.notice('VS Code’s chat now offers Keypool’s models');
		await window.titleMenu('Keys', 'Use Keypool in VS Code’s Chat');
		await window.pressOnNotification('VS Code did not add Keypool', 'Manage Language Models');
		await window.page
			.locator('.models-widget, .ai-models-management-editor')
			.getByText('Auto (Keypool)')
			.first()
			.waitFor();
		await window.screenshot('lm-manage');
		assert.deepEqual(window.errors, []);
	});
});
