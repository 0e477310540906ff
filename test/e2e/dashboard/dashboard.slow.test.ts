import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { readTable } from '../../../src/common/table';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { palettes, unseenColours } from '../../support/webviews/chartColours';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens, succeeds } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('the dashboard in a window', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	let window: Window;
	let chat: Chat;
	let dashboard: Dashboard;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		dashboard = new Dashboard(window);
	});
	const sends = (): number => sendsOf(simulator().service.log).length;

	it('says that nothing was sent yet, and leads to a question', async () => {
		await dashboard.open();
		await dashboard.figure('usable', '5 of 5');
		await window.screenshot('dashboard-window-empty');
		await dashboard.locator('button', { hasText: 'Ask Gemini…' }).click();
		await window.answerInput('Who counts? [short]');
		await chat.finished('Who counts? [short]');
	});

	it('shows at once what the service counted, and how the answer came about', async () => {
		await dashboard.figure('sends', String(sends()));
		assert.ok(sends() > 1);
		const { key, attempts } = await chat.finished('Who counts? [short]');
		await dashboard.newest.locator('[data-field="key"]').getByText(key, { exact: true }).waitFor();
		await dashboard.newest.locator('.expand').click();
		const shown = dashboard.locator('.attempts:visible li');
		await eventually(async () =>
			assert.deepEqual(
				await Promise.all((await shown.all()).map((attempt) => attempt.getAttribute('data-outcome'))),
				attempts.map(({ outcome }) => outcome),
			),
		);
		await dashboard.locator('.timeline li', { hasText: 'sim-day' }).waitFor();
		await dashboard.locator('.timeline li', { hasText: 'sim-invalid' }).waitFor();
		await window.screenshot('dashboard-window');
	});

	it('wears the theme of the window, and every colour of its charts is seen in it', async () => {
		for (const [theme, shell] of [
			['Dark Modern', 'vs-dark'],
			['Light Modern', 'vs'],
			['Dark High Contrast', 'hc-black'],
			['Light High Contrast', 'hc-light'],
		] as const) {
			await window.wear(theme, shell);
			for (const names of Object.values(palettes))
				await eventually(async () => assert.deepEqual(await unseenColours(dashboard.locator('main'), names), []));
			await window.screenshot(`dashboard-window-${theme.replaceAll(' ', '-')}`);
		}
	});

	it('comes back with its window, and its numbers with it', async () => {
		await window.reload();
		await dashboard.shown();
		await dashboard.figure('sends', String(sends()));
		await dashboard.locator('.timeline li', { hasText: 'sim-day' }).waitFor();
	});

	it('writes what it counted into a file', async () => {
		await dashboard.export('Usage by minute, key and outcome', 'keypool-usage.csv');
		const text = readFileSync(path.join(workbench().folder, 'keypool-usage.csv'), 'utf8');
		const rows = readTable(text).rows;
		assert.equal(
			rows.reduce((sum, row) => sum + Number(row['sends']), 0),
			sends(),
		);
		await window.pressOnNotification('Exported: keypool-usage.csv', 'Open');
		await window.activeTab('keypool-usage.csv').waitFor();
	});

	it('opens from the keys view and from the status bar, once', async () => {
		await window.openContainer();
		await opens(window.activeTab('Keypool Dashboard'), async () => {
			await window.view('Keys').hover();
			await window.view('Keys').locator('.action-label[aria-label^="Open Dashboard"]').click();
		});
		await dashboard.shown();
		await dashboard.close();
		const link = window.page.locator('.workbench-hover').getByRole('link', { name: 'Dashboard' });
		await opens(window.activeTab('Keypool Dashboard'), async () => {
			await window.hover(window.statusBarItem('keypool.status'), link);
			await succeeds(link.click({ timeout: 3_000 }));
		});
		await dashboard.shown();
		await dashboard.open();
		assert.equal(await window.page.locator('.tab', { hasText: 'Keypool Dashboard' }).count(), 1);
		assert.deepEqual(window.errors, []);
	});
});
