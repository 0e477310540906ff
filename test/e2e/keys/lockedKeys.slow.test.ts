import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';
import { useLock } from '../../support/window/lock';

describe('keys that cannot be read', () => {
	const lock = useLock();
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: { ...simulator().env, ...lock.env } }));
	let window: Window;
	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('are locked, not gone: status bar, view and commands say so, and do not ask for new ones', async () => {
		window = await workbench().open();
		await window.openContainer();
		await status('no keys');
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await status('1/1');
		lock.close();
		await window.reload();
		await status('keys locked');
		await window.openContainer();
		await window.view('Keys').getByText('Your keys cannot be read').waitFor();
		await window.webview().getByText('refuses access to your keys').waitFor();
		await window.webview().locator('[data-action="addKey"]').waitFor({ state: 'detached' });
		const hover = window.page.locator('.workbench-hover').getByText('They are not lost');
		await window.hover(window.statusBarItem('keypool.status'), hover);
		await window.screenshot('keys-locked');
		await window.palette('Notifications: Clear All Notifications');
		await window.palette('Keypool: Check All Keys');
		await window.notice('Your keys cannot be read');
		assert.equal(await window.notification('There is no Gemini API key yet').count(), 0);
	});

	it('are there again as soon as the storage is unlocked, by the same command', async () => {
		lock.open();
		await window.palette('Keypool: Check All Keys');
		await window.notice('Key 1 works.');
		await status('1/1');
		await window.treeRows('Keys').filter({ hasText: 'Key 1' }).first().waitFor();
		assert.deepEqual(window.errors, []);
	});
});
