import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../src/simulator/scenario';
import type { Entry } from '../../src/simulator/service';
import { sendsOf } from '../vscode/agreement';
import { sampleFiles } from '../vscode/sample';
import { useSimulator } from './simulated';
import { until } from './until';
import type { Window } from './window';
import { useWorkbench } from './workbench';

const secret = ['SERVICE', 'PASSWORD=correct-horse'].join('_');

const files = {
	...sampleFiles,
	'.env': `${secret}\n`,
	'wrong.ts': 'export const n: number = "one";\n',
	'huge.txt': 'all work and no play\n'.repeat(250_000),
};

describe('commands on the code in front', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: simulator().envWithKeys, files, settings: { 'git.enabled': true } }),
	);
	let window: Window;
	before(async () => {
		writeFileSync(path.join(workbench().folder, 'picture.bin'), Buffer.from([0x89, 0x50, 0, 0, 0xff, 0xfe, 0x0a]));
		window = await workbench().open();
	});

	const sends = () => sendsOf(simulator().service.log);
	const lastSent = (): Entry => sends().at(-1) ?? assert.fail('nothing was sent');
	const onDisk = (name: string) => readFileSync(path.join(workbench().folder, name), 'utf8');

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
		await window.palette('Keypool: Accept Change');
		await window.activeTab(/^fibonacci\.ts$/).waitFor();
		await window.press('Control+S');
		await until('the new code on the disk', () => onDisk('fibonacci.ts').includes('function greet'));
		assert.match(
			onDisk('fibonacci.ts'),
			/^\/\*\* The nth number[^\n]*\nexport function greet[^]*\n\nconsole\.log\(fib/,
		);
		await window.press('Control+Z');
		await window.press('Control+S');
		await until('the old code on the disk', () => onDisk('fibonacci.ts') === sampleFiles['fibonacci.ts']);
	});

	it('document: without a selection it takes the symbol at the cursor and says so; rejected, nothing changes', async () => {
		await window.openFile('fibonacci.ts');
		await window.press('Control+Home', 'ArrowDown', 'ArrowDown', 'ArrowDown');
		const hold = simulator().service.hold();
		try {
			await window.palette('Keypool: Document Code');
			await window.notification('Document: “fibonacci”, where the cursor is').waitFor();
			await hold.reached;
			await window.screenshot('editor-progress');
		} finally {
			hold.release();
		}
		await window.activeTab('Document (gemini-3.8-flash').waitFor();
		await window.palette('Keypool: Reject Change');
		await window.activeTab(/^fibonacci\.ts$/).waitFor();
		assert.equal(onDisk('fibonacci.ts'), sampleFiles['fibonacci.ts']);
	});

	it('edit: asks what shall change, names the code, and sends the instruction', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(9, 10);
		await window.palette('Keypool: Edit Code…');
		await window.page.getByText('Edit: the selected code').waitFor();
		await window.screenshot('editor-edit');
		await window.answerInput('Print ten numbers');
		await window.activeTab('fibonacci.ts, lines 9–10: Edit (gemini-3.8-flash').waitFor();
		assert.match(lastSent().question ?? '', /Print ten numbers/);
		await window.palette('Keypool: Reject Change');
	});

	it('tests: come as a new unsaved file beside the code', async () => {
		await window.openFile('fibonacci.ts');
		await window.palette('Keypool: Write Tests');
		await window.activeTab('fibonacci.test.ts').waitFor();
		await window.page.locator('.statusbar', { hasText: 'Tests by gemini-3.8-flash · sim-good-' }).waitFor();
		assert.match(await window.editorText(), /function greet/);
		await window.screenshot('editor-tests');
		await window.palette('File: Revert and Close Editor');
	});

	it('the light bulb: offers a fix where the editor reports a problem', async () => {
		await window.openFile('wrong.ts');
		await window.page.locator('.squiggly-error').first().waitFor();
		await window.press(
			'Control+Home',
			'Control+Shift+ArrowRight',
			'Control+Shift+ArrowRight',
			'Control+Shift+ArrowRight',
		);
		await window.press('Control+.');
		await window.page.locator('.action-widget').getByText('Fix with Keypool').click();
		await window.activeTab('wrong.ts, line 1: Fix').waitFor();
		assert.match(lastSent().question ?? '', /The editor reports:\n- line 1: Type 'string' is not assignable/);
		await window.palette('Keypool: Reject Change');
	});

	it('refuses binary data and five megabytes in words, and sends nothing', async () => {
		const before = sends().length;
		await window.openFile('huge.txt');
		await window.press('Control+A');
		await window.palette('Keypool: Explain Selection');
		await window.notification('at most 256 KB go along. Select less. Nothing was sent.').waitFor();
		await window.screenshot('editor-too-large');
		await window.palette('Notifications: Clear All Notifications');
		assert.equal(sends().length, before);
	});

	it('asks before a file of secrets goes to Google, and takes no for an answer', async () => {
		const before = sends().length;
		await window.openFile('.env');
		await window.palette('Keypool: Explain Selection');
		await window.page.locator('.monaco-dialog-box').getByText('.env is a file that can hold secrets').waitFor();
		await window.screenshot('editor-secret');
		await window.dialogButton('Cancel').click();
		await window.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
		assert.equal(sends().length, before);
	});

	it('stops where the person stops it, and tells why there is no answer', async () => {
		await window.openFile('fibonacci.ts');
		const hold = simulator().service.hold();
		try {
			await window.palette('Keypool: Fix Code');
			await hold.reached;
			await window.notification('Fix:').getByRole('button', { name: 'Cancel' }).click();
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
		git('add', '.env', 'fibonacci.ts');
		await window.palette('Git: Open Repository');
		await window.reload();
		await window.palette('Keypool: Write Commit Message');
		await window.page.locator('.monaco-dialog-box').getByText('These changes can hold secrets: .env').waitFor();
		await window.dialogButton('Leave Out').click();
		const box = window.page.locator('.scm-view .scm-input .view-lines');
		await box.getByText('A simulated answer').waitFor();
		await window.page.locator('.statusbar', { hasText: 'Message by gemini-3.8-flash' }).waitFor();
		await window.screenshot('editor-commit');
		const { question = '' } = lastSent();
		assert.ok(question.includes('fibonacci.ts') && !question.includes(secret), question);
		assert.deepEqual(window.errors, []);
	});
});
