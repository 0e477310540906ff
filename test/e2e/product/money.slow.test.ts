import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { useSimulator } from '../../support/window/simulated';
import { appears, opens, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** So dear that one answer may cost more than any budget here: 65,536 tokens at 100 dollars for a million. */
const dear = { input: 10, output: 100 };

describe('money in the window', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			settings: { 'keypool.prices': { 'gemini-3.8-flash': dear }, 'keypool.fallbackModels': [] },
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
	});
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
	const footer = (question: string) => chat.answerTo(question).locator('.footer [data-field="cost"]');
	const type = async (text: string): Promise<void> => {
		await window.page.locator('.quick-input-list').waitFor({ state: 'hidden' });
		await window.answerInput(text);
	};

	const setBudget = async (whose: string, dollars: string, seen?: (choice: Locator) => Promise<void>) => {
		await window.paletteOpens(
			'Keypool: Set Budget of All Keys, a Project or a Client…',
			window.quickPick(whose).first(),
		);
		await window.quickPick(whose).first().click();
		await seen?.(window.quickPick('Dollars a day'));
		await window.quickPick('Dollars a day').click();
		await type(dollars);
		// It holds once the settings have been written and read, which is after the box has gone.
		await until('the budget', async () => {
			await window.palette('Keypool: Set Budget of All Keys, a Project or a Client…');
			const holds = await appears(
				window
					.quickPick(whose)
					.filter({ hasText: `$${dollars}.00` })
					.first(),
				1_000,
			);
			await window.press('Escape');
			return holds;
		});
	};

	it('asks once before a project that is newly paid costs more than five dollars a day', async () => {
		// The other key would answer for nothing.
		await window.contextMenuOf(row('sim-good-2'), 'Disable');
		const paid = window.quickPick('Paid tier');
		await opens(paid, () => window.contextMenuOf(row('sim-good-1'), 'Project and Account', 'Set Tier'));
		await paid.click();
		await row('sim-good-1').filter({ hasText: 'paid tier' }).waitFor();
		await chat.ask('What does it cost? [short]');
		await (await window.notice('is now marked as paid')).hover();
		await window.screenshot('budget-question-first');
		await window.pressOnNotification('is now marked as paid', 'Continue Without a Budget');
		await chat.finished('What does it cost? [short]');
		await footer('What does it cost? [short]')
			.getByText(/^About \$0\.0\d+$/)
			.waitFor();
		await window.screenshot('chat-footer-cost');
	});

	it('asks where a budget does not allow a question, and goes on once it is raised', async () => {
		await setBudget('All paid projects together', '1', async (choice) => {
			await choice.filter({ hasText: 'no budget; spent: $0.0' }).waitFor();
			await window.screenshot('budget-pick');
		});
		await chat.ask('And once more? [short]');
		await (await window.notice('The budget of $1.00 a day does not allow this request')).hover();
		await window.screenshot('budget-question');
		await window.pressOnNotification('The budget of $1.00 a day does not allow this request', 'Raise to $6.5');
		await chat.finished('And once more? [short]');
		await footer('And once more? [short]')
			.getByText(/^About/)
			.waitFor();
	});

	it('stops where a person says so, and offers to raise the budget in the chat', async () => {
		// What `chat.ask` asks comes from the command palette; the budget of all is no longer in its way.
		await setBudget('All paid projects together', '50');
		await setBudget('command palette', '0');
		await chat.ask('Stop here. [short]');
		await window.pressOnNotification('command palette: The budget of $0.00 a day', 'Stop');
		const answer = chat.answerTo('Stop here. [short]');
		await answer.getByText('The budget of $0.00 a day does not allow this request').waitFor();
		const raise = answer.getByRole('button', { name: 'Raise Budget…' });
		await raise.waitFor();
		await window.screenshot('chat-budget-error');
		const stopped = window.quickPick('command palette').filter({ hasText: 'of $0.00' });
		await opens(stopped, () => raise.click());
		await stopped.click();
		await type('7');
		await chat.ask('Now it goes. [short]');
		await chat.finished('Now it goes. [short]');
	});

	it('shows what was spent on the hover of the key, with the project’s own budget', async () => {
		const month = window.quickPick('Dollars a month');
		await opens(month, () => window.contextMenuOf(row('sim-good-1'), 'Project and Account', 'Set Budget'));
		await month.click();
		await type('3');
		await window.paletteOpens(
			'Keypool: Raise Budget for Now…',
			window.quickPick('Project of sim-good-1').filter({ hasText: 'of $3.00' }),
		);
		await window.screenshot('budget-raise');
		await window.press('Escape');
		await window.hover(row('sim-good-1'), window.page.locator('.monaco-hover').getByText('This month about $0.0'));
		await window.screenshot('budget-hover');
		await window.noHover();
	});

	it('tells costs on the dashboard, and that no client is held', async () => {
		const dashboard = new Dashboard(window);
		await dashboard.open();
		const costs = dashboard.locator('[data-role="costs"]');
		await costs
			.locator('[data-budget="command palette"] [data-field="day"]')
			.getByText(/^\$0\.0\d+ of \$7\.00$/)
			.waitFor();
		await costs.locator('[data-option="byClient"]').click();
		await costs
			.locator('[data-cost="command palette"] [data-field="cost"]')
			.getByText(/^\$0\.0/)
			.waitFor();
		await costs.scrollIntoViewIfNeeded();
		await window.screenshot('dashboard-costs-window');
		// The palette offers what there is something to do for.
		await window.openQuickInput('F1', '>Keypool: Raise Budget');
		await window.quickPick('Keypool: Raise Budget for Now…').first().waitFor();
		await window.fillQuickInput('>Keypool: Let a Stopped');
		await window.quickPick('Keypool: Raise Budget for Now…').first().waitFor({ state: 'hidden' });
		assert.equal(await window.quickPick('Keypool: Let a Stopped Client Continue…').count(), 0);
		await window.press('Escape');
		assert.deepEqual(window.errors, []);
	});
});
