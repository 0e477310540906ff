import assert from 'node:assert/strict';
import { scenarioOf } from '../../src/simulator/scenario';
import { Chat } from '../window/chat';
import { useSimulator } from '../window/simulated';
import type { Window } from '../window/window';
import { useWorkbench } from '../window/workbench';

describe('the keys view', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openContainer();
		const chat = new Chat(window);
		await chat.ask('Who is there? [short]');
		await chat.finished('Who is there? [short]');
	});
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
	const labels = async () =>
		(await window.treeRows('Keys').locator('.label-name').allInnerTexts()).map((text) => text.trim());

	/** Chooses in the context menu of a row. */
	async function act(label: string, item: string): Promise<void> {
		await row(label).click({ button: 'right' });
		await window.chooseInMenu(item);
	}

	it('says why a key rests, and ends the rest on a person’s word', async () => {
		await act('sim-minute', 'Why?');
		const dialog = window.page.locator('.monaco-dialog-box');
		await dialog.getByText('requests allowed per minute are used up').waitFor();
		await window.screenshot('why');
		await window.dialogButton('Clear the Rest').click();
		await row('sim-minute').filter({ hasText: 'usable' }).waitFor();
	});

	it('groups a project that a person names, with its account', async () => {
		await act('sim-good-1', 'Name Project');
		await window.answerInput('Shop');
		await row('Shop').waitFor();
		await act('Shop', 'Set Billing Account');
		await window.answerInput('Work account');
		await row('Work account').waitFor();
		await act('sim-good-2', 'Set Project');
		await window.quickPick('Shop').click();
		await row('Shop').filter({ hasText: '2 keys = 1 quota' }).waitFor();
		await act('Shop', 'Set Tier');
		await window.quickPick('Paid tier').click();
		await row('Shop').filter({ hasText: 'paid tier' }).waitFor();
		await window.screenshot('grouped');
	});

	it('orders by dragging and by command', async () => {
		await row('sim-day').dragTo(row('sim-minute'));
		await row('sim-day').and(window.treeRows('Keys').first()).waitFor();
		assert.equal((await labels())[0], 'sim-day');
		await act('sim-day', 'Move Key Down');
		await row('sim-minute').and(window.treeRows('Keys').first()).waitFor();
	});

	it('filters, and shows all again', async () => {
		await window.palette('Keypool: Filter Keys…');
		await window.quickPick('Need attention').click();
		await window.view('Keys').getByText('Need attention: 1 of 5 keys').waitFor();
		assert.deepEqual(await labels(), ['sim-invalid']);
		await window.screenshot('filtered');
		await window.palette('Keypool: Show All Keys');
		await row('sim-minute').waitFor();
	});

	it('tries a key again that was set aside, on a person’s word, and sets it aside again when it is refused', async () => {
		await row('sim-invalid').filter({ hasText: 'needs attention' }).waitFor();
		await act('sim-invalid', 'Use Again');
		await row('sim-invalid').filter({ hasText: 'usable, not checked yet' }).waitFor();
		await act('sim-invalid', 'Check Key');
		await row('sim-invalid').filter({ hasText: 'needs attention: not a valid key' }).waitFor();
	});

	it('takes a key away at once, and brings it back', async () => {
		await act('sim-invalid', 'Remove Key');
		await row('sim-invalid').waitFor({ state: 'detached' });
		await window.screenshot('removed');
		await window.pressOnNotification('sim-invalid was removed', 'Undo');
		await row('sim-invalid').waitFor();
		assert.deepEqual(window.errors, []);
	});
});
