import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { dragRow } from '../../support/window/drag';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

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
	async function act(label: string, ...items: readonly string[]): Promise<void> {
		await window.contextMenuOf(row(label), ...items);
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
		await opens(window.quickInput, () => act('sim-good-1', 'Project and Account', 'Name Project'));
		await window.answerInput('Shop');
		await row('Shop').waitFor();
		await opens(window.quickInput, () => act('Shop', 'Set Billing Account'));
		await window.answerInput('Work account');
		await row('Work account').waitFor();
		await opens(window.quickPick('Shop'), () => act('sim-good-2', 'Project and Account', 'Set Project'));
		await window.quickPick('Shop').click();
		await row('Shop').filter({ hasText: '2 keys = 1 quota' }).waitFor();
		await opens(window.quickPick('Paid tier'), () => act('Shop', 'Set Tier'));
		await window.quickPick('Paid tier').click();
		await row('Shop').filter({ hasText: 'paid tier' }).waitFor();
		await window.screenshot('grouped');
	});

	it('orders by dragging and by command', async () => {
		await dragRow(row('sim-day'), row('sim-minute'), async () => (await labels())[0] === 'sim-day');
		await act('sim-day', 'Move Key Down');
		await row('sim-minute').and(window.treeRows('Keys').first()).waitFor();
	});

	it('filters, and shows all again', async () => {
		const filter = window.view('Keys').locator('.pane-header').getByRole('button', { name: 'Filter Keys…' });
		await opens(window.quickPick('Need attention'), () => filter.click());
		await window.quickPick('Need attention').click();
		await window.view('Keys').getByText('Need attention: 1 of 5 keys').waitFor();
		await eventually(async () => assert.deepEqual(await labels(), ['sim-invalid']));
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

describe('a key that is removed while it answers', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('finishes its answer, though it is gone from the view at once and its secret soon', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		const chat = new Chat(window);
		const hold = simulator().service.hold();
		await chat.ask('Who is there?');
		await chat.answerTo('Who is there?').getByText('A simulated answer').waitFor();
		await window.contextMenuOf(window.treeRows('Keys').first(), 'Remove Key');
		await window.statusBarItem('keypool.status').filter({ hasText: 'no keys' }).waitFor();
		hold.release();
		const { key, text } = await chat.finished('Who is there?');
		assert.equal(key, 'Key 1');
		assert.match(text, /That is all\.$/);
		assert.deepEqual(window.errors, []);
	});
});

describe('keys that the service says to be of one project', () => {
	const disabled = [{ when: 'always', kind: 'error', body: '403_service_disabled' }] as const;
	const secrets = ['sim-one', 'sim-two', 'sim-three', 'sim-four', 'sim-five'];
	const simulator = useSimulator({
		description: 'five keys of one project, whose API is not enabled',
		projects: [{ id: 'shop', tier: 'free' }],
		keys: secrets.map((secret) => ({ secret, project: 'shop', faults: disabled })),
		secrets: [],
	});
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('are put together on a person’s word', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', secrets.join(' '));
		await window.accept(window.quickPick('simulated key').first());
		// They stay: nobody removes them.
		await window.notice('5 keys added: 5 were refused. The service says that 4 of these keys belong to projects');
		await window.palette('Notifications: Show Notifications');
		await window.screenshot('same-project');
		await eventually(async () => assert.equal(await window.notification('The service says').count(), 1));
		await window.pressOnNotification('5 keys added: 5 were refused.', 'Put Them Together');
		await window.treeRows('Keys').filter({ hasText: '5 keys = 1 quota' }).first().waitFor();
		await window.screenshot('put-together');
		assert.deepEqual(window.errors, []);
	});
});

describe('five keys that are added at once', () => {
	const secrets = ['sim-one', 'sim-two', 'sim-three', 'sim-four', 'sim-five'];
	const simulator = useSimulator({
		description: 'five keys, each of a project of its own',
		projects: secrets.map((id) => ({ id, tier: 'free' })),
		keys: secrets.map((secret) => ({ secret, project: secret })),
		secrets: [],
	});
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('take one picker and one notice', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', secrets.join(' '));
		await window.accept(window.quickPick('simulated key').first());
		await window.notice('5 keys added: 5 work.');
		await window.screenshot('five-added');
		await window.palette('Notifications: Show Notifications');
		// That of the check goes with its last key.
		await eventually(async () => assert.equal(await window.notification('').count(), 1));
		assert.equal(await window.quickInput.count(), 0);
		assert.deepEqual(window.errors, []);
	});
});
