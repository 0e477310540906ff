import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { maskKey } from '../../../src/masking/masking';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Receiver } from '../../support/monitoring/alerts/receivers';
import { formsOf, shapes } from '../../support/secrecy/leaks';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import { useSimulator } from '../../support/window/simulated';
import { everythingShown } from '../../support/window/everythingShown';
import { filesThatHold } from '../../support/window/traces';
import { until } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';
import { freePort } from '../../support/monitoring/freePort';

/** Shaped as Google's are, made at run time. */
const secrets = ['k1', 'k2'].map((name, n) => shapes[n]?.(name) ?? '');
const first = 'Who is there? [short]';
const question = 'Why does my planted question stay here?';

describe('keys that the service repeats, in a real window', () => {
	const { projects, ...scenario } = scenarioOf('two-good');
	const simulator = useSimulator({
		...scenario,
		projects,
		keys: secrets.map((secret, n) => ({ secret, project: `good-${n + 1}` })),
	});
	let port = 0;
	let profile = '';
	let hook: Receiver;
	const workbench = useWorkbench(async () => {
		port = await freePort();
		profile = mkdtempSync(path.join(tmpdir(), 'keypool-profile-'));
		return { env: simulator().env, profile, settings: { 'keypool.metrics.port': port } };
	});
	before(async () => {
		hook = await new Receiver(() => ({ status: 200 })).start();
	});
	after(async () => {
		await hook.stop();
		rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	});

	it('are on no screen, in no file, in no message and in no report', async () => {
		const window = await workbench().open();
		const { page } = window;
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		const clipboard = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');
		for (const [n, secret] of secrets.entries()) {
			await window.paletteInput('Keypool: Add Key', secret);
			await window.notice(`Key ${n + 1} (${maskKey(secret)}) was added and works.`);
		}
		await window.paletteOpens('Keypool: Set Up Alerts', window.quickPick('Webhook: an address'));
		await window.quickPick('Webhook: an address').click();
		await window.answerInput(hook.url);
		await window.notice('Stored.');
		const screens: string[] = [];
		const look = async (): Promise<void> => void screens.push(await everythingShown(page));

		const chat = new Chat(window);
		await chat.ask(first);
		await chat.finished(first);
		await window.webview().getByRole('button', { name: 'Copy the answer' }).click();
		// What reads the clipboard is the window, once it has the focus.
		await window.palette('Notifications: Clear All Notifications');
		await until('the copied answer', async () => (await clipboard()).includes(first));
		const copied = await clipboard();
		for (const secret of secrets) {
			simulator().service.setFaults(
				[{ when: 'always', on: 'generation', kind: 'error', body: '403_consumer_suspended' }],
				secret,
			);
		}
		await chat.ask(question);
		await chat.answerTo(question).locator('[data-role="error"]').waitFor();
		await window.notification('Keypool has paused').waitFor();
		await look();
		const tail = sendsOf(simulator().service.log).at(-1)?.tail ?? '';
		assert.ok(secrets.some((secret) => secret.endsWith(tail)));
		const suspended = window.treeRows('Keys').filter({ hasText: 'suspended' }).last();
		await window.hover(suspended, page.locator('.monaco-hover:visible', { hasText: 'suspended' }).first());
		await look();
		await window.contextMenuOf(suspended, 'Why?');
		const reason = page.locator('.monaco-dialog-box', { hasText: 'The service said:' });
		await reason.waitFor();
		screens.push(await reason.innerText());
		await look();
		await window.press('Escape');
		await reason.waitFor({ state: 'hidden' });
		await window.palette('Keypool: Show Log');
		await window.outputLines('suspended').first().waitFor();
		await look();
		await window.palette('Keypool: Report a Problem');
		await window.notification('This is the report.').waitFor();
		const report = await window.copiedText('Keypool for Gemini: ');
		assert.match(report, /quarantined \(suspended\)/);
		assert.ok(!report.includes('planted question'), 'the report quotes the prompt');
		await look();
		await window.screenshot('canary');
		const dashboard = new Dashboard(window);
		await dashboard.open();
		await dashboard.newest.locator('.expand').click();
		await dashboard.locator('.attempts:visible li', { hasText: 'suspended' }).waitFor();
		await look();
		const exported = [];
		for (const [kind, name] of [
			['Usage by minute', 'keypool-usage.csv'],
			['Recent requests', 'keypool-requests.csv'],
			['Everything', 'keypool-all.json'],
		] as const) {
			await dashboard.export(kind, name);
			exported.push(readFileSync(path.join(workbench().folder, name), 'utf8'));
		}
		assert.match(exported.join('\n'), /suspended/);
		const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
		assert.match(metrics, /gemini_pool_state\{state="paused"\} 1/);
		await until('the alerts', () => hook.received.some(({ body }) => body.includes('keypool.pool_paused')));
		const alerts = hook.received.map(({ body, headers }) => `${JSON.stringify(headers)}${body}`).join('\n');

		const texts = { screens: screens.join('\n'), exported: exported.join('\n'), copied, report, metrics, alerts };
		const reached = { ...texts, host: workbench().extensionHostLog() };
		for (const [sink, text] of Object.entries(reached)) {
			assert.ok(text.length > 0, `nothing was read of ${sink}`);
			for (const form of secrets.flatMap(formsOf)) assert.ok(!text.includes(form), `${sink} holds ${form}`);
		}
		await workbench().stop();
		assert.deepEqual(filesThatHold(profile, secrets), []);
		assert.deepEqual(filesThatHold(workbench().server.data, secrets), []);
		assert.deepEqual(filesThatHold(workbench().folder, secrets), []);
		assert.deepEqual(window.errors, []);
	});
});
