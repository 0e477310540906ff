import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sendsOf } from '../../../scripts/start/agreement';
import { Chat } from '../../support/window/chat';
import {
	assertNoLink,
	bait,
	leads,
	hasRun,
	hostileFiles,
	hostileNames,
	hostileService,
} from '../../support/window/hostileWorkspace';
import { useSimulator } from '../../support/window/simulated';
import { appears, opens, twoFrames, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** Put together here, so that no text of ours holds anything like a key. */
const pasted = ['AI', 'za', 'S'.repeat(35)].join('');

describe('a hostile folder in Restricted Mode', () => {
	const { projects, keys, ...scenario } = scenarioOf('two-good');
	const simulator = useSimulator(
		{ ...scenario, projects, keys: [...keys, { secret: pasted, project: 'good-1' }] },
		undefined,
		hostileService,
	);
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			trustEverything: false,
			settings: { 'security.workspace.trust.startupPrompt': 'never' },
			files: hostileFiles(),
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.page.setViewportSize({ width: 1280, height: 1000 });
		await window.page.locator('[id="status.workspaceTrust"]').waitFor();
	});
	afterEach(() => assert.equal(hasRun(workbench()), false, 'the command of the attack ran'));

	const dialog = (): Locator => window.page.locator('.monaco-dialog-box');
	const quickInput = (): Locator => window.page.locator('.quick-input-widget');
	const status = (): Locator => window.page.locator('.statusbar');
	const sends = () => sendsOf(simulator().service.log);
	/** Puts the cursor on the first key of the file, or on one below it. */
	const onSymbol = async (downs: number): Promise<void> => {
		const found = window.page.locator('.breadcrumbs-control', { hasText: downs === 1 ? 'View' : 'AAA' });
		const line = status().getByText(`Ln ${downs + 1}, Col 7`);
		// A key that comes while a list closes is lost, or goes into the file, whose symbols are others then.
		await until('the symbol', async () => {
			await window.openFile(hostileNames.symbols);
			await window.press('Control+Home', ...Array<string>(downs).fill('ArrowDown'), 'Home', 'ArrowRight', 'ArrowRight');
			if ((await appears(line, 5_000)) && (await appears(found, 15_000))) return true;
			await window.palette('View: Revert and Close Editor');
			return false;
		});
	};
	const close = async (): Promise<void> => {
		await window.press('Escape');
		await window.palette('Notifications: Clear All Notifications');
	};
	/** Waits for the change that a command comes to propose: it would open over what is done next. */
	const rejected = async (): Promise<void> => {
		await window.activeTab(`${hostileNames.symbols}, lines`).waitFor();
		await window.palette('Keypool: Reject the Change');
		await window.palette('View: Close All Editors');
		await close();
	};
	/** Runs a command while the service keeps its answer back, and looks at what the notice says meanwhile. */
	const whileAnswering = async (command: string, text: string, look: (notice: Locator) => Promise<void>) => {
		const hold = simulator().service.hold();
		try {
			await window.palette(command);
			const notice = await window.notice(text);
			await hold.reached;
			await look(notice);
		} finally {
			hold.release();
		}
	};

	for (const [command, says] of [
		['Keypool: Fix Code', 'Fix: “[View]'],
		['Keypool: Document Code', 'Document: “[View]'],
	] as const) {
		it(`${command}: the name of the symbol is no link in the notice of progress`, async () => {
			await onSymbol(1);
			await whileAnswering(command, 'View', async (notice) => {
				await window.screenshot(`hostile-${command.replace(/\W+/g, '-')}`);
				await assertNoLink(notice);
				assert.ok((await notice.innerText()).includes(says), await notice.innerText());
			});
			await rejected();
		});
	}

	it('Fix Code: a name of 5,000 characters leaves the words around it to be read, and is no icon', async () => {
		await onSymbol(4);
		await whileAnswering('Keypool: Fix Code', 'AAA', async (notice) => {
			await assertNoLink(notice);
			const text = await notice.innerText();
			assert.match(text, /Fix: “\$ ?\(flame\)A+…/);
			assert.match(text, /”, where the cursor is/);
			assert.ok(text.length < 600, `${text.length} characters`);
		});
		await rejected();
	});

	it('Write Tests and Edit Code: neither progress, nor title, nor status bar', async () => {
		await onSymbol(1);
		await whileAnswering('Keypool: Write Tests', 'Tests: “[View]', assertNoLink);
		await status().getByText('Tests by').waitFor();
		await assertNoLink(status());
		await window.palette('View: Revert and Close Editor');
		await onSymbol(1);
		await window.paletteOpens('Keypool: Edit Code…', window.quickInputTitle('Edit: “[View]'));
		await assertNoLink(quickInput());
		await close();
	});

	it('Explain Selection: binary data and a file of secrets are named as they are called', async () => {
		const before = sends().length;
		await window.openFile(hostileNames.binary);
		await window.press('Control+A');
		await window.palette('Keypool: Explain Selection');
		await assertNoLink(await window.notice('is not text: it contains binary data'));
		await close();
		await window.openFile(hostileNames.secret);
		await window.palette('Keypool: Explain Selection');
		await dialog().getByText('is a file that may contain secrets').waitFor();
		await assertNoLink(dialog());
		await window.dialogButton('Cancel').click();
		await dialog().waitFor({ state: 'detached' });
		assert.equal(sends().length, before);
	});

	it('Run Batch File: the file’s name in the question, in the end, and in what is wrong with it', async () => {
		await window.openFile(hostileNames.lines);
		await window.palette('Keypool: Run Batch File…');
		await dialog().getByText('contains 1 prompt').waitFor();
		await assertNoLink(dialog());
		await window.dialogButton('Ask 1').click();
		await assertNoLink(await window.notice('1 answered, 0 failed'));
		await window.screenshot('hostile-batch');
		await close();
		await window.openFile(hostileNames.broken);
		await window.palette('Keypool: Run Batch File…');
		await assertNoLink(await window.notice('Nothing was sent'));
		await close();
	});

	it('Run Batch File: a model that is called like a link', async () => {
		await window.openFile(hostileNames.models);
		await window.palette('Keypool: Run Batch File…');
		await window.page.locator('.monaco-dialog-box, .notification-list-item').first().waitFor();
		if (await dialog().isVisible()) {
			await assertNoLink(dialog());
			await window.dialogButton('Ask 1').click();
			await window.notice('0 answered, 1 failed');
		}
		await assertNoLink(await window.notice(hostileNames.models));
		await close();
	});

	it('a key whose name came out of pasted JSON: notice, tree, list, status bar', async () => {
		await window.paletteInput('Keypool: Add Keys…', JSON.stringify({ [bait.link]: pasted }));
		await assertNoLink(await window.notice('was added and works.'));
		await window.screenshot('hostile-key');
		await close();
		await window.openContainer();
		const row = window.treeRows('Keys').filter({ hasText: '[View]' }).first();
		await assertNoLink(row);
		await window.palette('Keypool: Check All Keys');
		await assertNoLink(await window.notice('3 keys checked: '));
		await close();
		await window.contextMenuOf(row, 'Check Key');
		await assertNoLink(await window.notice('works.'));
		await close();
		await window.contextMenuOf(row, 'Remove Key');
		await assertNoLink(await window.notice('was removed'));
		await window.pressOnNotification('was removed', 'Undo');
		await assertNoLink(await window.notice('is back'));
		await close();
	});

	it('what the service says and how it calls its models: list of models, tree, hover, explanation', async () => {
		await window.paletteOpens('Keypool: Choose Model…', window.quickPick('gemini').first());
		await assertNoLink(quickInput());
		await close();
		const { service } = simulator();
		const secrets = [...scenario.secrets, pasted];
		const refused = { when: 'always', on: 'generation', kind: 'error', body: '403_service_disabled' } as const;
		for (const secret of secrets) service.setFaults([refused], secret);
		await chat.ask('Who answers now? [short]');
		// The row above them says whose failure made the pool pause.
		const row = window.treeRows('Keys').filter({ hasText: 'sim-good-1' }).last();
		await row.filter({ hasText: 'attention' }).waitFor();
		const hover = window.page.locator('.monaco-hover', { hasText: 'The service said' }).first();
		await window.hover(row, hover);
		await window.screenshot('hostile-hover');
		assert.deepEqual(
			(await leads(hover)).filter((lead) => !lead.startsWith('https://console.cloud.google.com/')),
			[],
		);
		assert.equal(await hover.locator('.codicon-flame, img').count(), 0);
		assert.ok((await hover.innerText()).includes(bait.addresses.slice(0, 24)), await hover.innerText());
		assert.ok(!(await hover.innerText()).includes('\\'), await hover.innerText());
		await window.contextMenuOf(row, 'Why?');
		await dialog().getByText('The service said').waitFor();
		await assertNoLink(dialog());
		await window.screenshot('hostile-why');
		await window.dialogButton('Close').click();
		await dialog().waitFor({ state: 'detached' });
		await assertNoLink(await window.notice('Keypool has paused'));
		for (const secret of secrets) service.setFaults([], secret);
		await close();
	});

	it('the files that the chat offers to attach, and the title of a conversation', async () => {
		await window.openContainer();
		await window.palette('Keypool: New Conversation');
		await opens(window.quickPick('attached'), () =>
			window.webview().getByRole('button', { name: 'Attach files' }).click(),
		);
		await assertNoLink(window.quickPick('attached'));
		await window.screenshot('hostile-files');
		assert.ok(!(await window.quickPick('attached').innerText()).includes('\u202e'));
		await window.press('Escape');
		await chat.input.fill(`${bait.link} ${bait.icon} ${bait.turned}`);
		await chat.input.press('Enter');
		const row = window.quickPick('[View]').first();
		await window.paletteOpens('Keypool: Conversations…', row);
		await assertNoLink(row);
		await window.screenshot('hostile-conversations');
		assert.ok(!(await row.innerText()).includes('\u202e'));
		await opens(dialog().getByText('This cannot be undone'), async () => {
			await row.hover();
			await row.getByRole('button', { name: 'Delete' }).click();
		});
		await assertNoLink(dialog());
		await window.dialogButton('Cancel').click();
		await dialog().waitFor({ state: 'detached' });
	});

	it('the command of the attack leaves its trace where a person runs it', async () => {
		const traced = () => hasRun(workbench());
		// A palette that loses the focus as Enter comes closes and runs nothing.
		const toggleUntil = (what: string, isThere: boolean) =>
			until(what, async () => {
				await window.palette('View: Toggle Primary Side Bar Position');
				const end = performance.now() + 5_000;
				while (traced() !== isThere && performance.now() < end) await window.page.evaluate(twoFrames);
				return traced() === isThere;
			});
		await toggleUntil('the trace of the command', true);
		await toggleUntil('the trace to go', false);
		assert.deepEqual(window.errors, []);
	});
});
