import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import type { Entry } from '../../../src/simulator/service';
import { sendsOf } from '../../../scripts/start/agreement';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens, succeeds, twoFrames, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const secret = ['SERVICE', 'PASSWORD=correct-horse'].join('_');

const files = {
	...sampleFiles,
	'.env': `${secret}\n`,
	'renamed.ts': sampleFiles['fibonacci.ts'] ?? '',
	'capitals.csv': 'id,prompt\n7,"What is the capital of France? [short]"\n8,"And of Việt Nam, ""Hà Nội""? [short]"\n',
	'broken.jsonl': '{"prompt":"Is this sent?"}\n{"prompt":\n',
	'page.css': '.first {\n\tcolor: red;\n}\n\n.second {\n\tcolr: blue;\n}\n',
	// The editor takes it for text, because it looks at the beginning alone.
	'picture.bin': `${'text '.repeat(200)}${'\0\u0001'.repeat(50)}`,
	'huge.txt': 'all work and no play\n'.repeat(250_000),
};

describe('commands on the code in front', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			files,
			isComplete: true,
			settings: { 'git.enabled': true },
		}),
	);
	let window: Window;
	before(async () => {
		window = await workbench().open();
	});
	beforeEach(() => window.palette('View: Close All Editors'));

	const sends = () => sendsOf(simulator().service.log);
	const lastSent = (): Entry => sends().at(-1) ?? assert.fail('nothing was sent');
	const onDisk = (name: string) => readFileSync(path.join(workbench().folder, name), 'utf8');
	/** Saves the file in front until what is on the disk is as it shall be: an editor that has just come to the front may lose the keys. */
	const saved = (name: string, isRight: (text: string) => boolean): Promise<void> =>
		until(`${name} on the disk`, async () => {
			await window.press('Control+S');
			for (const end = performance.now() + 3_000; performance.now() < end && !isRight(onDisk(name));)
				await window.page.evaluate(twoFrames);
			return isRight(onDisk(name));
		});
	const fix = () => window.page.locator('.action-widget').getByText('Fix with Keypool');
	/** Chooses the fix in the widget, which takes no click that comes right after it opened. */
	const chooseFix = (): Promise<void> =>
		opens(window.activeTab('page.css, lines 5–7: Fix'), async () => {
			if (await fix().isVisible()) await fix().click();
		});

	it('fix: the new code comes as a diff that names who wrote it, and is accepted', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.contextMenu('Keypool', 'Fix Code');
		await window.activeTab('fibonacci.ts, lines 2–8: Fix (gemini-3.8-flash · sim-good-').waitFor();
		assert.match(
			lastSent().question ?? '',
			/wrong with this code[^]*File: fibonacci\.ts \(typescript\)[^]*let \[a, b\]/,
		);
		await window.page.getByText('function greet').first().waitFor();
		await window.screenshot('editor-fix');
		assert.equal(onDisk('fibonacci.ts'), sampleFiles['fibonacci.ts'], 'nothing has changed yet');
		// Where it is moved, its tab is closed in one group and opened in another.
		await window.palette('View: Move Editor into Next Group');
		await window.palette('Keypool: Accept the Change');
		// Until it has gone, it would be what is saved, under another name.
		await window.page.locator('.tab', { hasText: 'fibonacci.ts, lines 2–8: Fix' }).waitFor({ state: 'detached' });
		await window.activeTab(/^fibonacci\.ts$/).waitFor();
		await window.page.locator('.editor-instance .monaco-editor.focused').waitFor();
		await saved('fibonacci.ts', (text) => text.includes('function greet'));
		assert.match(
			onDisk('fibonacci.ts'),
			/^\/\*\* The nth number[^\n]*\nexport function greet[^]*\n\nconsole\.log\(fib/,
		);
		// One undo takes the whole change back.
		await window.press('Control+Z');
		await saved('fibonacci.ts', (text) => text === sampleFiles['fibonacci.ts']);
	});

	it('document: without a selection it takes the symbol at the cursor and says so; rejected, nothing changes', async () => {
		await window.openFile('page.css');
		await opens(window.page.locator('.breadcrumbs-control', { hasText: '.first' }), () =>
			window.press('Control+Home', 'ArrowDown'),
		);
		const hold = simulator().service.hold();
		try {
			await window.palette('Keypool: Document Code');
			await window.notification('Document: “.first”, where the cursor is').waitFor();
			await hold.reached;
			await window.screenshot('editor-progress');
		} finally {
			hold.release();
		}
		await window.activeTab('page.css, lines 1–3: Document (gemini-3.8-flash').waitFor();
		await window.palette('Keypool: Reject the Change');
		await window.activeTab(/^page\.css$/).waitFor();
		assert.equal(onDisk('page.css'), files['page.css']);
	});

	it('edit: asks what shall change, names the code, and sends the instruction', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(9, 10);
		await window.paletteOpens('Keypool: Edit Code…', window.page.getByText('Edit: the selected code'));
		await window.screenshot('editor-edit');
		await window.answerInput('Print ten numbers');
		await window.activeTab('fibonacci.ts, lines 9–10: Edit (gemini-3.8-flash').waitFor();
		assert.match(lastSent().question ?? '', /Print ten numbers/);
		await window.palette('Keypool: Reject the Change');
	});

	it('says so where the file of a proposed change is renamed, whose diff VS Code closes', async () => {
		await window.openFile('renamed.ts');
		await window.selectLines(9, 10);
		await window.paletteOpens(
			'Keypool: Edit Code…',
			window.page.locator('.quick-input-title', { hasText: 'Edit: the selected code' }),
		);
		await window.answerInput('Print ten numbers');
		const diff = window.activeTab('renamed.ts, lines 9–10: Edit (gemini-3.8-flash');
		await diff.waitFor();
		const row = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'renamed.ts' });
		await opens(row, () => window.palette('View: Show Explorer'));
		const box = window.page.locator('.explorer-folders-view .monaco-inputbox input');
		await opens(box, async () => {
			await row.click();
			await window.press('F2');
		});
		await box.fill('by-another-name.ts');
		await box.press('Enter');
		await window.notice('The file of the proposed change was deleted or renamed.');
	});

	it('tests: come as a new unsaved file beside the code', async () => {
		await window.openFile('fibonacci.ts');
		await window.palette('Keypool: Write Tests');
		await window.activeTab('fibonacci.test.ts').waitFor();
		await window.page
			.locator('.statusbar', {
				hasText: 'Tests by gemini-3.8-flash · sim-good-',
			})
			.waitFor();
		await eventually(async () => assert.match(await window.editorText(), /function greet/));
		await window.screenshot('editor-tests');
		await window.palette('View: Revert and Close Editor');
	});

	it('the light bulb: offers a fix where the editor reports a problem, and tells the model of it', async () => {
		await window.openFile('page.css');
		await window.page.locator('.squiggly-warning').waitFor();
		const toProblem = [
			'Control+End',
			'ArrowUp',
			'ArrowUp',
			'End',
			'ArrowLeft',
			'Control+ArrowLeft',
			'Control+ArrowLeft',
		];
		await opens(fix(), () => window.press(...toProblem, 'Control+.'));
		await window.screenshot('editor-bulb');
		await chooseFix();
		assert.match(lastSent().question ?? '', /The editor reports:\n- line 2: Unknown property: 'colr'/);
		await window.palette('Keypool: Reject the Change');
	});

	it('the hover of a problem: offers the fix of the code that has it, wherever the cursor is', async () => {
		await window.openFile('page.css');
		await window.press('Control+Home');
		await window.page.locator('.squiggly-warning').waitFor();
		const quickFix = window.page.locator('.hover-row.status-bar').getByText('Quick Fix');
		await opens(fix(), async () => {
			await window.hover(window.page.locator('.view-lines').getByText('colr', { exact: true }), quickFix);
			await succeeds(quickFix.click({ timeout: 3_000 }));
		});
		await chooseFix();
		assert.match(lastSent().question ?? '', /The editor reports:\n- line 2: Unknown property: 'colr'/);
		await window.palette('Keypool: Reject the Change');
	});

	it('refuses binary data and five megabytes in words, and sends nothing', async () => {
		const before = sends().length;
		await window.openFile('picture.bin');
		await window.press('Control+A');
		await window.palette('Keypool: Explain Selection');
		await window.notification('picture.bin is not text: it contains binary data. Nothing was sent.').waitFor();
		await window.openFile('huge.txt');
		await window.press('Control+A');
		await window.palette('Keypool: Explain Selection');
		await window.notification('at most 256 KB can be sent. Select less. Nothing was sent.').waitFor();
		await window.screenshot('editor-too-large');
		await window.palette('Notifications: Clear All Notifications');
		assert.equal(sends().length, before);
	});

	it('asks before a file of secrets goes to Google, and takes no for an answer', async () => {
		const before = sends().length;
		await window.openFile('.env');
		await window.palette('Keypool: Explain Selection');
		await window.page.locator('.monaco-dialog-box').getByText('.env is a file that may contain secrets').waitFor();
		await window.screenshot('editor-secret');
		await window.dialogButton('Cancel').click();
		await window.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
		assert.equal(sends().length, before);
	});

	it('batch: a table of prompts is answered into a table beside it; one that is broken is refused whole', async () => {
		await window.openFile('capitals.csv');
		await window.palette('Keypool: Run Batch File…');
		await window.page.locator('.monaco-dialog-box').getByText('capitals.csv contains 2 prompts.').waitFor();
		await window.screenshot('editor-batch');
		await window.dialogButton('Ask 2').click();
		await window.pressOnNotification('capitals.csv: 2 answered, 0 failed.', 'Open Results');
		await window.activeTab('capitals.csv.results.csv').waitFor();
		await window.screenshot('editor-batch-results');
		const [header, first = '', second = ''] = onDisk('capitals.csv.results.csv').split(/\n(?=\d,)/);
		assert.match(header ?? '', /^index,prompt,status,answer,model,key,.*,id$/);
		const nonces = sends()
			.slice(-2)
			.map(({ nonce = 'none' }) => nonce);
		assert.ok(nonces.every((nonce) => `${first}${second}`.split(nonce).length === 2));
		assert.match(
			first,
			/^1,What is the capital of France\? \[short\],answered,[^]*,gemini-3\.8-flash,sim-good-\d,[^]*,7$/,
		);
		assert.match(second, /^2,"And of Việt Nam, ""Hà Nội""\? \[short\]",answered,[^]*,8\n$/);

		const before = sends().length;
		// From the results it is the prompts that are run again.
		await window.palette('Keypool: Run Batch File…');
		await window.page.locator('.monaco-dialog-box').getByText('capitals.csv contains 2 prompts.').waitFor();
		await window.page.locator('.monaco-dialog-box').getByText('2 of them have an answer in').waitFor();
		await window.dialogButton('Cancel').click();
		await window.openFile('broken.jsonl');
		await window.palette('Keypool: Run Batch File…');
		await window.notification('broken.jsonl, line 2 is not valid JSON. Nothing was sent.').waitFor();
		assert.equal(sends().length, before);
	});

	it('stops where the person stops it, and tells why there is no answer', async () => {
		await window.openFile('fibonacci.ts');
		const hold = simulator().service.hold();
		try {
			await window.palette('Keypool: Fix Code');
			await hold.reached;
			await window.pressOnNotification('Fix:', 'Cancel');
			await until('the end of the call', () => lastSent().end === 'aborted');
		} finally {
			hold.release();
		}
		simulator().service.setFaults([{ when: 'always', kind: 'blockedPrompt', reason: 'PROHIBITED_CONTENT' }]);
		try {
			await window.palette('Keypool: Fix Code');
			await window.notification('Google blocked the question or the answer for its content.').waitFor();
		} finally {
			simulator().service.setFaults([]);
		}
		await window.palette('Notifications: Clear All Notifications');
	});

	it('commit message: into the box of the source control view, without the file of secrets', async () => {
		const git = (...args: string[]) =>
			execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
				cwd: workbench().folder,
			});
		git('init', '-q');
		// Then names have other letters before them.
		git('config', 'diff.mnemonicPrefix', 'true');
		git('add', '.env', 'fibonacci.ts');
		await window.reload();
		await window.palette('Keypool: Write Commit Message');
		await window.page.locator('.monaco-dialog-box').getByText('These changes may contain secrets: .env').waitFor();
		await window.dialogButton('Leave Out').click();
		await window.page.locator('.statusbar', { hasText: 'Message by gemini-3.8-flash' }).waitFor();
		const box = window.page.locator('.scm-view .scm-input .view-lines');
		await box.getByText('That is all.').waitFor();
		await window.screenshot('editor-commit');
		const { question = '' } = lastSent();
		assert.ok(question.includes('fibonacci.ts') && !question.includes(secret), question);
	});

	it('/commit in the chat: the changes go along with the question, without the file of secrets', async () => {
		const chat = new Chat(window);
		await window.openContainer();
		await chat.input.fill('/commit [short]');
		await chat.input.press('Enter');
		await window.page.locator('.monaco-dialog-box').getByText('These changes may contain secrets: .env').waitFor();
		await window.dialogButton('Leave Out').click();
		await chat.finished('Write a commit message for these changes');
		await window.screenshot('chat-commit');
		const { question = '' } = lastSent();
		assert.ok(question.includes('fibonacci.ts') && !question.includes(secret), question);
		assert.deepEqual(window.errors, []);
	});
});
