import assert from 'node:assert/strict';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { nineKeys } from '../../support/window/nineKeys';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** What a folder that nobody trusts would like: another model, and to have its demand for paid keys taken back by nobody. */
const hostile = {
	'keypool.model': 'gemini-evil',
	'keypool.strategy': 'weighted',
	'keypool.paidKeys': 'first',
	'keypool.baseUrl': 'https://evil.invalid',
	'keypool.paidOnly': true,
};

describe('a folder that is not trusted', () => {
	const simulator = useSimulator(nineKeys);
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			trustEverything: false,
			settings: { 'keypool.paidOnly': false, 'security.workspace.trust.startupPrompt': 'never' },
			files: { '.vscode/settings.json': JSON.stringify(hostile) },
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		// Nine rows beside the chat.
		await window.page.setViewportSize({ width: 1280, height: 1400 });
	});
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();

	it('cannot say which model answers, and its demand for paid keys holds and is said', async () => {
		await window.openContainer();
		await window.page.locator('[id="status.workspaceTrust"]').waitFor();
		const before = sendsOf(simulator().service.log).length;
		await chat.ask('May I be read by people?');
		await chat.answerTo('May I be read by people?').getByText('Only keys of paid projects may be used here').waitFor();
		assert.equal(sendsOf(simulator().service.log).length, before);
		await row('sim-good-1').filter({ hasText: 'paid keys only' }).waitFor();
		await window.screenshot('restricted');
	});

	it('gets its answer from a key that is said to be paid, with the user\u2019s model', async () => {
		const paid = window.quickPick('Paid tier');
		await opens(paid, () => window.contextMenuOf(row('sim-good-1'), 'Project and Account', 'Set Tier'));
		await paid.click();
		await row('sim-good-1').filter({ hasText: 'paid tier' }).waitFor();
		await chat.ask('And now? [short]');
		const shown = await chat.finished('And now? [short]');
		assert.deepEqual([shown.key, shown.model], ['sim-good-1', 'gemini-3.8-flash']);
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});
