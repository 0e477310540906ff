import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { disagreements, sendsOf } from '../../../scripts/start/agreement';
import { sampleFiles } from '../../../scripts/start/sample';
import { toPages } from '../../support/web/toPages';
import { addKeys } from '../../support/web/addKeys';
import { WebExtension } from '../../support/web/webExtension';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const scenario = scenarioOf('five-keys');

describe('the extension in a browser, without Node', () => {
	const simulator = useSimulator(scenario, undefined, (service) => toPages(service, { asked: [] }));
	const extension = new WebExtension();
	after(() => extension.dispose());
	const workbench = useWorkbench(() =>
		Promise.resolve({
			extensions: [extension.folder],
			files: sampleFiles,
			settings: { 'keypool.baseUrl': simulator().url, 'keypool.strategy': 'primaryBackup' },
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});
	const row = (label: string) => window.treeRows('Keys').filter({ hasText: label });
	const status = (text: string): Promise<void> =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('takes five keys, and checks each with the service', async () => {
		await status('no keys');
		await addKeys(window, scenario.secrets);
		await window.notice('5 keys added: 4 work, 1 was refused.');
		await window.openContainer();
		await status('4/5');
		await row('Key 3').filter({ hasText: 'needs attention: not a valid key' }).waitFor();
	});

	it('answers although two keys are used up, and counts down', async () => {
		const question = 'How do I reverse a list in TypeScript? [short]';
		await chat.ask(question);
		const shown = await chat.finished(question);
		assert.deepEqual(disagreements(shown, sendsOf(simulator().service.log)), []);
		assert.deepEqual(
			shown.attempts.map(({ label, outcome }) => [label, outcome]),
			[
				['Key 1', 'rpm'],
				['Key 2', 'rpd'],
				['Key 4', 'answered'],
			],
		);
		assert.equal(shown.fallbacks, 2);
		await row('Key 1')
			.filter({ hasText: /resting 0:\d\d/ })
			.waitFor();
		await row('Key 2').filter({ hasText: 'day quota' }).waitFor();
		await status('2/5');
		await window.screenshot('in-browser');
		assert.deepEqual(window.errors, []);
	});

	it('knows its keys, what rests and the conversation after a reload', async () => {
		await window.reload();
		await window.openContainer();
		await row('Key 1')
			.filter({ hasText: /resting 0:\d\d|trying one call|usable/ })
			.waitFor();
		await row('Key 2').filter({ hasText: 'day quota' }).waitFor();
		await row('Key 3').filter({ hasText: 'needs attention: not a valid key' }).waitFor();
		assert.equal((await chat.finished('How do I reverse a list in TypeScript?')).key, 'Key 4');
		assert.equal(await window.notification('record of quotas').count(), 0);
	});

	it('explains a selection of a file', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await window.contextMenu('Keypool', 'Explain Selection');
		const shown = await chat.finished('Explain fibonacci.ts, lines 2–4.');
		assert.ok(shown.text.includes(sendsOf(simulator().service.log).at(-1)?.nonce ?? 'no nonce'));
	});

	it('shows the dashboard, and offers nothing that a browser cannot do', async () => {
		await window.palette('Keypool: Open Dashboard');
		await window.webview('tab').getByText('Key 4').first().waitFor();
		assert.equal(await window.offers('Keypool: Connect a Tool…'), false);
		await window.paletteOpens('Keypool: Set Up Alerts…', window.quickPick('Slack'));
		assert.equal(await window.quickPick('E-mail').count(), 0);
		await window.press('Escape');
	});
});
