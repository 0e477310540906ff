import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { maskKey } from '../../../src/masking/masking';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { everythingShown } from '../../support/window/everythingShown';
import { useSimulator } from '../../support/window/simulated';
import { filesThatHold } from '../../support/window/traces';
import { useWorkbench } from '../../support/window/workbench';

/** Shaped as Google's are, and unlike anything else on the disk. */
const secret = `AIza${'Sy-Never-On-Disk_'.repeat(3).slice(0, 35)}`;

describe('a key in the secret storage', () => {
	const { projects, ...scenario } = scenarioOf('two-good');
	const simulator = useSimulator({
		...scenario,
		projects,
		keys: [{ secret, project: 'good-1' }],
	});
	let profile = '';
	const workbench = useWorkbench(() => {
		profile = mkdtempSync(path.join(tmpdir(), 'keypool-profile-'));
		return Promise.resolve({ env: simulator().env, profile });
	});
	after(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

	it('is asked for where there is none, works, survives a reload, and is nowhere in clear', async () => {
		const window = await workbench().open();
		const chat = new Chat(window);
		await window.openContainer();
		await window.view('Keys').getByText('Keypool answers your questions').waitFor();
		await window.webview().locator('[data-action="addKey"]').waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: 'no keys' }).waitFor();
		await window.screenshot('no-keys');

		await window.palette('Keypool: Ask…');
		await window.pressOnNotification('There is no Gemini API key yet.', 'Add Keys');
		await window.answerInput(secret);
		await window.notification(`Key 1 (${maskKey(secret)}) was added and works.`).waitFor();
		await window.answerInput('Does it work? [short]');
		assert.equal((await chat.finished('Does it work? [short]')).key, 'Key 1');
		await window.screenshot('first-key');

		await window.reload();
		await window.openContainer();
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		// A refusal whose text repeats the whole key, as Google's does.
		simulator().service.setFaults([
			{ when: { first: 1 }, on: 'generation', kind: 'error', body: '403_consumer_suspended' },
		]);
		await chat.ask('And after a reload?');
		await chat.answerTo('And after a reload?').locator('[data-role="error"]').waitFor();
		assert.equal(sendsOf(simulator().service.log).at(-1)?.tail, secret.slice(-4));
		await window.screenshot('suspended');
		await window.palette('Keypool: Show Log');
		await window.outputLines('quarantined: Key 1 (suspended)').first().waitFor();

		assert.ok(!(await everythingShown(window.page)).includes(secret), 'the window shows the key');
		await workbench().stop();
		writeFileSync(path.join(profile, 'planted'), `a text ${secret} around it`);
		assert.deepEqual(filesThatHold(profile, [secret]), [path.join(profile, 'planted')]);
		const { data } = workbench().server;
		assert.deepEqual(filesThatHold(data, [secret]), []);
		// The refusal itself is there, so that the search looked where the key would be.
		assert.notDeepEqual(filesThatHold(data, ['has been suspended']), []);
		assert.deepEqual(window.errors, []);
	});
});
