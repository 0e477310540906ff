import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('the code of an answer', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files: sampleFiles }));
	let window: Window;
	before(async () => {
		window = await workbench().open();
		const chat = new Chat(window);
		await window.openFile('fibonacci.ts');
		await chat.ask('How do I greet?');
		await chat.finished('How do I greet?');
	});

	const button = (name: string) => window.webview().getByRole('button', { name });
	const tab = (name: string) => window.page.locator('.tab', { hasText: name });
	const cursor = (at: string | RegExp) => window.page.locator('[id="status.editor.selection"]', { hasText: at });
	const editorText = async () =>
		(await window.page.locator('.editor-instance .view-lines').last().innerText()).replaceAll('\u00a0', ' ');

	it('replaces the selection once the diff is accepted, and not before', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await button('Apply to the selection…').click();
		await tab('fibonacci.ts: proposed change').waitFor();
		await window.page
			.locator('.monaco-diff-editor .modified .view-lines', {
				hasText: 'greet',
			})
			.waitFor();
		await window.screenshot('proposed-change');
		await window.palette('Keypool: Reject the Change');
		await tab('fibonacci.ts: proposed change').waitFor({ state: 'detached' });
		await eventually(async () => assert.match(await editorText(), /fibonacci\(n: number\)/));

		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await button('Apply to the selection…').click();
		await window.page
			.locator('.monaco-diff-editor .modified .view-lines', {
				hasText: 'greet',
			})
			.waitFor();
		await window.palette('Keypool: Accept the Change');
		await tab('fibonacci.ts: proposed change').waitFor({ state: 'detached' });
		await eventually(async () => {
			const text = await editorText();
			assert.match(text, /function greet/);
			assert.doesNotMatch(text, /export function fibonacci/);
			assert.match(text, /The nth number of Fibonacci/);
			assert.match(text, /console\.log\(fibonacci\(90\)\)/);
		});
		// Last of all it is selected: a cursor that is moved before would be moved back.
		await cursor(/^Ln 6, .*selected/).waitFor();
	});

	it('goes to the cursor, and into a new file of its language', async () => {
		await window.openFile('fibonacci.ts');
		await window.toEndOfFile('Ln 9, Col 1');
		await button('Insert at the cursor').click();
		await until('the code twice', async () => (await editorText()).split('function greet').length === 3);
		await button('Put into a new file').click();
		await tab('Untitled-1').waitFor();
		await window.page.locator('[id="status.editor.mode"]', { hasText: 'TypeScript' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});
