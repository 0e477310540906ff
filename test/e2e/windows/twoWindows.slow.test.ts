import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import type { Fault } from '../../../src/simulator/service';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, twoFrames, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const { keys, ...others } = scenarioOf('five-keys');
/** The minute is said to last for 50 s: it is looked at until after a reload. */
const longMinute: Fault = {
	when: 'always',
	model: 'gemini-3.8-flash',
	kind: 'error',
	body: '429_rpm_free_python_repr',
};
const scenario = {
	...others,
	keys: keys.map((key) => (key.secret === 'sim-minute' ? { ...key, faults: [longMinute] } : key)),
};

describe('two windows', () => {
	const simulator = useSimulator(scenario);
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	let first: Window;
	let second: Window;
	before(async () => {
		first = await workbench().open();
		second = await workbench().open();
		for (const window of [first, second]) {
			await window.openContainer();
			await shows(window, '5/5');
		}
	});

	const shows = (window: Window, text: string): Promise<void> =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();
	const row = (window: Window, label: string) => window.treeRows('Keys').filter({ hasText: label });
	const limited = async (window: Window): Promise<void> => {
		await row(window, 'sim-minute')
			.filter({ hasText: /resting 0:\d\d/ })
			.waitFor();
		await row(window, 'sim-day').filter({ hasText: 'day quota' }).waitFor();
		await row(window, 'sim-invalid').filter({ hasText: 'needs attention: not a valid key' }).waitFor();
		await shows(window, '2/5');
	};
	const attempts = async (window: Window, question: string) => {
		const chat = new Chat(window);
		await chat.ask(question);
		return (await chat.finished(question)).attempts.map(({ label, outcome }) => `${label} ${outcome}`);
	};
	/** Into the machine's settings: the one file of settings that the windows of a bare server share and watch. */
	const configure = async (window: Window, strategy: string): Promise<void> => {
		await window.palette('Preferences: Open Remote Settings (JSON)');
		await window.activeTab('settings.json').waitFor();
		await window.page.locator('.editor-instance .monaco-editor.focused').waitFor();
		const text = JSON.stringify({ 'keypool.strategy': strategy });
		const file = path.join(workbench().server.data, 'data/Machine/settings.json');
		// An editor that has just come to the front may lose the keys.
		await until('the settings on the disk', async () => {
			await window.press('Control+A');
			await window.page.keyboard.insertText(text);
			await window.press('Control+S');
			const isSaved = (): boolean => existsSync(file) && readFileSync(file, 'utf8').includes(text);
			for (const end = performance.now() + 3_000; performance.now() < end && !isSaved();)
				await window.page.evaluate(twoFrames);
			return isSaved();
		});
	};
	/** Waits until the hover over the window's status bar names the strategy. */
	const inForce = (window: Window, strategy: string): Promise<void> =>
		window.hover(
			window.statusBarItem('keypool.status'),
			window.page.locator('.workbench-hover', { hasText: `Strategy: ${strategy}` }),
		);

	it('limits that one meets are shown in the other, which does not meet them again', async () => {
		assert.deepEqual(await attempts(first, 'Which limits are there? [short]'), [
			'sim-minute rpm',
			'sim-day rpd',
			'sim-invalid badKey',
			'sim-good-1 answered',
		]);
		await limited(second);
		const before = sendsOf(simulator().service.log).length;
		const met = await attempts(second, 'Does the other window know? [short]');
		assert.equal(met.length, 1);
		assert.match(met[0] ?? '', /^sim-good-\d answered$/);
		assert.equal(sendsOf(simulator().service.log).length, before + 1);
		await limited(first);
		await first.screenshot('two-windows-first');
		await second.screenshot('two-windows-second');
	});

	/** What the rows of the key's models say of today. */
	const counters = async (window: Window, label: string): Promise<readonly string[]> => {
		const key = row(window, label);
		await key.click();
		if ((await key.getAttribute('aria-expanded')) !== 'true') await window.press('ArrowRight');
		const models = window.treeRows('Keys').filter({ hasText: 'gemini-' }).filter({ hasText: 'today' });
		await models.first().waitFor();
		const serviceMessage = await models.allInnerTexts();
		await window.press('ArrowLeft');
		return serviceMessage.map((text) => /[\d,]+ today/.exec(text)?.[0] ?? text);
	};

	it('a reload keeps rests and counters', async () => {
		const good = row(first, 'sim-good-1');
		const sent = sendsOf(simulator().service.log).filter(({ project }) => project === 'good-1').length;
		assert.ok(sent > 0);
		const counted = [`${sent} today`];
		await eventually(async () => assert.deepEqual(await counters(first, 'sim-good-1'), counted));
		const before = await good.innerText();
		await first.reload();
		await first.openContainer();
		await limited(first);
		await eventually(async () => assert.equal(await good.innerText(), before));
		await eventually(async () => assert.deepEqual(await counters(first, 'sim-good-1'), counted));
		await first.screenshot('two-windows-reloaded');
	});

	it('a strategy that is set in one decides in the other which key is next', async () => {
		const answeredBy = async (question: string) => (await attempts(second, question)).at(-1);
		await configure(first, 'primaryBackup');
		await inForce(second, 'primary keys first');
		assert.equal(await answeredBy('Who is first? [short]'), 'sim-good-1 answered');
		assert.equal(await answeredBy('And then? [short]'), 'sim-good-1 answered');
		await configure(second, 'roundRobin');
		await inForce(first, 'in turn');
		const turns = [await answeredBy('Whose turn is it? [short]'), await answeredBy('And whose now? [short]')];
		assert.deepEqual(turns.sort(), ['sim-good-1 answered', 'sim-good-2 answered']);
	});

	it('an abuse signal in one stops the other, and a resume in the other frees both', async () => {
		simulator().service.setFaults([
			{ when: 'always', on: 'generation', kind: 'error', body: '403_consumer_suspended' },
		]);
		await new Chat(first).ask('Is anything wrong? [short]');
		for (const window of [second, first]) await shows(window, 'paused');
		const before = sendsOf(simulator().service.log).length;
		await new Chat(second).ask('May I ask? [short]');
		await new Chat(second).answerTo('May I ask? [short]').locator('[data-role="error"]').waitFor();
		assert.equal(sendsOf(simulator().service.log).length, before);
		await second.screenshot('two-windows-paused');
		await second.palette('Keypool: Resume');
		for (const window of [second, first]) await shows(window, '/5');
		assert.deepEqual([...first.errors, ...second.errors], []);
	});
});

describe('a record of quotas that is damaged', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));

	it('is said once, and questions are answered all the same', async () => {
		const folder = path.join(workbench().server.data, 'data/User/globalStorage/keypool.keypool-gemini');
		mkdirSync(folder, { recursive: true });
		writeFileSync(path.join(folder, 'ledger-1.sqlite'), 'garbage'.repeat(2_000));
		const window = await workbench().open();
		await window.notification('record of quotas was damaged').waitFor();
		await window.screenshot('damaged-record');
		const chat = new Chat(window);
		await chat.ask('Does it work? [short]');
		assert.equal((await chat.finished('Does it work? [short]')).attempts.length, 1);
		await window.reload();
		await window.statusBarItem('keypool.status').filter({ hasText: '2/2' }).waitFor();
		assert.equal(await window.notification('record of quotas').count(), 0);
		assert.deepEqual(
			readdirSync(folder).filter((name) => name.endsWith('.sqlite')),
			['ledger-1.sqlite', 'ledger-2.sqlite'],
		);
		assert.deepEqual(window.errors, []);
	});
});
