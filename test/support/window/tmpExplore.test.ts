import { scenarioOf } from '../../src/simulator/scenario';
import { useSimulator } from './simulated';
import { useWorkbench } from './workbench';

describe('explore', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(async () => ({
		env: simulator().envWithKeys,
		files: { 'a.ts': 'export const a = 1;\n' },
	}));
	it('opens', async () => {
		const window = await workbench().open();
		await window.palette('Chat: Open Chat');
		await window.page.waitForTimeout(4000);
		await window.screenshot('x-chat-1');
		const page = window.page;
		const input = page.locator('.interactive-input-part .monaco-editor').first();
		const send = async (text: string) => {
			await input.click();
			await window.type(text);
			await page.waitForTimeout(500);
			await page.keyboard.press('Escape');
			await page.keyboard.press('Enter');
			await page.waitForTimeout(6000);
		};
		await window.screenshot('x-part-0');
		await send('@keypool Why is the sky blue?');
		await window.screenshot('x-part-1');
		await send('/status ');
		await window.screenshot('x-part-2');
		await page.locator('.model-picker-item .model-picker-name').click();
		await page.waitForTimeout(1500);
		await window.screenshot('x-picker-1');
		await page.keyboard.press('Escape');
		await window.palette('Keypool: Use Keypool in VS Code’s Chat');
		await page.waitForTimeout(1500);
		await window.screenshot('x-group-1');
		await page.locator('.model-picker-item .model-picker-name').click();
		await page.waitForTimeout(1500);
		await window.screenshot('x-picker-2');
		await page.keyboard.press('Escape');
		await window.palette('Keypool: Use Keypool in VS Code’s Chat');
		await page.waitForTimeout(1500);
		await window.screenshot('x-group-2');
		await window.palette('Chat: Manage Language Models');
		await page.waitForTimeout(2500);
		await window.screenshot('x-manage');
	});
});
