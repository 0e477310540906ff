import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Receiver } from '../../support/monitoring/alerts/receivers';
import { Chat } from '../../support/window/chat';
import { timed } from '../../support/window/lateness';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** ms. As the documentation promises. */
const promised = 5_000;

describe('the port of the metrics, and alerts, of two windows', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	let other: Server;
	let port = 0;
	let hook: Receiver;
	let first: Window;
	let second: Window;
	const workbench = useWorkbench(async () => {
		other = createServer((_, response) => response.writeHead(404).end('Somebody else.'));
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		port = (other.address() as AddressInfo).port;
		return { env: simulator().envWithKeys, settings: { 'keypool.metrics.port': port } };
	});
	before(async () => {
		hook = await new Receiver(() => ({ status: 200 })).start();
	});
	after(async () => {
		await hook.stop();
		other.close();
	});

	/** What is served for Prometheus now; undefined where it is not ours. */
	const page = async (): Promise<string | undefined> => {
		const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
		return response?.ok === true ? response.text() : undefined;
	};

	it('say that another program has the port, and take it once it is free', async () => {
		first = await workbench().open();
		await first.notice(`Port ${port} for the metrics is taken by another program. Choose another one in the settings.`);
		await first.screenshot('port-taken');
		await new Promise((resolve) => {
			other.close(resolve);
			other.closeAllConnections();
		});
		await until('the page of the metrics', async () => (await page()) !== undefined);
		assert.match((await page()) ?? '', /^gemini_enabled_keys 5$/m);
	});

	it('go over to another window within 5 s of the end of the one that had them', async () => {
		await first.paletteOpens('Keypool: Set Up Alerts', first.quickPick('Webhook: an address'));
		await first.quickPick('Webhook: an address').click();
		await first.answerInput(hook.url);
		await first.notice('Stored.');
		second = await workbench().open();
		await second.statusBarItem('keypool.status').filter({ hasText: '5/5' }).waitFor();
		await second.palette('Keypool: Show Log');
		assert.equal(await second.outputLines('metrics are served').count(), 0, 'the first window has the port');
		// As when its tab is closed: the workbench says good-bye.
		await first.page.goto('about:blank');
		const served = second.outputLines('metrics are served').first();
		const { took, lateMs } = await timed(() => served.waitFor(), second);
		assert.ok(took < promised + 5 * lateMs, `after ${took} ms, with a window that was ${lateMs} ms late`);
		assert.ok((await page()) !== undefined);
		assert.equal(await second.notification('is taken by another program').count(), 0);

		simulator().service.setFaults([{ when: 'always', on: 'generation', kind: 'error', body: '403_leaked_key' }]);
		const chat = new Chat(second);
		await chat.ask('Who tells of it? [short]');
		await chat.answerTo('Who tells of it? [short]').locator('[data-role="error"]').waitFor();
		await until('the alert', () => hook.received.some(({ body }) => body.includes('keypool.pool_paused')));
		assert.equal(hook.received.filter(({ body }) => body.includes('keypool.pool_paused')).length, 1);
		assert.match((await page()) ?? '', /gemini_pool_state\{state="paused"\} 1/);
		assert.deepEqual(second.errors, []);
	});
});
