import assert from 'node:assert/strict';
import type { Fault } from '../../../src/simulator/service';
import { scenarioOf } from '../../../src/simulator/scenario';
import { fields, Receiver, asSlack } from '../../support/monitoring/alerts/receivers';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';
import { rules, rulesTests } from '../../support/monitoring/expressions';
import { freePort } from '../../support/monitoring/freePort';
import { Prometheus, promtool } from '../../support/monitoring/prometheus';

describe('a window that is watched', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	let port = 0;
	let slack: Receiver;
	let prometheus: Prometheus | undefined;
	let window: Window;
	let chat: Chat;
	const workbench = useWorkbench(async () => {
		port = await freePort();
		return { env: simulator().envWithKeys, settings: { 'keypool.metrics.port': port } };
	});
	before(async () => {
		slack = await new Receiver(asSlack).start();
		window = await workbench().open();
		chat = new Chat(window);
		prometheus = await Prometheus.start(`127.0.0.1:${port}`);
	});
	after(async () => {
		await prometheus?.stop();
		await slack.stop();
	});
	const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	const number = (expression: string) => prometheus?.number(expression);

	it('sends a test alert to the address that a person has entered', async () => {
		await window.paletteOpens('Keypool: Set Up Alerts…', window.quickPick('Slack'));
		await window.quickPick('Slack').click();
		await window.answerInput('http://example.com/');
		await window.page.getByText('Enter an https address without user and password.').waitFor();
		await window.fillQuickInput('');
		await window.answerInput(slack.url);
		await window.pressOnNotification('Stored.', 'Send a Test Alert');
		await window.notification('A test alert was sent: Slack').waitFor();
		assert.match(String(fields(JSON.parse(slack.received[0]?.body ?? ''))['text']), /^Test alert from Keypool/);
		// The palette offers it from now on.
		await window.palette('Keypool: Send a Test Alert');
		await until('the second one', () => slack.received.length === 2);
		await window.screenshot('test-alert');
	});

	it('is read by a real Prometheus, whose numbers are those of the service and of the status bar', async () => {
		await until('a first reading', async () => (await number('gemini_enabled_keys')) === 5);
		await chat.ask('What is a closure?');
		await chat.finished('What is a closure?');
		const leaked: Fault = { when: 'always', on: 'generation', kind: 'error', body: '403_leaked_key' };
		for (const secret of ['sim-good-1', 'sim-good-2']) simulator().service.setFaults([leaked], secret);
		for (const question of ['One?', 'Two?', 'Three?']) {
			await chat.ask(question);
			await chat.answerTo(question).locator('[data-role="error"]').waitFor();
		}
		const sends = sendsOf(simulator().service.log).length;
		await until('the last reading', async () => (await number('sum(gemini_requests_total)')) === 4);
		assert.equal(await number('sum(gemini_attempts_total)'), sends);
		assert.equal(await number('gemini_requests_total{status="success"}'), 1);
		assert.equal(await number('gemini_available_keys'), 0);
		await window.statusBarItem('keypool.status').filter({ hasText: 'paused' }).waitFor();
	});

	it('asks for the token that a person sets, until it is removed', async () => {
		const token = 'a-token-of-32-characters/+~._-==';
		await window.paletteOpens('Keypool: Set Metrics Token', window.quickInput);
		await window.fillQuickInput('too short');
		await window.page.getByText('A token has 16 to 512 characters.').waitFor();
		await window.screenshot('metrics-token');
		await window.answerInput(token);
		await window.notice('The metrics page needs this token from now on.');
		const refused = await fetch(`http://127.0.0.1:${port}/metrics`);
		assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer realm="keypool"']);
		await until('a reading that is refused', async () => (await number('up')) === 0);
		const allowed = await Prometheus.start(`127.0.0.1:${port}`, token);
		try {
			await until('a reading with the token', async () => (await allowed.number('gemini_enabled_keys')) === 5);
			assert.equal(await allowed.number('up'), 1);
		} finally {
			await allowed.stop();
		}
		await window.paletteOpens(
			'Keypool: Set Metrics Token',
			window.page.getByText('A token is set. Enter another one, or leave this empty to remove it.'),
		);
		await window.answerInput('');
		await window.notice('The metrics page no longer needs a token.');
		await until('a reading without a token', async () => (await number('up')) === 1);
	});

	it('serves what promtool takes, and so are the rules', async () => {
		promtool(['check', 'metrics'], await metrics());
		promtool(['check', 'rules', rules]);
		promtool(['test', 'rules', rulesTests]);
	});

	it('has told by Slack what happened, with labels and no key', async () => {
		const texts = (): string => slack.received.map(({ body }) => body).join('\n');
		await until('the alerts', () => /paused/.test(texts()) && /need attention/.test(texts()));
		assert.match(texts(), /sim-invalid: not a valid key/);
		assert.ok(slack.received.length <= 6, `${slack.received.length} alerts`);
		await window.palette('Keypool: Show Log');
		await window.outputLines('poolPaused').first().waitFor();
		await window.screenshot('alerts-in-the-log');
		assert.ok(!(await window.page.content()).includes(new URL(slack.url).host), 'the address is on the screen');
	});

	it('opens a report to read first, with how the pool stands and without a prompt', async () => {
		await window.palette('Keypool: Report a Problem');
		await window.notification('This is the report.').waitFor();
		const lines = window.page.locator('.editor-instance .view-line');
		await lines.filter({ hasText: 'Keypool for Gemini: ' }).first().waitFor();
		await window.screenshot('report');
		await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		const report = await window.copiedText('Keypool for Gemini: ');
		assert.match(report, /paused since .*: leaked, by sim-good-/);
		assert.match(report, /sim-day \(free, primary, weight 1\): coolingDown \(rpd\)/);
		assert.ok(!report.includes('closure') && !report.includes(new URL(slack.url).host));
		assert.deepEqual(window.errors, []);
	});
});
