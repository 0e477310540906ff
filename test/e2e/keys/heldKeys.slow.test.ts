import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { maskKey, redacted } from '../../../src/masking/masking';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** Shaped as Google's are. */
const secret = `AIza${'Sy-Held-By-Me_'.repeat(3).slice(0, 35)}`;
/** What nobody would notice, and the service reads as the key. */
const disguised = secret.replace('-', '%2D');

describe('a key of the person’s own in a prompt', () => {
	const { projects, ...scenario } = scenarioOf('two-good');
	const simulator = useSimulator({ ...scenario, projects, keys: [{ secret, project: 'good-1' }] });
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().env,
			files: {
				'config.ts': `export const port = 80;\nexport const name = '${disguised}';\n`,
				'prompts.txt': `What is one?\nWho has ${disguised}?\n\nWho has ${secret.slice(-20)}?\n`,
			},
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.paletteInput('Keypool: Add Key', secret);
		await window.notice(`Key 1 (${maskKey(secret)}) was added and works.`);
	});

	const sends = (): number => sendsOf(simulator().service.log).length;
	const dialog = () => window.page.locator('.monaco-dialog-box');
	const answerDialog = async (text: string, name: string): Promise<void> => {
		await dialog().getByText(text).waitFor();
		await dialog().getByRole('button', { name }).click();
		// The next dialog may already stand in its place.
		await dialog().getByText(text).waitFor({ state: 'detached' });
	};
	const asked = 'This question, or an attachment, contains one of your own Gemini keys. Send it?';

	it('is asked about in the chat, stays unsent when the person cancels, and is not in the answer', async () => {
		await window.openContainer();
		const question = `Who has ${disguised}? [short]`;
		await chat.input.fill(question);
		await chat.input.press('Enter');
		await dialog().getByText(asked).waitFor();
		await window.screenshot('held-key-in-a-question');
		await answerDialog(asked, 'Cancel');
		await window.webview().getByText('Nothing was sent: the text contains one of your keys.').waitFor();
		await eventually(async () =>
			assert.deepEqual([await chat.questions.count(), await chat.input.inputValue()], [0, question]),
		);
		assert.equal(sends(), 0);
		await chat.input.press('Enter');
		await answerDialog(asked, 'Send Anyway');
		// The simulator quotes the question.
		const { text } = await chat.finished('Who has');
		assert.ok(text.includes(redacted) && !text.includes(secret.slice(-12)), text);
		assert.equal(sends(), 1);
	});

	it('is asked about in the palette and in commands on code', async () => {
		await chat.ask(`And ${secret}? [short]`);
		await answerDialog(asked, 'Cancel');
		await window.openFile('config.ts');
		await window.selectLines(1, 2);
		await window.palette('Keypool: Explain Selection');
		await answerDialog(asked, 'Cancel');
		await window.palette('Keypool: Document Code');
		await answerDialog(asked, 'Cancel');
		assert.deepEqual([sends(), await chat.questions.count()], [1, 1]);
		await window.selectLines(1, 1);
		await window.palette('Keypool: Explain Selection');
		await chat.finished('Explain config.ts, line 1.');
	});

	it('is asked about in a batch file, which names the lines', async () => {
		const before = sends();
		const lines = 'prompts.txt: lines 2, 4 contain your own Gemini keys. Send them?';
		await window.openFile('prompts.txt');
		await window.palette('Keypool: Run Batch File');
		await dialog().getByText(lines).waitFor();
		await window.screenshot('held-key-in-a-batch');
		await answerDialog(lines, 'Cancel');
		assert.equal(sends(), before);
		await window.palette('Keypool: Run Batch File');
		await answerDialog(lines, 'Send Anyway');
		await dialog().getByRole('button', { name: 'Ask 3' }).click();
		await window.notification('prompts.txt: 3 answered, 0 failed.').waitFor();
		const results = (): string => readFileSync(path.join(workbench().folder, 'prompts.txt.results.jsonl'), 'utf8');
		await until('three answers', () => results().trimEnd().split('\n').length === 3);
		assert.equal(results().split(redacted).length, 3, results());
		assert.deepEqual(window.errors, []);
	});
});
