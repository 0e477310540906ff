import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sampleFiles } from '../../../scripts/start/sample';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('the code of an answer with characters that nobody sees', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files: sampleFiles }));
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openFile('fibonacci.ts');
		await window.openContainer();
		const chat = new Chat(window);
		// An answer of the simulator quotes the question.
		await chat.input.fill(`Look\n\`\`\`ts\nlet a\u202eb = 1;\n\`\`\``);
		await chat.input.press('Enter');
		await chat.finished('Look');
	});

	const button = (name: string) => window.webview().locator('blockquote').getByRole('button', { name });
	const dialog = () => window.page.locator('.monaco-dialog-box');
	const answerDialog = async (name: string): Promise<void> => {
		await dialog()
			.getByText('This code contains invisible characters, or characters that change the order of others: U+202E.')
			.waitFor();
		await dialog().getByRole('button', { name }).click();
		await dialog().waitFor({ state: 'detached' });
	};
	const clipboard = (): Promise<string> => window.page.evaluate<string>('navigator.clipboard.readText()');

	it('is inserted with them, without them, or not at all, as the person decides', async () => {
		await window.openFile('fibonacci.ts');
		await window.press('Control+End');
		const inserted = async (): Promise<string> => (await window.editorText()).split('\n').at(-1) ?? '';
		const before = await inserted();
		await button('Insert at the cursor').click();
		await dialog().waitFor();
		await window.screenshot('hidden-characters-dialog');
		await answerDialog('Cancel');
		assert.equal(await inserted(), before);
		await button('Insert at the cursor').click();
		await answerDialog('Leave Them Out');
		await until('the code', async () => (await window.editorText()).includes('let ab = 1;'));
	});

	it('becomes a proposed change, or a new file, after the same question', async () => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 3);
		await button('Apply to the selection…').click();
		await answerDialog('Leave Them Out');
		await window.page.locator('.monaco-diff-editor .modified .view-lines', { hasText: 'let ab = 1;' }).waitFor();
		await window.palette('Keypool: Reject the Change');
		await button('Put into a new file').click();
		await answerDialog('Keep Them');
		await window.page.locator('.tab', { hasText: 'Untitled-1' }).waitFor();
	});

	it('is copied as it is, which is said, and without them on demand', async () => {
		await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await button('Copy the code').click();
		const serviceMessage =
			'The copied text contains invisible characters, or characters that change the order of others: U+202E.';
		await window.notification(serviceMessage).waitFor();
		await until('the copied code', async () => (await clipboard()) === 'let a\u202eb = 1;\n');
		await window.pressOnNotification(serviceMessage, 'Copy Without Them');
		await until('the clean code', async () => (await clipboard()) === 'let ab = 1;\n');
		assert.deepEqual(window.errors, []);
	});
});
