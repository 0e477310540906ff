import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { freePort } from '../../support/monitoring/freePort';
import { useSimulator } from '../../support/window/simulated';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('the gateway’s looks, in Vietnamese', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const home = mkdtempSync(path.join(tmpdir(), 'keypool-home-'));
	after(() => rmSync(home, { recursive: true, force: true }));
	const workbench = useWorkbench(async () => ({
		language: 'vi',
		env: { ...simulator().envWithKeys, GEMINI_CLI_HOME: home },
		settings: { 'keypool.gateway.enabled': true, 'keypool.gateway.port': await freePort() },
	}));
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openContainer();
	});
	const dialog = (text: string) => window.page.locator('.monaco-dialog-box', { hasText: text });
	const row = (name: string) => window.treeRows('Gateway').filter({ hasText: name });

	it('has a view that says what to do while no tool is connected', async () => {
		await window.view('Gateway').getByText('Chưa có công cụ nào được kết nối.').waitFor();
		await window.screenshot('gateway-vi-empty');
	});

	it('offers tools, shows once what one needs, and lists it, in every theme', async () => {
		for (const [name, shell, tool] of [
			['Dark Modern', 'vs-dark', 'Continue'],
			['Dark High Contrast', 'hc-black', 'gemini-cli'],
		] as const) {
			await window.wear(name, shell);
			await window.paletteOpens('Keypool: Kết nối một công cụ…', window.quickPick(tool));
			await window.screenshot(`gateway-vi-tools-${shell}`);
			await window.quickPick(tool).click();
			if (tool === 'gemini-cli') {
				await dialog('Cho gemini-cli đăng nhập bằng khóa?').waitFor();
				await window.screenshot(`gateway-vi-pin-${shell}`);
				await window.press('Escape');
			}
			await dialog('giờ đã có mã truy cập riêng').waitFor();
			await window.screenshot(`gateway-vi-connected-${shell}`);
			await window.dialogButton('Thử').click();
			await dialog('Hoạt động tốt. Câu trả lời:').waitFor();
			await window.press('Escape');
			await row(tool.toLowerCase()).filter({ hasText: '1 yêu cầu hôm nay' }).waitFor();
			await window.hover(row(tool.toLowerCase()), window.page.locator('.monaco-hover', { hasText: 'Kết nối lúc' }));
			await window.screenshot(`gateway-vi-listed-${shell}`);
		}
		assert.deepEqual(window.errors, []);
	});
});
