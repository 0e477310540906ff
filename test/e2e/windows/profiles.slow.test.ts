import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

const question = 'What does the other profile know? [short]';

describe('two profiles of one editor', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));
	const conversations = (): readonly string[] => {
		const folder = path.join(workbench().server.data, 'data/User/globalStorage/keypool.keypool-gemini');
		return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
	};

	it('have the same use and conversations, which the removal of everything erases in both, and says so', async () => {
		const window = await workbench().open();
		const shows = (text: string): Promise<void> =>
			window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await shows('1/1');
		await new Chat(window).ask(question);
		await new Chat(window).finished(question);
		await window.palette('Profiles: New Profile...');
		await window.page.getByRole('button', { name: 'Create', exact: true }).click();
		await window.paletteOpens('Profiles: Switch Profile...', window.quickPick('Untitled 1'));
		await window.quickPick('Untitled 1').click();
		await window.page.locator('.profile-badge', { hasText: 'UN' }).waitFor();
		// What showed profiles goes with it.
		await window.reload();
		await shows('1/1');
		await window.openContainer();
		await window.treeRows('Keys').filter({ hasText: '1 today' }).waitFor();
		await new Chat(window).finished(question);
		assert.ok(conversations().length > 0);
		await window.palette('Keypool: Remove Everything…');
		await window.page.locator('.monaco-dialog-box', { hasText: 'in every profile of this editor' }).waitFor();
		await window.dialogButton('Remove Everything').click();
		await window.notice('Everything was removed.');
		await shows('no keys');
		await eventually(() => assert.deepEqual(conversations(), []));
	});
});
