import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sendsOf } from '../../../scripts/start/agreement';
import { addKeys } from '../../support/web/addKeys';
import { toPages } from '../../support/web/toPages';
import { WebConsumer } from '../../support/web/webConsumer';
import { WebExtension } from '../../support/web/webExtension';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { EditorChat, ModelPicker } from '../../support/window/editorChat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const scenario = scenarioOf('two-good');

describe('each room in a browser', () => {
	const simulator = useSimulator(scenario, undefined, (service) => toPages(service, { asked: [] }));
	const extension = new WebExtension();
	const consumer = new WebConsumer();
	after(() => {
		extension.dispose();
		consumer.dispose();
	});
	const workbench = useWorkbench(() =>
		Promise.resolve({
			...{ isComplete: true, extensions: [extension.folder], installed: consumer.installed },
			files: {
				'capitals.csv': 'id,prompt\n7,"What is the capital of France? [short]"\n8,"And of Việt Nam? [short]"\n',
			},
			settings: { 'keypool.baseUrl': simulator().url },
		}),
	);
	let window: Window;
	const onDisk = (name: string): string => readFileSync(path.join(workbench().folder, name), 'utf8');
	const sends = () => sendsOf(simulator().service.log);
	const document = () => window.page.locator('.editor-instance .view-lines').last();
	const nonceOfLast = (): string => sends().at(-1)?.nonce ?? 'no nonce';
	before(async () => {
		window = await workbench().open();
	});

	it('the simulator answers without the network, until there are keys', async () => {
		const chat = new Chat(window);
		await window.palette('Keypool: Try the Simulator');
		await window.statusBarItem('keypool.status').filter({ hasText: 'simulator 4/4' }).waitFor();
		await chat.ask('Who answers here?');
		const answer = await chat.finished('Who answers here?');
		assert.match(answer.text, /This text comes from the simulator, not from Gemini/);
		assert.deepEqual(simulator().service.log, []);
		await addKeys(window, scenario.secrets);
		await window
			.statusBarItem('keypool.status')
			.filter({ hasText: /^\s*2\/2/ })
			.waitFor();
	});

	it('a batch file is answered into a table beside it', async () => {
		await window.openFile('capitals.csv');
		await window.palette('Keypool: Run Batch File…');
		await window.dialogButton('Ask 2').click();
		await window.pressOnNotification('capitals.csv: 2 answered, 0 failed.', 'Open Results');
		await window.activeTab('capitals.csv.results.csv').waitFor();
		const results = onDisk('capitals.csv.results.csv');
		const nonces = sends().map(({ nonce = 'none' }) => nonce);
		assert.equal(nonces.length, 2);
		for (const nonce of nonces) assert.ok(results.includes(nonce), results);
	});

	it('the dashboard exports what was counted', async () => {
		const dashboard = new Dashboard(window);
		await dashboard.open();
		await dashboard.figure('sends', '2');
		await dashboard.export('Usage by minute, key and outcome', 'keypool-usage.csv');
		assert.match(onDisk('keypool-usage.csv'), /gemini-3\.8-flash/);
		await window.screenshot('browser-dashboard');
		await dashboard.close();
	});

	it('a conversation is exported', async () => {
		const row = window.quickPick('Who answers here?').first();
		await window.paletteOpens('Keypool: Conversations…', row);
		await row.hover();
		await row.locator('.action-label[aria-label="Export as Markdown"]').click();
		await document().filter({ hasText: '## Question' }).filter({ hasText: 'Who answers here?' }).waitFor();
	});

	it('another extension of the same host is answered by its models, once it was allowed', async () => {
		await window.palette('Assistant: Ask a Model');
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Allow$/ }).click();
		await document().filter({ hasText: 'You asked "[short] From the worker"' }).waitFor();
		await window.screenshot('browser-provider');
	});

	it('the participant answers in VS Code’s own chat', async () => {
		const chat = new EditorChat(window);
		await chat.open();
		await new ModelPicker(window).chosen.filter({ hasText: 'Auto (Keypool)' }).waitFor();
		await chat.send('@keypool [short] Why is the sky blue?');
		// The service may not have been asked yet.
		await until('the answer', () => chat.answer.getByText(nonceOfLast()).isVisible());
		await window.screenshot('browser-participant');
		assert.deepEqual(window.errors, []);
	});
});
