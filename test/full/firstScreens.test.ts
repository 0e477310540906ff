import assert from 'node:assert/strict';
import { scenarioOf } from '../../src/simulator/scenario';
import { useSimulator } from '../window/simulated';
import type { Window } from '../window/window';
import { useWorkbench } from '../window/workbench';

const looks = [
	{ name: 'light', theme: 'Default Light Modern', of: 'vs', add: 'Add Keys', keys: 'Keys' },
	{ name: 'dark', theme: 'Default Dark Modern', of: 'vs-dark', add: 'Add Keys', keys: 'Keys' },
	{ name: 'high-contrast', highContrast: true, theme: 'Default Light Modern', of: 'vs', add: 'Add Keys', keys: 'Keys' },
	{
		name: 'vietnamese',
		theme: 'Default Light Modern',
		of: 'vs',
		language: 'vi',
		add: 'Thêm khóa',
		keys: 'Khóa',
	},
] as const;

for (const look of looks) {
	describe(`the first screens, ${look.name}`, () => {
		const isVietnamese = 'language' in look;
		const simulator = useSimulator(scenarioOf('two-good'));
		const workbench = useWorkbench(() =>
			Promise.resolve({
				env: simulator().env,
				settings: { 'workbench.colorTheme': look.theme },
				...('language' in look && { language: look.language }),
			}),
		);
		let window: Window;

		it('say how to begin where there is no key', async () => {
			window = await workbench().open();
			await window.page.locator(`.monaco-workbench.${look.of}`).waitFor();
			if ('highContrast' in look) await window.inHighContrast();
			await window.openContainer();
			const welcome = window.view(look.keys);
			await welcome.getByRole('button', { name: look.add, exact: true }).waitFor();
			await window.webview().locator('[data-action="addKey"]').waitFor();
			await window.webview().locator('[data-action="trySimulator"]').waitFor();
			await window.screenshot(`empty-${look.name}`);
		});

		it('lead through the first hour in four steps, of which the first is done by a key', async () => {
			await window.palette('Welcome: Open Walkthrough...');
			await window.quickPick(isVietnamese ? 'Bắt đầu với Keypool' : 'Begin with Keypool').click();
			const steps = window.page.locator('.getting-started-step');
			await steps.first().waitFor();
			assert.equal(await steps.count(), 4);
			await steps.first().getByRole('button', { name: look.add, exact: true }).click();
			await window.answerInput('sim-good-1');
			await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
			await window.treeRows(look.keys).first().waitFor();
			await window.page.locator('.getting-started-step .codicon.complete').first().waitFor();
			await window.screenshot(`one-key-${look.name}`);
			await steps.nth(1).click();
			await window.page.getByText(isVietnamese ? 'Đọc điều khoản' : 'Read the Terms').waitFor();
			await window.screenshot(`walkthrough-${look.name}`);
			assert.deepEqual(window.errors, []);
		});
	});
}
