import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GoogleGenAI } from '@google/genai';
import { root } from '../../../scripts/vscode/host';
import { scenarioOf } from '../../../src/simulator/scenario';
import { freePort } from '../../support/monitoring/freePort';
import { Dashboard } from '../../support/window/dashboard';
import { timed } from '../../support/window/lateness';
import { useSimulator } from '../../support/window/simulated';
import { appears, opens, succeeds, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const model = 'gemini-3.8-flash';
/** ms. As the documentation promises. */
const promised = 5_000;

describe('the gateway of a window', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	let port = 0;
	let metricsPort = 0;
	let home = '';
	let window: Window;
	let token = '';
	const workbench = useWorkbench(async () => {
		[port, metricsPort] = [await freePort(), await freePort()];
		home = mkdtempSync(path.join(tmpdir(), 'keypool-home-'));
		return {
			env: { ...simulator().envWithKeys, GEMINI_CLI_HOME: home, GOOGLE_API_KEY: 'wins-where-it-is-set' },
			settings: { 'keypool.gateway.port': port, 'keypool.metrics.port': metricsPort },
		};
	});
	before(async () => {
		window = await workbench().open();
		await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await window.openContainer();
	});
	after(() => rmSync(home, { recursive: true, force: true }));

	const address = (): string => `http://127.0.0.1:${port}`;
	const row = (name: string, where = window) => where.treeRows('Gateway').filter({ hasText: name });
	const dialog = (text: string) => window.page.locator('.monaco-dialog-box', { hasText: text });
	/** What a tool hears; 0 where nobody answers. */
	const status = async (with_: string): Promise<number> =>
		fetch(`${address()}/v1beta/models`, { headers: { 'x-goog-api-key': with_ } }).then(
			async (response) => {
				await response.arrayBuffer();
				return response.status;
			},
			() => 0,
		);
	const tool = () => new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: address() } });

	it('is off until a person starts it, and then says where it is', async () => {
		assert.equal(await status('nobody'), 0);
		assert.equal(await window.view('Gateway').count(), 0);
		await window.palette('Keypool: Start Gateway');
		await window.notice(`The gateway answers at ${address()}.`);
		await window.view('Gateway').getByText('No tool is connected yet.').waitFor();
		await window.screenshot('gateway-started');
		assert.equal(await status('nobody'), 401);
	});

	it('connects a tool with a token that is shown once, and tries it', async () => {
		await window.paletteOpens('Keypool: Connect a Tool…', window.quickPick('gemini-cli'));
		await window.screenshot('gateway-tools');
		await window.quickPick('curl').click();
		const connected = dialog('curl has a token of its own now, named curl.');
		await connected.waitFor();
		const shown = (await connected.innerText()).replaceAll('\u00a0', ' ');
		token = /kp_[\w-]{43}/.exec(shown)?.[0] ?? '';
		assert.ok(token !== '' && shown.includes(`${address()}/v1beta/models/${model}:generateContent`), shown);
		assert.ok((await window.page.evaluate<string>('navigator.clipboard.readText()')).includes(token));
		await window.screenshot('gateway-connected');
		await window.dialogButton('Try It').click();
		await dialog('It works. The answer: ').waitFor();
		await window.screenshot('gateway-tried');
		await window.press('Escape');
		await row('curl').filter({ hasText: '1 request today' }).waitFor();
	});

	it('answers a real client with whichever key works, and the tree moves', async () => {
		const answer = await tool().models.generateContent({ model, contents: 'Who answers? [short]' });
		assert.ok((answer.text ?? '').length > 0);
		let streamed = '';
		const stream = await tool().models.generateContentStream({ model, contents: 'And in pieces? [short]' });
		for await (const { text = '' } of stream) streamed += text;
		assert.ok(streamed.length > 0);
		await row('curl').filter({ hasText: '3 requests today' }).waitFor();
		await row('curl')
			.filter({ hasText: /[1-9]\d* tokens/ })
			.waitFor();
		await window.hover(row('curl'), window.page.locator('.monaco-hover', { hasText: 'tokens in' }));
		await window.screenshot('gateway-used');
		await window.palette('Keypool: Show Log');
		await window.outputLines('gateway:curl] ended: 200').first().waitFor();
		const written = await window.page.locator('.output-view').innerText();
		assert.ok(!written.includes(token.slice(3)), 'the token is in the log');
	});

	it('shows one request of a tool wherever the pool is looked at: while it waits, and when it has its answer', async () => {
		const key = (label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
		const metric = async (name: string): Promise<number> => {
			const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
			return Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(page)?.[1] ?? 0);
		};
		const [answered, usable] = ['gemini_requests_total{status="success"}', 'gemini_available_keys'];
		const dashboard = new Dashboard(window);
		await dashboard.open();
		const can = (keys: RegExp) => window.statusBarItem('keypool.status').filter({ hasText: keys }).waitFor();
		await can(/[23]\/5/);
		await until('the page of metrics', async () => (await metric(usable)) >= 2);
		const before = await metric(answered);
		const keys = ['sim-good-1', 'sim-good-2'];
		for (const secret of keys)
			simulator().service.setFaults([{ when: 'always', kind: 'error', body: '429_rpm_free' }], secret);
		const asked = tool().models.generateContent({ model, contents: 'Who waits? [short]' });

		await can(/0\/5/);
		for (const label of keys) await key(label).filter({ hasText: 'minute quota' }).waitFor();
		await row('curl').filter({ hasText: '1 request under way · 3 requests today' }).waitFor();
		await dashboard.figure('waiting', '1');
		const hover = window.page.locator('.workbench-hover');
		await window.hover(window.statusBarItem('keypool.status'), hover.getByText('1 request is waiting.'));
		await window.screenshot('gateway-waits');
		await until('the metrics of a request that waits', async () => {
			return (await metric(usable)) === 0 && (await metric('gemini_queue_length')) === 1;
		});

		for (const secret of keys) simulator().service.setFaults([], secret);
		let isAnswered = false;
		void asked.finally(() => (isAnswered = true)).catch(() => undefined);
		const resting = window.quickPick('sim-good-1');
		await until('the end of the rest', async () => {
			// It may have ended by itself just now.
			if (isAnswered) return true;
			await window.palette('Keypool: Clear the Rest');
			return (await appears(resting, 5_000)) && succeeds(resting.click({ timeout: 3_000 }));
		});
		assert.ok(((await asked).text ?? '').length > 0);
		await row('curl')
			.filter({ hasText: /^curl\s*4 requests today/ })
			.waitFor();
		await key('sim-good-').filter({ hasText: 'usable' }).filter({ hasText: 'today' }).waitFor();
		await can(/[1-3]\/5/);
		await dashboard.figure('waiting', '0');
		await dashboard.newest.filter({ hasText: 'gateway:curl' }).filter({ hasText: 'sim-good-' }).waitFor();
		await dashboard.locator('[data-option="client"]').click();
		await dashboard.locator('th:visible', { hasText: 'gateway:curl' }).first().waitFor();
		await window.screenshot('gateway-dashboard');
		await until('the metrics of an answer', async () => {
			return (await metric(answered)) === before + 1 && (await metric('gemini_queue_length')) === 0;
		});
		await dashboard.close();
		await window.palette('Keypool: Show Log');
		for (const line of ['gateway:curl] waiting: ', 'gateway:curl] answered: sim-good-'])
			await window.outputLines(line).first().waitFor();
	});

	it('opens a terminal whose tools ask it, until it is closed', async () => {
		await window.palette('Keypool: Open Terminal with the Gateway');
		await dialog('Let gemini-cli sign in with a key?').waitFor();
		await window.screenshot('gateway-pin');
		await window.dialogButton('Set It').click();
		await window.page.locator('.terminal.xterm').first().waitFor();
		const pinned: unknown = JSON.parse(readFileSync(path.join(home, '.gemini/settings.json'), 'utf8'));
		assert.deepEqual(pinned, { security: { auth: { selectedType: 'gemini-api-key' } } });
		await row('terminal').waitFor();
		const names = ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'GOOGLE_API_KEY'];
		const file = path.join(home, 'seen.txt');
		const seen = (written = file): readonly string[] => {
			try {
				return readFileSync(written, 'utf8').split('|');
			} catch {
				return [];
			}
		};
		await window.page.locator('.xterm-helper-textarea:focus').waitFor();
		await window.type(`printf '%s|' ${names.map((name) => `"\${${name}-unset}"`).join(' ')} end > ${file}\n`);
		await until('the terminal’s environment', () => seen().includes('end'));
		const [given = '', ...others] = seen();
		assert.match(given, /^kp_[\w-]{43}$/);
		assert.deepEqual(others.slice(0, 5), [address(), given, `${address()}/v1`, 'unset', 'end']);
		assert.equal(await status(given), 200);
		// A tool that is told nothing but its environment, on the computer that the terminal is on.
		const [program, answer] = [path.join(home, 'tool.cjs'), path.join(home, 'answer.txt')];
		const call = `new GoogleGenAI({}).models.generateContent({ model: '${model}', contents: 'Here? [short]' })`;
		writeFileSync(
			program,
			`const { GoogleGenAI } = require(${JSON.stringify(path.join(root, 'node_modules/@google/genai'))});
			const write = (text) => require('node:fs').writeFileSync(${JSON.stringify(answer)}, text + '|end');
			${call}.then(({ text }) => write(text), (error) => write('failed: ' + error.message));`,
		);
		await window.type(`"${process.execPath}" "${program}"\n`);
		await until('the answer in the terminal', () => seen(answer).includes('end'));
		assert.match(seen(answer)[0] ?? '', /sim-answer-/);
		await row('terminal').filter({ hasText: '1 request today' }).waitFor();
		await window.screenshot('gateway-terminal');
		await window.type('exit\n');
		await row('terminal').waitFor({ state: 'detached' });
		assert.equal(await status(given), 401);
		assert.equal(await status(token), 200);
	});

	it('lets a tool do what a person says, and no more', async () => {
		const rules = window.quickInputTitle('What may curl do?');
		// The menu can give the focus back so late that it closes the list, or the box.
		const setRule = (rule: string, text: string, shown: string) =>
			until(`the rule ${rule}`, async () => {
				if (!(await rules.isVisible())) await window.contextMenuOf(row('curl'), 'Set a Tool');
				const isOpen =
					(await succeeds(window.quickPick(rule).click({ timeout: 3_000 }))) &&
					(await appears(window.quickInputTitle(rule)));
				const isTyped = isOpen && (await succeeds(window.fillQuickInput(text, 3_000)));
				if (isTyped) await window.press('Enter');
				return isTyped && appears(window.quickPick(rule).filter({ hasText: shown }));
			});
		await opens(rules, () => window.contextMenuOf(row('curl'), 'Set a Tool'));
		await window.screenshot('gateway-rules');
		await setRule('Which models', 'gemini-3.5-flash-lite', 'gemini-3.5-flash-lite');
		await window.press('Escape');
		const refused = tool().models.generateContent({ model, contents: 'May I?' });
		await assert.rejects(refused, (error: unknown) => error instanceof Error && error.message.includes('403'));
		await setRule('Which models', '', 'any model');
		await setRule('Models that may stand in', 'gemini-3.5-flash-lite', 'gemini-3.5-flash-lite');
		await window.quickPick('Works in batches').click();
		await window.quickPick('Works in batches').filter({ hasText: 'yes' }).waitFor();
		await window.screenshot('gateway-rules-set');
		await window.press('Escape');
		await window.hover(row('curl'), window.page.locator('.monaco-hover', { hasText: 'Works in batches' }));
	});

	it('is taken over within 5 s by another window, with the same tokens', async () => {
		const second = await workbench().open();
		await second.openContainer();
		await row('curl', second).filter({ hasText: '4 requests today' }).waitFor();
		await second.palette('Keypool: Show Log');
		assert.equal(await second.outputLines('the gateway answers').count(), 0, 'the first window has the port');
		await window.page.goto('about:blank');
		const isAnswered = (): Promise<void> =>
			until('the other window’s answer', async () => (await status(token)) === 200);
		const { took, lateMs } = await timed(isAnswered, second);
		assert.ok(took < promised + 5 * lateMs, `after ${took} ms, with a window that was ${lateMs} ms late`);
		await second.outputLines('the gateway answers').first().waitFor();
		await tool().models.generateContent({ model, contents: 'Still there? [short]' });
		await row('curl', second).filter({ hasText: '5 requests today' }).waitFor();
		assert.equal(await second.notification('is taken by another program').count(), 0);
		window = second;
	});

	it('answers a tool no more once its token is revoked, and stops when a person stops it', async () => {
		await opens(dialog('Revoke the token of curl?'), async () => {
			await row('curl').click();
			await row('curl').locator('.action-label[aria-label^="Revoke"]').click();
		});
		await window.screenshot('gateway-revoke');
		await window.dialogButton('Revoke').click();
		await row('curl').waitFor({ state: 'detached' });
		assert.equal(await status(token), 401);
		await window.palette('Keypool: Stop Gateway');
		await window.notice('The gateway is off.');
		await until('a free port', async () => (await status(token)) === 0);
		await window.view('Gateway').waitFor({ state: 'detached' });
	});

	it('says that another program has the port, with what to do, and takes it once it is free', async () => {
		const heard: string[] = [];
		const other = createServer((socket) => socket.on('data', (data) => heard.push(data.toString())));
		other.listen(port, '127.0.0.1');
		await once(other, 'listening');
		await window.palette('Keypool: Start Gateway');
		await window.notice(`Port ${port} for the gateway is taken by another program.`);
		await window.view('Gateway').getByText('End that program, or choose another port').waitFor();
		await window.screenshot('gateway-port-taken');
		assert.ok(!heard.some((text) => text.includes('kp_')), 'a token went to another program');
		other.close();
		await until('the port', async () => (await status('nobody')) === 401);
		await window.view('Gateway').getByText('No tool is connected yet.').waitFor();
		assert.deepEqual(window.errors, []);
	});
});
