import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makePackage } from '../../../scripts/package/package.cjs';
import { sampleFiles } from '../../../scripts/start/sample';
import { serve } from '../../../src/simulator/http';
import { optionsOf, type Scenario } from '../../../src/simulator/scenario';
import { createService, systemClock } from '../../../src/simulator/service';
import { freePort } from '../../support/monitoring/freePort';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { eventually, opens, succeeds, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const wide = {
	'gemini-3.8-flash': { rpm: 300, tpm: 1_000_000, rpd: 500 },
	'gemini-3.5-flash-lite': { rpm: 300, tpm: 1_000_000, rpd: 500 },
};
const names = ['home', 'work', 'shop', 'team', 'spare', 'old'];
const secretOf = (name: string): string => `sim-key-of-${name}`;
const scenario: Scenario = {
	description: 'six keys of a person, one of which was deleted at Google',
	projects: names.map((id) => ({ id, tier: 'free', quotas: wide })),
	secrets: names.map(secretOf),
	keys: names.map((project) => ({
		secret: secretOf(project),
		project,
		...(project === 'old' && { faults: [{ when: 'always', kind: 'error', body: '400_api_key_invalid' }] }),
	})),
};
const service = createService(optionsOf(scenario, { clock: systemClock, chance: Math.random }));

/** Of a model that no task has used up. */
const prompts = ['One?', 'Two?']
	.map((prompt) => JSON.stringify({ prompt: `${prompt} [short]`, model: 'gemini-3.5-flash-lite' }))
	.join('\n');

/** The list stands in docs/TASKS.md. Each task is done here in one of its two ways, from the packaged extension. */
describe('twenty tasks, as somebody does them who sees the package for the first time', () => {
	let into = '';
	let window: Window;
	let chat: Chat;
	let close = (): Promise<void> => Promise.resolve();
	const workbench = useWorkbench(async () => {
		into = mkdtempSync(path.join(tmpdir(), 'keypool-tasks-'));
		const [made, server, port] = await Promise.all([makePackage(into), serve(service), freePort()]);
		close = () => server.close();
		return {
			...{ extensions: [], vsix: made.vsix },
			files: { ...sampleFiles, 'prompts.jsonl': prompts, 'notes/plan.md': 'To count to three.\n' },
			settings: { 'keypool.baseUrl': server.url, 'keypool.gateway.port': port, 'keypool.fallbackModels': [] },
		};
	});
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
	});
	after(async () => {
		await close();
		rmSync(into, { recursive: true, force: true });
	});
	let count = 0;
	afterEach(() => window.screenshot(`task-${String(++count).padStart(2, '0')}`));

	const paste = async (text: string): Promise<void> => {
		await window.quickInput.and(window.page.locator(':focus')).waitFor();
		await window.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
		await window.press('Control+V');
	};
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();
	const button = (name: string) => window.webview().getByRole('button', { name });
	const dialog = (text: string) => window.page.locator('.monaco-dialog-box', { hasText: text });
	const clearNotices = () => window.palette('Notifications: Clear All Notifications');
	const send = async (text: string): Promise<void> => {
		await chat.input.click();
		await window.type(text);
		await window.press('Enter');
	};
	/** By keyboard alone, from wherever the focus is. */
	const toRow = async (label: string): Promise<void> => {
		await window.palette('Keypool: Focus on Keys View');
		const focused = window.view('Keys').locator('.monaco-list-row.focused', { hasText: label });
		await until(`the row ${label}`, async () => {
			await window.press('Home');
			for (let down = 0; down < 12 && !(await focused.isVisible()); down++) await window.press('ArrowDown');
			return focused.isVisible();
		});
	};

	it('1 add the first key: click on the welcome, paste, Enter', async () => {
		await button('Add Keys').click();
		await paste(secretOf('home'));
		await window.page.locator('.quick-input-message', { hasText: 'simulated key' }).waitFor();
		await window.press('Enter');
		await status('1/1');
		await chat.input.and(window.webview().locator(':focus')).waitFor();
	});

	it('2 add five more: palette, paste, Enter twice; one notice says what became of them', async () => {
		await window.paletteOpens('Keypool: Add Keys…', window.quickInput);
		await paste(names.slice(1).map(secretOf).join('\n'));
		await window.press('Enter');
		await window.accept(window.quickInputTitle('Store Gemini keys'));
		await window.notice('5 keys added: 4 work, 1 was refused.');
		await status('5/6');
	});

	it('3 ask something, by keys alone', async () => {
		await clearNotices();
		await opens(window.quickInput, () => window.press('Control+K', 'Control+G'));
		await window.answerInput('What is a closure?');
		assert.equal((await chat.finished('What is a closure?')).fallbacks, 0);
	});

	it('4 explain a selection, from its menu', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.contextMenu('Keypool', 'Explain Selection');
		await chat.finished('Explain fibonacci.ts, lines 2–8.');
	});

	it('5 have code fixed, look at the change and reject it, by the palette', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.palette('Keypool: Fix Code');
		await window.activeTab('fibonacci.ts, lines 2–8: Fix').waitFor();
		await window.palette('Keypool: Reject the Change');
		await window.activeTab(/^fibonacci\.ts$/).waitFor();
	});

	it('6 have code changed as one says, and accept it by its button', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await opens(window.quickInput, () => window.press('Control+K', 'Control+Z'));
		await window.answerInput('Greet somebody instead');
		await window.activeTab('fibonacci.ts, lines 2–8: Edit').waitFor();
		const accept = window.page.getByRole('button', { name: 'Accept the Change' });
		await opens(window.activeTab(/^fibonacci\.ts$/), async () => {
			// It comes a moment after its tab.
			await succeeds(accept.click({ timeout: 3_000 }));
		});
		await eventually(async () => assert.match(await window.editorText(), /function greet/));
		// Last of all it is selected: a key that comes before may be lost.
		await until('the code of before', async () => {
			await window.press('Control+Z');
			return (await window.editorText()).includes('function fibonacci');
		});
	});

	it('7 send a second question while an answer runs, and stop that with Escape', async () => {
		const hold = service.hold();
		await send('Tell me of loops [long]');
		await hold.reached;
		await send('And of maps? [short]');
		await window.webview().getByText('To be asked after this answer:').waitFor();
		await window.press('Escape');
		// What is let through before the stop has come to the host would be a whole answer.
		await chat.answerTo('Tell me of loops [long]').getByText('Stopped.').waitFor();
		hold.release();
		await window.webview().getByText('Waiting, because the last answer is not complete:').waitFor();
		await button('Ask it now').click();
		await chat.finished('And of maps? [short]');
	});

	it('8 ask again in other words: the pencil, Enter', async () => {
		await chat.questions.last().hover();
		await button('Edit the question').last().click();
		await window.webview().locator('[data-role="edit"]:focus').waitFor();
		await window.press('End');
		await window.type(' Please. [short]');
		await window.press('Enter');
		await chat.finished('And of maps? [short] Please. [short]');
	});

	it('9 let a file go along: # and the beginning of its name', async () => {
		await chat.input.click();
		await window.type('Compare #pla');
		await window.webview().locator('#suggestions').getByText('notes/plan.md').waitFor();
		await window.press('Enter');
		await window.webview().locator('[data-role="draft"] .chip', { hasText: 'plan.md' }).waitFor();
		await window.type('with nothing [short]');
		await window.press('Enter');
		await chat.finished('Compare #plan.md with nothing [short]');
		assert.match(service.log.findLast(({ question }) => question !== undefined)?.question ?? '', /To count to three/);
	});

	it('10 find a word in the conversation: Control+F, and Escape', async () => {
		await window.press('Control+f');
		await window.webview().locator('[data-role="find"]').waitFor();
		await window.type('closure');
		await window
			.webview()
			.locator('[data-role="matches"]', { hasText: /1 of \d/ })
			.waitFor();
		await window.press('Escape');
		await window.webview().locator('[data-role="find"]').waitFor({ state: 'detached' });
	});

	it('11 put code of an answer into the file, by its button', async () => {
		await window.openFile('fibonacci.ts');
		await window.toEndOfFile('Ln 11, Col 1');
		await button('Insert at the cursor').first().click();
		await eventually(async () => {
			const lines = await window.page.locator('.editor-instance .view-lines').last().innerText();
			assert.match(lines.replaceAll('\u00a0', ' '), /console\.log\(fibonacci\(90\)\);\s+export function greet/);
		});
		await window.press('Control+Z');
	});

	it('12 go on with another model: its button, then by its name', async () => {
		const model = window.webview().locator('[data-action="pickModel"]');
		await opens(window.quickPick('gemini-3.5-flash-lite'), () => model.click());
		await window.fillQuickInput('3.5');
		await window.accept(window.focusedPick('gemini-3.5-flash-lite'));
		await model.filter({ hasText: 'gemini-3.5-flash-lite' }).waitFor();
		await send('Who answers now? [short]');
		assert.equal((await chat.finished('Who answers now? [short]')).model, 'gemini-3.5-flash-lite');
	});

	it('13 rename a key, by keys alone', async () => {
		await toRow('Key 2');
		await opens(window.quickInputTitle('Rename'), () => window.press('F2'));
		await window.answerInput('Work');
		await row('Work').waitFor();
	});

	it('14 remove a key, by keys alone, and undo it by the notice', async () => {
		await toRow('Key 3');
		await window.press('Delete');
		await row('Key 3').waitFor({ state: 'detached' });
		await window.pressOnNotification('Key 3 was removed.', 'Undo');
		await row('Key 3').waitFor();
		await clearNotices();
	});

	it('15 disable a key in its menu, and enable it, by keys alone', async () => {
		await window.contextMenuOf(row('Key 4'), 'Disable');
		await row('Key 4').filter({ hasText: 'disabled' }).waitFor();
		await toRow('Key 4');
		await window.contextMenu('Enable');
		await row('Key 4').filter({ hasText: 'usable' }).waitFor();
	});

	it('16 set a daily cap and a budget, and see both', async () => {
		for (const [item, what, value] of [
			['Set Daily Cap', 'Requests a day', '50'],
			['Set Budget', 'Dollars a day', '2'],
		] as const) {
			await opens(window.quickPick(what), () => window.contextMenuOf(row('Work'), 'Project and Account', item));
			await window.quickPick(what).click();
			await window.page.locator('.quick-input-list').waitFor({ state: 'hidden' });
			await window.answerInput(value);
			await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
		}
		await row('Work').filter({ hasText: 'of 50 today' }).waitFor();
		await window.hover(row('Work').locator('.label-name'), window.page.locator('.monaco-hover', { hasText: '$2.00' }));
	});

	it('17 open the dashboard, by its button', async () => {
		await window.noHover();
		const header = window.view('Keys').locator('.pane-header');
		const dashboard = new Dashboard(window);
		await opens(window.activeTab('Keypool Dashboard'), async () => {
			await header.hover();
			await header.getByRole('button', { name: 'Open Dashboard' }).click();
		});
		await dashboard.shown();
		await dashboard.figure('usable', '5 of 6');
		await dashboard.close();
	});

	it('18 let another tool use the keys: the gateway, a token, a first answer', async () => {
		await window.palette('Keypool: Connect a Tool…');
		await window.dialogButton('Start the Gateway').click();
		await window.quickPick('curl').click();
		await dialog('curl has a token of its own now').waitFor();
		await window.dialogButton('Try It').click();
		await dialog('It works. The answer: ').waitFor();
		await window.press('Escape');
		await dialog('It works. The answer: ').waitFor({ state: 'detached' });
		await window.treeRows('Gateway').filter({ hasText: '1 request today' }).waitFor();
	});

	it('19 see why a question waits, and let another model answer', async () => {
		const fault = { when: 'always', kind: 'error', body: '429_rpm_free', model: 'gemini-3.8-flash' } as const;
		for (const name of names) if (name !== 'old') service.setFaults([fault], secretOf(name));
		await window.palette('Keypool: New Conversation');
		await chat.questions.first().waitFor({ state: 'detached' });
		await send('Who waits? [short]');
		const waiting = chat.answerTo('Who waits? [short]').locator('[data-role="waiting"]');
		await waiting.getByText('requests per minute used up').waitFor();
		await window.screenshot('task-19-waiting');
		await opens(window.quickPick('gemini-3.5-flash-lite'), () => button('Another Model').click());
		assert.equal(await window.quickPick('gemini-3.8-flash').count(), 0, 'the one that is waited for is no other one');
		await window.accept(window.focusedPick('gemini-3.5-flash-lite'));
		assert.equal((await chat.finished('Who waits? [short]')).model, 'gemini-3.5-flash-lite');
	});

	it('20 have a file of prompts answered, from its menu, and export a conversation', async () => {
		const file = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'prompts.jsonl' }).first();
		await opens(file, () => window.press('Control+Shift+E'));
		await window.contextMenuOf(file, 'Keypool', 'Run Batch File');
		await dialog('prompts.jsonl contains 2 prompts.').waitFor();
		await window.press('Enter');
		await window.pressOnNotification('prompts.jsonl: 2 answered, 0 failed.', 'Open Results');
		assert.ok(existsSync(path.join(workbench().folder, 'prompts.jsonl.results.jsonl')));
		await window.titleMenu('Keypool Chat', 'Export Conversation as Markdown');
		await window.page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});
