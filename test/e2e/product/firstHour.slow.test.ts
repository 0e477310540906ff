import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Acts } from '../../support/window/acts';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const serviceMessage = 'Nothing goes to Google';

/** Presses what the status bar offers to somebody who has opened nothing yet: its hover comes by itself. */
async function pressOffered(window: Window, acts: Acts, name: string, shown: Locator): Promise<void> {
	const link = window.page.locator('.workbench-hover').getByRole('link', { name, exact: true });
	await acts.click(link, shown, async () => {
		await window.hover(window.statusBarItem('keypool.status'), link);
		await window.screenshot('first-hour-hover');
	});
}

/** Where a person types once the box has opened. */
const focused = (window: Window): Promise<void> => window.quickInput.and(window.page.locator(':focus')).waitFor();

describe('the first hour with the simulator', () => {
	const workbench = useWorkbench();
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});
	const keys = () => window.view('Keys');
	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('takes two acts from nothing to the first answer, which says who gave it', async () => {
		await status('no keys');
		const acts = new Acts(window);
		const simulated = window.statusBarItem('keypool.status').filter({ hasText: 'simulator 4/4' });
		await pressOffered(window, acts, 'Try the Simulator', simulated);
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await acts.line('Who answers here?');
		const answer = await chat.finished('Who answers here?');
		assert.deepEqual(acts.done, ['click', 'line']);
		assert.equal(answer.key, 'Simulator 3');
		assert.match(answer.text, /This text comes from the simulator, not from Gemini/);
		assert.deepEqual(
			answer.attempts.map(({ label, outcome }) => [label, outcome]),
			[
				['Simulator 1', 'rpm'],
				['Simulator 2', 'rpd'],
				['Simulator 3', 'answered'],
			],
		);
		await keys().getByText(serviceMessage).waitFor();
		await window.screenshot('first-hour-simulator');
	});

	it('is still simulated after a reload, and says so', async () => {
		await window.reload();
		await window.openContainer();
		await status('simulator');
		await keys().getByText(serviceMessage).waitFor();
	});

	it('leaves nothing behind', async () => {
		const none = window.statusBarItem('keypool.status').filter({ hasText: 'no keys' });
		await new Acts(window).click(keys().getByRole('button', { name: 'Leave the Simulator' }), none, () =>
			keys().hover(),
		);
		// The conversation stays, so the chat has no welcome: it says over its box how to go on.
		await window.webview().getByText('There is no Gemini API key yet.').waitFor();
		await window.screenshot('no-keys-any-more');
		await window.reload();
		await status('no keys');
		assert.deepEqual(window.errors, []);
	});
});

describe('the first hour with the simulator in Vietnamese', () => {
	const workbench = useWorkbench({ language: 'vi' });

	it('is answered in the language of the window', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.webview().locator('[data-action="trySimulator"]').click();
		const chat = new Chat(window);
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await new Acts(window).line('Ai trả lời ở đây?');
		const { text } = await chat.finished('Ai trả lời ở đây?');
		assert.match(text, /Đoạn này do trình mô phỏng viết, không phải Gemini/);
		assert.doesNotMatch(text, /simulator|answer is/i);
		await window.screenshot('first-hour-simulator-vietnamese');
		assert.deepEqual(window.errors, []);
	});
});

describe('the first hour with a key in the clipboard', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('takes four acts from nothing to the first answer', async () => {
		const window = await workbench().open();
		const chat = new Chat(window);
		await window.statusBarItem('keypool.status').filter({ hasText: 'no keys' }).waitFor();
		await window.page.evaluate(`navigator.clipboard.writeText('sim-good-1')`);
		const acts = new Acts(window);
		await pressOffered(window, acts, 'Add Keys', window.quickInput);
		await focused(window);
		await acts.paste();
		await window.page.locator('.quick-input-message', { hasText: 'simulated key' }).waitFor();
		await acts.press('Enter');
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await acts.line('Does my key work? [short]');
		assert.equal((await chat.finished('Does my key work? [short]')).key, 'Key 1');
		assert.deepEqual(acts.done, ['click', 'paste', 'Enter', 'line']);
		await window.screenshot('first-hour-key');
		assert.deepEqual(window.errors, []);
	});
});

describe('a key that was reported as leaked', () => {
	const leaked = scenarioOf('one-leaked');
	const fresh = {
		...leaked,
		keys: [...leaked.keys, { secret: 'sim-replacement', project: 'good-1' }],
	};
	const simulator = useSimulator(fresh);
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	let window: Window;
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();

	it('is replaced in four acts, and keeps what a person has said of it', async () => {
		window = await workbench().open();
		const chat = new Chat(window);
		await window.openContainer();
		await opens(window.quickInput, () => window.contextMenuOf(row('sim-leaked'), 'Set Weight'));
		await window.answerInput('7');
		// A click elsewhere would close a box whose number is still being checked.
		await window.quickInput.waitFor({ state: 'hidden' });
		await opens(window.quickInput, () =>
			window.contextMenuOf(row('sim-leaked'), 'Project and Account', 'Name Project'),
		);
		await window.answerInput('Shop');
		await row('Shop').waitFor();
		await chat.ask('Who leaks? [short]');
		await row('needs attention: reported as leaked').waitFor();
		await window.page.evaluate(`navigator.clipboard.writeText('sim-replacement')`);

		const acts = new Acts(window);
		// The row of the pause names the key too.
		const quarantined = row('needs attention');
		const replace = quarantined.getByRole('button', { name: 'Replace Key…' });
		await acts.click(replace, window.quickInput, () => quarantined.hover());
		await focused(window);
		await acts.paste();
		await window.page.locator('.quick-input-message', { hasText: 'sim-…ent' }).waitFor();
		await window.screenshot('replace-key');
		await acts.press('Enter');
		await acts.pressOnNotification('sim-leaked was replaced. sim-leaked works.', 'Resume');
		await row('sim-leaked').filter({ hasText: 'usable' }).waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: '3/3' }).waitFor();
		assert.deepEqual(acts.done, ['click', 'paste', 'Enter', 'click']);

		await window.hover(row('sim-leaked'), window.page.locator('.workbench-hover').getByText('Weight 7'));
		await row('Shop').waitFor();
		await window.screenshot('replaced');
		assert.deepEqual(window.errors, []);
	});
});
