import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import { eventually } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

describe('the walkthrough of a new window', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('has no step done that nobody did, and only the first once there is a key', async () => {
		const window = await workbench().open();
		await window.paletteOpens('Welcome: Open Walkthrough...', window.quickPick('Get started with Keypool'));
		await window.quickPick('Get started with Keypool').click();
		const steps = window.page.locator('.getting-started-step');
		await eventually(async () => assert.equal(await steps.count(), 5));
		const done = (): Promise<string[]> =>
			steps.filter({ has: window.page.locator('.codicon.complete') }).allInnerTexts();
		assert.deepEqual(await done(), []);
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		await eventually(async () => assert.equal((await done()).length, 1));
		assert.match((await done())[0] ?? '', /Add your keys/);
		await window.treeRows('Keys').and(window.page.locator('[aria-label^="Key 1: "]')).waitFor();
	});
});
