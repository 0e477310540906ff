import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { disagreements, sendsOf } from '../../../scripts/start/agreement';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('five keys, of which two are good', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files: sampleFiles }));
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});

	it('shows the status bar item of the extension', async () => {
		await window.statusBarItem('keypool.status').waitFor();
		await window.screenshot('status-bar');
		assert.deepEqual(window.errors, []);
	});

	it('a question by keyboard is answered although the first three keys cannot', async () => {
		const question = 'How do I reverse a list in TypeScript?';
		const hold = simulator().service.hold();
		try {
			await chat.ask(question);
			// Where no key gets that far, the chat says why.
			await Promise.race([hold.reached, chat.finished(question)]);
			const answer = chat.answerTo(question);
			await answer.getByText('A simulated answer').waitFor();
			// The first piece is on screen while the service still holds the rest back.
			await answer.and(window.webview().locator('[data-state="streaming"]')).waitFor();
			assert.equal(sendsOf(simulator().service.log).at(-1)?.end, 'open');
			await window.screenshot('first-piece');
		} finally {
			hold.release();
		}
		const shown = await chat.finished(question);
		assert.deepEqual(disagreements(shown, sendsOf(simulator().service.log)), []);
		assert.deepEqual(
			shown.attempts.map(({ label, outcome }) => [label, outcome]),
			[
				['sim-minute', 'rpm'],
				['sim-day', 'rpd'],
				['sim-invalid', 'badKey'],
				['sim-good-1', 'answered'],
			],
		);
		assert.equal(shown.fallbacks, 3);

		const row = (label: string) => window.treeRows('Keys').filter({ hasText: label });
		await row('sim-minute')
			.filter({ hasText: /resting 0:\d\d/ })
			.waitFor();
		await row('sim-day').filter({ hasText: 'day quota' }).waitFor();
		await row('sim-invalid').filter({ hasText: 'needs attention: not a valid key' }).waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: '2/5' }).waitFor();
		await window.screenshot('five-keys');
		assert.deepEqual(window.errors, []);
	});

	it('opens a link of an answer as it stands there, once VS Code has asked', async () => {
		const question = '[short] Where is [the page](https://example.com/find?q=a%26b%2Bc)?';
		await chat.ask(question);
		await chat.finished(question);
		await chat.answerTo(question).getByRole('link', { name: 'the page' }).click();
		const asks = window.page.locator('.monaco-dialog-box', {
			hasText: 'open the external website',
		});
		await asks.waitFor();
		assert.match((await asks.textContent()) ?? '', /example\.com\/find\?q=a%26b%2Bc/);
		await window.press('Escape');
		await asks.waitFor({ state: 'detached' });
	});

	it('explains a selection of a real file, from the menu of the editor', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await window.contextMenu('Keypool', 'Explain Selection');
		const shown = await chat.finished('Explain fibonacci.ts, lines 2–4.');
		const entry = sendsOf(simulator().service.log).at(-1);
		assert.ok(entry?.nonce !== undefined && shown.text.includes(entry.nonce));
		const lines = (sampleFiles['fibonacci.ts'] ?? '').split('\n').slice(1, 4).join('\n');
		const sent = entry.question ?? '';
		assert.ok(sent.includes(lines) && sent.includes('fibonacci.ts'), `the service was sent: ${sent}`);
		await chat.questions.last().getByText('fibonacci.ts, lines 2–4', { exact: true }).waitFor();
		await window.screenshot('explained');
	});

	it('stops at the press of a key, and keeps what had come', async () => {
		const question = 'What is a closure?';
		const hold = simulator().service.hold();
		try {
			await chat.ask(question);
			await hold.reached;
			const answer = chat.answerTo(question);
			await answer.getByText('A simulated answer').waitFor();
			await window.webview().getByRole('button', { name: 'Stop' }).press('Enter');
			await answer.getByText('Stopped. What had arrived is kept.').waitFor();
			assert.match(await answer.innerText(), /A simulated answer/);
			await until('the end of the call', () => sendsOf(simulator().service.log).at(-1)?.end === 'aborted');
		} finally {
			hold.release();
		}
	});

	it('draws an answer anew that broke off, without doubling', async () => {
		const { service } = simulator();
		// Its minute may be over by now: then it is to meet the same fault as the others, and none of its own.
		service.setFaults([], 'sim-minute');
		service.setFaults([{ when: { first: 1 }, kind: 'cutStream', afterPieces: 2 }]);
		const question = 'What is a monad?';
		const before = sendsOf(service.log).length;
		await chat.ask(question);
		const shown = await chat.finished(question);
		const sends = sendsOf(service.log).slice(before);
		assert.ok(sends.length >= 2);
		assert.equal(shown.attempts.length, sends.length);
		assert.equal(shown.attempts.filter(({ outcome }) => outcome === 'cutStream' || outcome === 'network').length, 1);
		assert.equal(shown.text.split('A simulated answer').length, 2);
		assert.ok(shown.text.includes(sends.at(-1)?.nonce ?? 'no nonce'));
	});

	it('has the conversation again after the window was reloaded', async () => {
		const question = 'Will this stay? [short]';
		await chat.ask(question);
		const shown = await chat.finished(question);
		await window.reload();
		await window.openContainer();
		assert.deepEqual(await chat.finished(question), shown);
		assert.deepEqual(window.errors, []);
	});
});
