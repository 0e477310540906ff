import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { Scenario } from '../../src/simulator/scenario';
import type { Entry, Fault, Quota } from '../../src/simulator/service';
import { sendsOf } from '../../scripts/start/agreement';
import { sampleFiles } from '../../scripts/start/sample';
import { Chat } from '../support/window/chat';
import { useSimulator } from '../support/window/simulated';
import { until } from '../support/window/until';
import type { Window } from '../support/window/window';
import { useWorkbench } from '../support/window/workbench';
import { MovedClock } from '../support/window/movedClock';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';
const wide: Quota = { rpm: 300, tpm: 1_000_000, rpd: 5000 };
const names = ['hour-1', 'hour-2', 'hour-3', 'hour-4'];
const scenario: Scenario = {
	description: 'four keys for an hour in which everything happens',
	projects: names.map((id) => ({ id, tier: 'free', quotas: { [flash]: wide, [lite]: wide } })),
	keys: names.map((id) => ({ secret: `sim-${id}`, project: id })),
	secrets: names.map((id) => `sim-${id}`),
};

const batchPrompts = Array.from({ length: 10 }, (_, n) => `Batch prompt number ${n + 1} of ten.`);
const files = { ...sampleFiles, 'prompts.txt': `${batchPrompts.join('\n')}\n` };
const Result = v.object({ index: v.number(), status: v.string(), answer: v.string(), key: v.string() });

/** A refusal for the minute, as somebody else who uses the same projects causes it. */
const refusal: Fault = { when: { first: 1 }, model: flash, kind: 'error', body: '429_rpm_free' };
/** The call after it breaks off in the middle. */
const cut: Fault = { when: { nth: 2 }, on: 'generation', kind: 'cutStream', afterPieces: 2 };

