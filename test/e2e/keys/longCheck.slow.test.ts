import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

describe('a check that takes long, of a key that was added in the chat', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env, files: { 'a.ts': 'const a = 1;\n' } }));

	it('leaves the palette’s Escape to where the person is: it led to the chat for as long', async () => {
		const window = await workbench().open();
		await window.openContainer();
		simulator().service.setFaults([{ when: 'always', on: 'everything', kind: 'hang' }]);
		const button = window.webview().locator('[data-action="addKey"]');
		await opens(window.quickInputTitle('Add Gemini Keys'), () => button.press('Enter'));
		await window.answerInput('sim-good-1');
		const checking = await window.notice('Checking keys');
		await window.openFile('a.ts');
		await window.openQuickInput('F1', '>Keypool');
		await window.press('Escape');
		await window.quickInput.waitFor({ state: 'hidden' });
		await window.type('x');
		await window.page.locator('.view-line', { hasText: 'xconst a = 1;' }).waitFor();
		assert.equal(await checking.isVisible(), true);
		assert.deepEqual(window.errors, []);
	});
});
