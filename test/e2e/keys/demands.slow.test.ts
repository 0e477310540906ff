import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { dragRow } from '../../support/window/drag';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const rowIn = (window: Window, label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
const labelsIn = async (window: Window): Promise<readonly string[]> =>
	(await window.treeRows('Keys').locator('.label-name').allInnerTexts()).map((text) => text.trim());

describe('a demand for paid keys that the remote machine says no to', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: simulator().envWithKeys, settings: { 'keypool.paidOnly': true } }),
	);

	it('holds: a file in a container cannot lift what the user demands', async () => {
		const machine = path.join(workbench().server.data, 'data/Machine/settings.json');
		mkdirSync(path.dirname(machine), { recursive: true });
		writeFileSync(machine, JSON.stringify({ 'keypool.paidOnly': false, 'keypool.model': 'gemini-machine' }));
		const window = await workbench().open();
		const chat = new Chat(window);
		await window.openContainer();
		// The machine is heard in what is no demand.
		await window.view('Keys').getByText('gemini-machine').waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: '0/0' }).waitFor();
		await chat.ask('May I be read by people?');
		await chat.answerTo('May I be read by people?').getByText('Only keys of paid projects may be used here').waitFor();
		assert.deepEqual(sendsOf(simulator().service.log), []);
		assert.deepEqual(window.errors, []);
	});
});

describe('a project that is marked as paid and counts as free', () => {
	const { projects, keys } = scenarioOf('five-keys');
	const secrets = ['sim-minute', 'sim-good-1'];
	const simulator = useSimulator({
		description: 'a key whose free minute is used up, and one that answers',
		projects,
		keys: keys.filter(({ secret }) => secrets.includes(secret)),
		secrets,
	});
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			settings: { 'keypool.paidKeys': 'first', 'keypool.strategy': 'roundRobin' },
		}),
	);
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openContainer();
	});
	const row = (label: string) => rowIn(window, label);
	const setPaid = async (): Promise<void> => {
		const paid = window.quickPick('Paid tier');
		await opens(paid, () => window.contextMenuOf(row('sim-minute'), 'Project and Account', 'Set Tier'));
		await paid.click();
	};

	it('is told at once, with what to do, and stands in its row and hover', async () => {
		await setPaid();
		await row('sim-minute').filter({ hasText: 'next in turn' }).filter({ hasText: 'paid tier' }).waitFor();
		const chat = new Chat(window);
		await chat.ask('Who is there? [short]');
		assert.equal((await chat.finished('Who is there? [short]')).key, 'sim-good-1');
		await window.notice('sim-minute: Its project is marked as paid, but since');
		await row('sim-minute').filter({ hasText: 'not paid' }).waitFor();
		await window.screenshot('tier-revoked');
		await window.hover(
			row('sim-minute'),
			window.page.locator('.monaco-hover').getByText('Google counts it as free tier'),
		);
		await window.screenshot('tier-revoked-hover');
	});

	it('is explained by Why?, and believed again when its tier is set anew', async () => {
		await window.contextMenuOf(row('sim-minute'), 'Why?');
		const dialog = window.page.locator('.monaco-dialog-box');
		await dialog.getByText('Google counts it as free tier').waitFor();
		await window.screenshot('tier-revoked-why');
		await window.dialogButton('Close').click();
		await setPaid();
		await row('sim-minute').filter({ hasText: 'paid tier' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});

describe('the order of the keys, while it is rotated daily', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: simulator().envWithKeys, settings: { 'keypool.rotation': 'daily' } }),
	);

	it('is the one that people see after a drag and after a command, and its rotation stands on the hover', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await eventually(async () => assert.equal((await labelsIn(window)).length, 5));
		const before = await labelsIn(window);
		const [first = '', second = '', third = '', fourth = '', last = ''] = before;
		const dragged = [last, first, second, third, fourth].join('\n');
		const isDragged = async (): Promise<boolean> => (await labelsIn(window)).join('\n') === dragged;
		await dragRow(rowIn(window, last), rowIn(window, first), isDragged);
		await window.contextMenuOf(rowIn(window, last), 'Move Key Down');
		await eventually(async () => assert.deepEqual(await labelsIn(window), [first, last, second, third, fourth]));
		await window.contextMenuOf(rowIn(window, fourth), 'Move Key Up');
		await eventually(async () => assert.deepEqual(await labelsIn(window), [first, last, second, fourth, third]));
		const status = window.statusBarItem('keypool.status');
		await window.hover(
			status,
			window.page.locator('.monaco-hover').getByText('The order of the keys is rotated daily'),
		);
		await window.screenshot('status-rotation');
		assert.deepEqual(window.errors, []);
	});
});