describe('a bad hour in two windows', function () {
	this.timeout(600_000);
	const clock = new MovedClock();
	after(() => clock.dispose());
	const simulator = useSimulator(scenario, clock.clock);
	const workbench = useWorkbench(() => Promise.resolve({ env: { ...simulator().envWithKeys, ...clock.env }, files }));

	/** Prompts that were answered once, whole, under the right label, or told until when. */
	let settled = 0;

	/** The one send of a prompt that was answered whole. */
	function answered(question: string): Entry & { readonly nonce: string } {
		const whole = sendsOf(simulator().service.log).filter(
			(entry) => entry.question?.includes(question) === true && entry.end === 'complete',
		);
		const [entry] = whole;
		assert.ok(entry?.nonce !== undefined && whole.length === 1, `“${question}” was answered ${whole.length} times`);
		return { ...entry, nonce: entry.nonce };
	}

	/** `beginning` stands once in every answer. */
	function check(question: string, text: string, key: string, beginning = 'You asked'): void {
		const entry = answered(question);
		assert.ok(text.includes(entry.nonce), `“${question}” shows the answer that the service gave: ${text}`);
		assert.equal(text.split(beginning).length - 1, 1, `“${question}” shows the answer once: ${text}`);
		assert.ok(entry.tail !== '' && key.endsWith(entry.tail), `“${question}”: ${key} is not the key of ${entry.tail}`);
		settled++;
	}

	/** A minute passes, and the first call of the next one is refused. */
	async function minute(...faults: readonly Fault[]): Promise<void> {
		await clock.move(60_000, 2);
		simulator().service.setFaults([refusal, ...faults]);
	}

	async function chat(window: Window, question: string): Promise<void> {
		const view = new Chat(window);
		await view.ask(question);
		const shown = await view.finished(question, 60_000);
		check(question, shown.text, shown.key);
	}

	async function edit(window: Window, instruction: string): Promise<void> {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.palette('Keypool: Edit Code…');
		await window.answerInput(instruction);
		const tab = window.activeTab(/fibonacci\.ts, lines 2–8: Edit/);
		await tab.waitFor({ timeout: 60_000 });
		const title = (await tab.getAttribute('aria-label')) ?? '';
		const code = window.page.locator('.monaco-diff-editor .modified .view-lines', {
			hasText: answered(instruction).nonce,
		});
		await code.waitFor();
		const shown = (await code.innerText()).replaceAll('\u00a0', ' ');
		check(instruction, shown, / · (\S+)\)/.exec(title)?.[1] ?? title, 'function greet');
		await window.palette('Keypool: Reject the Change');
		await tab.waitFor({ state: 'detached' });
	}

	/** Explains one line of the file, so that each window asks about another. */
	async function explain(window: Window, line: number): Promise<void> {
		await window.openFile('fibonacci.ts');
		await window.selectLines(line, line);
		await window.palette('Keypool: Explain Selection');
		await new Chat(window).questions.last().getByText(`fibonacci.ts, line ${line}`, { exact: true }).waitFor();
		const shown = await new Chat(window).finished(`Explain fibonacci.ts, line ${line}.`, 60_000);
		// The selection of a single line begins at its first character.
		const code = (sampleFiles['fibonacci.ts'] ?? '').split('\n')[line - 1]?.trim() ?? '';
		check(
			`Explain fibonacci.ts, line ${line}.\n\nFile: fibonacci.ts (typescript)\n\`\`\`typescript\n${code}`,
			shown.text,
			shown.key,
		);
	}

	/** The rows of the result file so far; it comes with the first answer. */
	function results() {
		const file = path.join(workbench().folder, 'prompts.txt.results.jsonl');
		const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
		return lines.filter((line) => line !== '').map((line) => v.parse(Result, JSON.parse(line)));
	}

	it('30 prompts from chat, selection and batch are answered once, whole, under the right label, or told until when', async () => {
		const first = await workbench().open();
		const second = await workbench().open();
		const windows = [first, second];
		for (const { page } of windows) page.setDefaultTimeout(60_000);
		const { service } = simulator();

		// Questions in both windows, while every minute begins with a refusal.
		for (const [n, window] of [...windows, ...windows].entries()) {
			await minute();
			await chat(window, `Chat question ${n + 1}, please. [short]`);
		}
		for (const [n, window] of windows.entries()) {
			await minute(cut);
			await chat(window, `Question ${n + 1} whose answer breaks off.`);
		}

		// One key turns out to be deleted.
		service.setFaults([{ when: 'always', kind: 'error', body: '400_api_key_invalid' }], 'sim-hour-4');
		for (const [n, window] of [...windows, ...windows].entries()) {
			await minute();
			await edit(window, `Change number ${n + 1}: count from one.`);
		}
		for (const [n, window] of windows.entries()) {
			await minute();
			await chat(window, `Question ${n + 1} after the changes. [short]`);
		}

		// The second window is reloaded in the middle of its batch, and resumes it.
		await minute();
		const slow = service.hold((entry) => entry.question === batchPrompts[4]);
		await second.openFile('prompts.txt');
		await second.palette('Keypool: Run Batch File…');
		await second.dialogButton('Ask 10').click();
		await slow.reached;
		await until('the answers of the others', () => {
			const complete = sendsOf(service.log).filter(
				({ question, end }) => batchPrompts.includes(question ?? '') && end === 'complete',
			);
			return complete.length === 9;
		});
		await second.notification('9 of 10').waitFor();
		await until('nine answers on the disk', () => results().length === 9);
		await second.reload();
		slow.release();
		await minute();
		await second.openFile('prompts.txt');
		await second.palette('Keypool: Run Batch File…');
		await second.dialogButton('Ask 1').click();
		await second.notification('prompts.txt: 10 answered, 0 failed.').waitFor({ timeout: 60_000 });
		for (const [n, prompt] of batchPrompts.entries()) {
			const row = results()[n];
			assert.equal(row?.index, n + 1);
			check(prompt, row.answer, row.key);
		}

		// The laptop sleeps for ten minutes in the middle of an answer.
		const nap = service.hold();
		const asleep = 'What happens during the nap?';
		await new Chat(first).ask(asleep);
		await nap.reached;
		await clock.move(600_000, 2);
		nap.release();
		const woken = await new Chat(first).finished(asleep, 60_000);
		check(asleep, woken.text, woken.key);

		await minute();
		await edit(second, 'A late change: name it better.');
		for (const [n, window] of windows.entries()) {
			await minute();
			await explain(window, n + 3);
		}
		for (const window of windows) {
			await window.openContainer();
			await window.treeRows('Keys').filter({ hasText: 'sim-hour-4' }).filter({ hasText: 'needs attention' }).waitFor();
		}

		// The day's quota ends: of the fallback model each key has one request left, and the last prompt is told until when.
		for (const name of names) {
			// It may have helped out before: somebody else uses the projects, and is left his share.
			const used = sendsOf(service.log).filter(
				({ project, model, outcome }) => project === name && model === lite && outcome === 'answered',
			);
			service.setQuota(name, flash, { ...wide, rpd: 1 });
			service.setQuota(name, lite, { ...wide, rpd: used.length + 1 });
		}
		for (const n of [1, 2, 3]) await chat(first, `Question ${n} at the end of the day. [short]`);
		const last = 'One more before the day is over?';
		await new Chat(first).ask(last);
		const answer = new Chat(first).answerTo(last);
		await answer
			.locator('[data-role="error"]')
			.filter({ hasText: /The first key is back/ })
			.waitFor({ timeout: 60_000 });
		await first.screenshot('bad-hour');
		settled++;

		assert.equal(settled, 30);
		const refused = sendsOf(service.log).filter(({ outcome }) => outcome.includes('429') || outcome.includes('rpm'));
		assert.ok(refused.length >= 15, `${refused.length} refusals`);
		assert.ok(sendsOf(service.log).some(({ end }) => end === 'broken'));
		for (const window of windows) assert.deepEqual(window.errors, []);
	});
});
