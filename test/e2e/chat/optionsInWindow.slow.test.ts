import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const thought = 'First I read the question, then I answer it.';

describe('options of an answer in a window', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			settings: { 'keypool.generation': { includeThoughts: true } },
			files: {
				'batch.jsonl': '{"prompt":"[short] One?"}\n{"prompt":"[short] Two?","temprature":1}\n',
			},
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});

	it('come from the setting, until the conversation says otherwise in its drawer, and survive a reload', async () => {
		await chat.ask('[short] First?');
		const first = await chat.finished('[short] First?');
		const thoughts = (question: string) => chat.answerTo(question).locator('[data-role="thoughts"]');
		await thoughts('First?').locator('summary').click();
		await thoughts('First?').getByText(thought).waitFor();
		assert.ok(!first.text.includes(thought));
		await window.screenshot('thoughts-in-window');
		const view = window.webview();
		await view.locator('[data-action="drawer"]').click();
		await view.getByLabel('Show thoughts', { exact: true }).selectOption({ label: 'no' });
		await view.getByLabel('Temperature').fill('0');
		await view.getByLabel('Temperature').press('Tab');
		await window.screenshot('drawer-in-window');
		await chat.ask('[short] Second?');
		await chat.finished('[short] Second?');
		assert.equal(await thoughts('Second?').count(), 0);
		await window.reload();
		await window.paletteInput('Keypool: Ask…', '[short] Third?');
		await chat.finished('[short] Third?');
		assert.equal(await thoughts('Third?').count(), 0, 'the drawer’s choice is kept');
		assert.equal(await thoughts('First?').count(), 1, 'thoughts are kept');
		assert.deepEqual(window.errors, []);
	});

	it('lead back to the chat on Escape from a list that was opened there, and to the file that is clicked meanwhile', async () => {
		await window.openFile('batch.jsonl');
		const editor = window.page.locator('.editor-instance .monaco-editor');
		const inChat = (name: string | RegExp) => window.webview().getByRole('button', { name });
		const [files, model] = [inChat('Attach files…'), inChat(/^Model/)];
		const conversations = window.page.getByRole('button', { name: /Conversations/ }).first();
		for (const button of [files, model, conversations]) {
			const open = () =>
				opens(window.quickInput, async () => {
					await chat.input.focus();
					await button.press('Enter');
				});
			await open();
			await window.press('Escape');
			await chat.input.and(window.webview().locator(':focus')).waitFor();
			await open();
			await editor.click();
			await editor.and(window.page.locator('.focused')).waitFor();
		}
		await opens(window.quickInput, () => files.click());
		await model.click();
		await window.page.getByPlaceholder('The questions of this conversation go to this model').waitFor();
		await window.press('Escape');
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await editor.click();
		for (const open of [
			() => window.openQuickInput('F1', '>'),
			() => window.paletteOpens('Keypool: Conversations…', window.quickPick('[short] First?').first()),
		]) {
			await open();
			await window.press('Escape');
			await editor.and(window.page.locator('.focused')).waitFor();
		}
	});

	it('of a batch line that there are not are named, and nothing is sent', async () => {
		const before = simulator().service.log.length;
		await window.openFile('batch.jsonl');
		await window.palette('Keypool: Run Batch File…');
		await window.page
			.getByText('batch.jsonl, line 2: there is no field “temprature”. Nothing was sent.')
			.first()
			.waitFor();
		assert.equal(simulator().service.log.length, before);
	});
});
