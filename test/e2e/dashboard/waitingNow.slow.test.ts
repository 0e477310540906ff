import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { useSimulator } from '../../support/window/simulated';
import { useWorkbench } from '../../support/window/workbench';

describe('a question that waits', () => {
	const simulator = useSimulator(scenarioOf('all-exhausted'));
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: simulator().envWithKeys, settings: { 'keypool.fallbackModels': [] } }),
	);

	it('is counted on the dashboard and on the hover of the status bar, until it is stopped', async () => {
		const window = await workbench().open();
		const chat = new Chat(window);
		const dashboard = new Dashboard(window);
		await window.openContainer();
		await dashboard.open();
		await dashboard.figure('waiting', '0');
		await chat.ask('Who is there? [short]');
		await chat.answerTo('Who is there? [short]').locator('[data-role="waiting"]').waitFor();
		await dashboard.figure('waiting', '1');
		const hover = window.page.locator('.workbench-hover');
		await window.hover(window.statusBarItem('keypool.status'), hover.getByText('1 request is waiting.'));
		await window.screenshot('waiting-now');
		await chat.answerTo('Who is there? [short]').getByRole('button', { name: 'Cancel' }).click();
		await dashboard.figure('waiting', '0');
		await window.hover(window.statusBarItem('keypool.status'), hover.getByText(/keys can answer/).first());
		assert.equal(await hover.getByText('is waiting').count(), 0);
		assert.deepEqual(window.errors, []);
	});
});
