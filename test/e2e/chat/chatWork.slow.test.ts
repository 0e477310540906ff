import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { appears, eventually, opens, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const files = {
	...sampleFiles,
	'notes/plan.md': 'The plan is to count to three.\n',
	'broken.json': '{ "a": 1, }\n',
	'plain.txt': 'one\ntwo\n',
	'environment.ts': 'export const here = true;\n',
	'.env': 'TOKEN=of-nobody\n',
};

/** A picture of one dot. */
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('a day’s work in the chat', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files }));
	let window: Window;
	let chat: Chat;
	before(async () => {
		writeFileSync(path.join(workbench().folder, 'shot.png'), Buffer.from(dot, 'base64'));
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
		await chat.input.waitFor();
	});

	const button = (name: string) => window.webview().getByRole('button', { name, exact: true });
	const chips = () => window.webview().locator('[data-role="draft"] .chip');
	const queue = () => window.webview().locator('[data-role="queue"]');
	const cursor = (at: string) => window.page.locator('[id="status.editor.selection"]', { hasText: at });
	const editorText = async () =>
		(await window.page.locator('.editor-instance .view-lines').last().innerText()).replaceAll('\u00a0', ' ');
	const send = async (text: string): Promise<void> => {
		await chat.input.fill(text);
		await chat.input.press('Enter');
	};
	const lastSent = (): string =>
		simulator().service.log.findLast(({ question }) => question !== undefined)?.question ?? '';

	it('has nothing to export yet, and says so instead of opening an empty document', async () => {
		await window.titleMenu('Keypool Chat', 'Export Conversation as Markdown');
		await window.notice('There is nothing to export yet');
		assert.equal(await window.page.locator('.tab').filter({ hasText: 'Untitled' }).count(), 0);
		await window.palette('Notifications: Clear All Notifications');
	});

	it('queues what is sent while an answer runs, and asks it when the answer has come', async () => {
		const hold = simulator().service.hold();
		await send('The first [short]');
		await hold.reached;
		await send('The second [short]');
		await send('The third [short]');
		await queue().getByText('The third [short]').waitFor();
		assert.equal(await chat.questions.count(), 1);
		await window.screenshot('window-chat-queue');
		await queue().getByRole('button', { name: 'Move back to the input box' }).last().click();
		await until('the question in the box', async () => (await chat.input.inputValue()) === 'The third [short]');
		await chat.input.fill('');
		hold.release();
		await chat.finished('The first [short]');
		await chat.finished('The second [short]');
		await queue().waitFor({ state: 'detached' });
		assert.equal(await chat.questions.count(), 2);
	});

	it('lets a question about code wait as well, and shows it at once where it is asked', async () => {
		const hold = simulator().service.hold();
		await send('A question before [short]');
		await hold.reached;
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await window.palette('Keypool: Explain Selection');
		await queue().getByText('Explain fibonacci.ts, lines 2–4.').waitFor();
		await queue().locator('.queue-files').waitFor();
		await window.screenshot('window-chat-queue-code');
		hold.release();
		await chat.finished('Explain fibonacci.ts, lines 2–4.');
		assert.match(lastSent(), /let \[a, b\]/);
	});

	it('keeps a question in other words where the later ones shall not go', async () => {
		await window.webview().getByRole('button', { name: 'Edit the question' }).first().click();
		const field = window.webview().locator('[data-role="edit"]');
		await field.fill('In other words [short]');
		await field.press('Enter');
		const dialog = window.page.locator('.monaco-dialog-box', { hasText: 'later questions and their answers' });
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await window.webview().locator('[role="alert"]', { hasText: 'Nothing was deleted or asked.' }).waitFor();
		assert.equal(await field.inputValue(), 'In other words [short]');
		await window.screenshot('window-chat-edit-kept');
		await field.press('Escape');
		await field.waitFor({ state: 'detached' });
		assert.equal(await window.webview().locator('[role="alert"] .notice').count(), 0);
	});

	it('sends a picture that was picked as a picture, and shows it small', async () => {
		await chat.attach('shot.png');
		await chips().filter({ hasText: 'shot.png' }).locator('canvas:not([hidden])').waitFor();
		await send('What is this? [short]');
		await chat.finished('What is this? [short]');
		await window.webview().locator('[data-role="question"] canvas:not([hidden])').waitFor();
		await window.screenshot('window-chat-picture');
	});

	it('stops at Escape, and still says which key and model were answering', async () => {
		const hold = simulator().service.hold();
		await send('To be stopped [long]');
		await hold.reached;
		await button('Stop').waitFor();
		await chat.input.press('Escape');
		const answer = chat.answerTo('To be stopped [long]');
		await answer.getByText('Stopped. What had arrived is kept.').waitFor();
		hold.release();
		await answer.locator('[data-field="key"]', { hasText: 'sim-good' }).waitFor();
		await answer.locator('[data-field="model"]', { hasText: 'gemini-3.8-flash' }).waitFor();
		await window.screenshot('window-chat-stopped');
	});

	it('lets files and problems be mentioned, and says what they weigh', async () => {
		await window.openFile('broken.json');
		await window.page.locator('.squiggly-error').first().waitFor();
		await chat.input.click();
		await window.type('Compare @pla');
		const options = window.webview().getByRole('option');
		await options.filter({ hasText: 'notes/plan.md' }).waitFor();
		await window.screenshot('window-chat-mention');
		await window.press('Enter');
		await chips().filter({ hasText: 'plain.txt' }).waitFor();
		await window.type('and #prob');
		await options.filter({ hasText: 'The errors and warnings of the workspace' }).waitFor();
		await window.press('Enter');
		await chips()
			.filter({ hasText: /problem/ })
			.waitFor();
		await window
			.webview()
			.locator('[data-role="size"]', {
				hasText: /about [\d,]+ of [\d,]+ tokens/,
			})
			.waitFor();
		await window.type('now [short]');
		await window.press('Enter');
		await chips().first().waitFor({ state: 'detached' });
		await until('the answer', () => lastSent().includes('broken.json:1:'));
		assert.match(lastSent(), /one\ntwo/);
		await eventually(async () => assert.equal(await chat.answers.last().getAttribute('data-state'), 'done'));
	});

	it('offers no file that holds secrets', async () => {
		await chat.input.click();
		await window.type('@env');
		const options = window.webview().getByRole('option');
		await options.filter({ hasText: 'environment.ts' }).waitFor();
		assert.equal(await options.count(), 1);
		await window.press('Escape');
		await chat.input.fill('');
	});

	it('opens a file that an answer names at its line, and nothing outside', async () => {
		await send('Look at `fibonacci.ts:4` and `notes/none.md` [short]');
		await chat.finished('Look at `fibonacci.ts:4` and `notes/none.md` [short]');
		await until('the file at its line', async () => {
			await window.webview().getByRole('link', { name: 'fibonacci.ts:4' }).last().click();
			return appears(cursor('Ln 4, Col 1'), 10_000);
		});
		await window.activeTab('fibonacci.ts').waitFor();
		await window.webview().getByRole('link', { name: 'notes/none.md' }).last().click();
		await window.notice('There is no file notes/none.md in this workspace.');
		await window.palette('Notifications: Clear All Notifications');
	});

	it('titles an explanation by file and lines', async () => {
		await window.palette('Keypool: New Conversation');
		// It takes the focus, and would from the editor.
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await window.palette('Keypool: Explain Selection');
		await chat.finished('Explain fibonacci.ts, lines 2–4.');
		await window.page.locator('.pane-header', { hasText: 'Explain fibonacci.ts, lines 2–4.' }).waitFor();
	});

	it('inserts code before a line without running into it', async () => {
		await window.openFile('fibonacci.ts');
		await opens(cursor('Ln 10, Col 1'), () => window.press('Control+End', 'ArrowUp', 'Home'));
		await button('Insert at the cursor').last().click();
		await eventually(async () => {
			const text = await editorText();
			assert.match(text, /function greet[^]*\}\n[^]*console\.log\(fibonacci\(90\)\)/);
			assert.doesNotMatch(text, /\}console\.log/);
		});
		await window.press('Control+Z');
	});

	it('applies nothing where there is nothing to replace, and says so', async () => {
		await window.openFile('plain.txt');
		await button('Apply to the selection…').last().click();
		await window.notice('Select the code to replace, or put the cursor into a function.');
		assert.equal(await window.page.locator('.tab', { hasText: 'proposed change' }).count(), 0);
		await window.palette('Notifications: Clear All Notifications');
	});

	it('finds in the chat by the key that finds in an editor', async () => {
		await chat.input.click();
		await window.press('Control+f');
		await window.webview().locator('[data-role="find"]').waitFor();
		await window.type('greet');
		await window
			.webview()
			.locator('[data-role="matches"]', { hasText: /1 of \d/ })
			.waitFor();
		assert.equal(await window.page.locator('.find-widget.visible').count(), 0);
		await window.screenshot('window-chat-find');
		await window.press('Escape');
		await window.webview().locator('[data-role="find"]').waitFor({ state: 'detached' });
		assert.deepEqual(window.errors, []);
	});
});
