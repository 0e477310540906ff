import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('conversations in a window', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files: sampleFiles }));
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});

	const button = (name: string) => window.webview().getByRole('button', { name });
	const focused = () => chat.input.and(window.webview().locator(':focus'));
	const lastQuestion = () => simulator().service.log.findLast(({ question }) => question !== undefined)?.question ?? '';
	/** The files of all stored turns. */
	const stored = () => {
		const user = path.join(workbench().server.data, 'data/User');
		const names = readdirSync(user, { recursive: true, encoding: 'utf8' });
		const turns = names.filter((name) => name.includes('/conversations/') && name.endsWith('.json'));
		return turns.map((name) => readFileSync(path.join(user, name), 'utf8'));
	};
	/** Presses a button of a row of the list, which is drawn anew when conversations are found: until it shows what comes of it. */
	const rowButton = async (row: string, label: string, shown: Locator) => {
		await opens(shown, async () => {
			await window.paletteOpens('Keypool: Conversations…', window.quickPick(row).first());
			await window.quickPick(row).first().hover();
			await window.quickPick(row).first().locator(`.action-label[aria-label="${label}"]`).click();
		});
	};

	it('are several, survive a reload, and are found by what was said', async () => {
		await chat.ask('Tell me of zebras [short]');
		await chat.finished('Tell me of zebras [short]');
		await window.palette('Keypool: New Conversation');
		await chat.questions.first().waitFor({ state: 'detached' });
		await chat.ask('Tell me of lions [short]');
		const shown = await chat.finished('Tell me of lions [short]');
		await window.reload();
		await window.openContainer();
		assert.deepEqual(await chat.finished('Tell me of lions [short]'), shown);

		await window.paletteOpens('Keypool: Conversations…', window.quickPick('lions'));
		await window.screenshot('conversations');
		await window.fillQuickInput('giraffes');
		await window.quickPick('No conversation contains these words').waitFor();
		await window.fillQuickInput('zebras [short]", and the');
		await window.quickPick('lions').waitFor({ state: 'detached' });
		await window.accept(window.focusedPick('zebras'));
		await chat.finished('Tell me of zebras [short]');
		assert.equal(await chat.questions.count(), 1);
	});

	it('are renamed, exported and deleted', async () => {
		await rowButton('zebras', 'Rename', window.quickInputTitle('Rename'));
		// The box is filled a moment after it opens; what is typed before is lost.
		await until('the old name in the box', async () => (await window.quickInput.inputValue()).includes('zebras'));
		await window.fillQuickInput('Stripes');
		// The palette would close a box whose name is still being checked; the list tells what is on the disk when it opens.
		await window.accept(window.quickInputTitle('Rename'));
		await eventually(() => assert.match(stored().join('\n'), /Stripes/));
		const document = window.page.locator('.editor-instance .view-lines').last();
		await rowButton('Stripes', 'Export as Markdown', document.filter({ hasText: 'Stripes' }));
		await document.filter({ hasText: 'Tell me of zebras' }).waitFor();
		await rowButton('lions', 'Delete', window.dialogButton('Delete'));
		await window.dialogButton('Delete').click();
		await eventually(() => assert.doesNotMatch(stored().join('\n'), /Tell me of lions/));
		// A dialog gives the keyboard back to what had it: a list that was gone left it to nobody.
		assert.notEqual(await window.page.evaluate('document.activeElement.tagName'), 'BODY');
		await window.paletteOpens('Keypool: Conversations…', window.quickPick('Stripes'));
		assert.equal(await window.quickPick('lions').count(), 0);
		await window.press('Escape');
	});

	it('give the keyboard back to the chat, in which they were listed, from what a button of the list asks', async () => {
		await window.openFile('fibonacci.ts');
		const header = window.page.locator('.pane-header[aria-label^="Keypool Chat"]');
		const press = async (label: string, shown: Locator) => {
			await chat.input.click();
			await opens(shown, async () => {
				await header.hover();
				await opens(window.quickPick('Stripes').first(), () => header.locator('.codicon-history').click());
				await window.quickPick('Stripes').first().hover();
				await window.quickPick('Stripes').first().locator(`.action-label[aria-label="${label}"]`).click();
			});
			assert.equal(await focused().count(), 0);
		};
		for (const key of ['Escape', 'Enter']) {
			await press('Rename', window.quickInputTitle('Rename'));
			await until('the old name in the box', async () => (await window.quickInput.inputValue()).includes('Stripes'));
			await window.press(key);
			await focused().waitFor();
		}
		await press('Delete', window.dialogButton('Delete'));
		await window.press('Escape');
		await focused().waitFor();
	});

	it('send a question again in other words, and drop what built on the old ones after asking', async () => {
		await chat.ask('A second question [short]');
		await chat.finished('A second question [short]');
		await button('Edit the question').first().click();
		await window.webview().locator('[data-role="edit"]').fill('Tell me of quaggas [short]');
		await window.webview().locator('[data-role="edit"]').press('Enter');
		await window.dialogButton('Ask Again').click();
		await chat.finished('Tell me of quaggas [short]');
		assert.equal(await chat.questions.count(), 1);
	});

	it('ask the model that was picked, of those that the service offers', async () => {
		await window.openFile('fibonacci.ts');
		const lite = window.quickPick('gemini-3.5-flash-lite').first();
		await opens(lite, () => window.webview().locator('[data-action="pickModel"]').click());
		await lite.click();
		await window
			.webview()
			.locator('[data-action="pickModel"]', {
				hasText: 'gemini-3.5-flash-lite',
			})
			.waitFor();
		await window.screenshot('picked-model');
		// And not in the file.
		await focused().waitFor();
		await window.type('Who are you? [short]');
		await window.press('Enter');
		assert.equal((await chat.finished('Who are you? [short]')).model, 'gemini-3.5-flash-lite');
	});

	it('send code and files along, and say so when a file is gone', async () => {
		const file = path.join(workbench().folder, 'short-lived.txt');
		writeFileSync(file, 'the text of a file\n');
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await button('Attach the code in the editor').click();
		const chips = window.webview().locator('[data-role="draft"] .chip');
		await chips.filter({ hasText: 'fibonacci.ts, lines 2–4' }).waitFor();
		await chat.attach('short-lived.txt');
		await focused().waitFor();
		await window.screenshot('chips');
		await chat.input.fill('What is this? [short]');
		await chat.input.press('Enter');
		await chat.finished('What is this? [short]');
		assert.match(lastQuestion(), /let \[a, b\][\s\S]*the text of a file/);
		await chips.first().waitFor({ state: 'detached' });

		await chat.attach('short-lived.txt');
		rmSync(file);
		await chat.input.fill('And this? [short]');
		await chat.input.press('Enter');
		await window.webview().locator('[role="alert"]', { hasText: 'no longer exists' }).waitFor();
		await chips.first().waitFor({ state: 'detached' });
		await until('the question as it was', async () => (await chat.input.inputValue()) === 'And this? [short]');
	});

	it('explain the selection after a slash', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(3, 3);
		await chat.input.fill('/explain in one line [short]');
		await chat.input.press('Enter');
		await chat.finished('in one line [short]');
		assert.match(lastQuestion(), /^Explain this code\.[\s\S]*let \[a, b\] = \[0, 1\];/);
	});

	it('keep what had come, to the last word on screen, when the window goes in the middle of an answer', async () => {
		const question = 'Will this be cut?';
		const shown = () => chat.answerTo(question).locator('.markdown').innerText();
		const hold = simulator().service.hold();
		try {
			await chat.ask(question);
			await chat.answerTo(question).getByText('A simulated answer').waitFor();
			// The last words may not be drawn yet: then there are more of them afterwards.
			const before = (await shown()).trimEnd();
			await window.reload();
			await window.openContainer();
			await chat.answerTo(question).getByText('Cut off').waitFor();
			await eventually(async () => assert.ok((await shown()).startsWith(before), before));
			// What is written while an answer comes is written every two seconds, as running: this came with the end.
			assert.match(stored().find((text) => text.includes(question)) ?? '', /"state":"cut"/);
		} finally {
			hold.release();
		}
	});

	it('are shared by two windows, and neither loses what the other asked', async () => {
		const second = await workbench().open();
		const other = new Chat(second);
		await second.paletteOpens('Keypool: Conversations…', second.quickPick('Stripes').first());
		await second.quickPick('Stripes').first().click();
		// A list that is still closing takes the palette with it.
		await second.quickInput.waitFor({ state: 'hidden' });
		await other.finished('Who are you? [short]');
		await other.ask('From the second window [short]');
		await other.finished('From the second window [short]');
		await window.page.bringToFront();
		await chat.ask('From the first window [short]');
		await chat.finished('From the first window [short]');
		await chat.finished('From the second window [short]');

		const question = 'Who sees this come?';
		const there = other.answerTo(question);
		const hold = simulator().service.hold();
		try {
			await chat.ask(question);
			await chat.answerTo(question).getByText('A simulated answer').waitFor();
			await there.getByText('Being answered in another window').waitFor();
			await there.getByText('A simulated answer').waitFor();
			await second.screenshot('answered-elsewhere');
			await second.page.bringToFront();
			await second.paletteOpens('Keypool: Conversations…', second.quickPick('Stripes'));
			await second.quickPick('Stripes').first().hover();
			await second.quickPick('Stripes').first().locator('.action-label[aria-label="Delete"]').click();
			await second.notice('is being answered in another window');
		} finally {
			hold.release();
		}
		const { text } = await other.finished(question);
		assert.equal(text, (await chat.finished(question)).text);
		assert.deepEqual([...window.errors, ...second.errors], []);
	});
});

describe('an answer whose window dies', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));

	it('is shown in another window as coming there while that one lives, and a few seconds later as cut', async () => {
		const first = await workbench().open();
		let pid = 0;
		await until('the process of the first window', () => {
			pid = Number(/Extension host with pid (\d+) started/.exec(workbench().extensionHostLog())?.[1] ?? 0);
			return pid > 0;
		});
		const question = 'Who will finish this?';
		const hold = simulator().service.hold();
		try {
			await new Chat(first).ask(question);
			await new Chat(first).answerTo(question).getByText('A simulated answer').waitFor();
			const second = await workbench().open();
			await second.openContainer();
			const there = new Chat(second).answerTo(question);
			await there.getByText('Being answered in another window').waitFor();
			process.kill(pid, 'SIGKILL');
			await there.getByText('Cut off').waitFor();
			await there.getByText('A simulated answer').waitFor();
			await second.screenshot('cut-elsewhere');
		} finally {
			hold.release();
		}
	});
});
