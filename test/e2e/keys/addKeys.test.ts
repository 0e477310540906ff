import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const keys = [
	'sim-of-one-box',
	'sim-from-environment',
	'sim-from-dotenv-first',
	'sim-from-dotenv-second',
	'sim-of-the-clipboard',
];

/** As people have it: `export`, both quotes, comments, the line ends of Windows, and what is no key. */
const dotenv = [
	'# the team',
	'export GEMINI_API_KEY="sim-from-dotenv-first" # mine',
	"GEMINI_API_KEY_TEAM='sim-from-dotenv-second'",
	'',
	'PORT=8080',
	'GEMINI_API_KEY_OLD="sim-from-dotenv-first"',
	'',
].join('\r\n');

describe('keys come in', () => {
	const { projects } = scenarioOf('two-good');
	const simulator = useSimulator({
		description: 'keys of one project',
		projects,
		keys: keys.map((secret) => ({ secret, project: 'good-1' })),
		secrets: [],
	});
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: { ...simulator().env, GOOGLE_API_KEY: 'sim-from-environment' } }),
	);
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openContainer();
	});

	const usable = (text: string): Promise<void> =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('are offered in the empty view where they stand in the environment, until somebody has looked at them', async () => {
		await usable('no keys');
		const offer = window.page.getByRole('button', { name: 'Show Them…' });
		await offer.waitFor();
		await window.screenshot('environment-offered');
		await opens(window.quickPick('sim-…ment'), () => offer.click());
		await window.screenshot('environment-masked');
		await window.press('Escape');
		await offer.waitFor({ state: 'hidden' });
		await usable('no keys');
		await window.webview().locator('[data-action="addKey"]').waitFor();
	});

	it('give the keyboard back to the chat that asked for them, where they are not told', async () => {
		const view = window.webview();
		await opens(window.quickInputTitle('Add Gemini Keys'), () => view.locator('[data-action="addKey"]').press('Enter'));
		await window.press('Escape');
		await view.locator('[data-role="input"]:focus').waitFor();
	});

	it('from the environment, offered masked and never silently', async () => {
		await usable('no keys');
		const environment = window.focusedPick('From the environment').filter({ hasText: '1 key found' });
		await opens(environment, () => window.titleMenu('Keys', 'Import Keys…'));
		await window.accept(environment);
		await window.quickPick('sim-…ment').waitFor();
		await usable('no keys');
		await window.accept(window.quickPick('sim-…ment'));
		await window.notice('was added and works.');
		await usable('1/1');
	});

	it('from a .env file that a person picks', async () => {
		writeFileSync(path.join(workbench().folder, '.env'), dotenv);
		const dotenvFile = window.quickPick('From a .env file…');
		await opens(dotenvFile, () => window.titleMenu('Keys', 'Import Keys…'));
		await dotenvFile.click();
		// The folder of the workspace is what the dialog opens.
		await window.quickPick('.env').filter({ hasNotText: 'From' }).click();
		await window.quickPick('sim-…irst').filter({ hasText: 'repeated' }).waitFor();
		await window.quickPick('sim-…cond').waitFor();
		assert.equal(await window.quickPick('8080').count(), 0);
		await window.screenshot('import-dotenv');
		await window.accept(window.quickPick('sim-…cond'));
		// Nothing opens by itself: the notice offers names. One of them gets one; the first row ends it.
		await window.notice('2 keys added: 2 work.');
		assert.equal(await window.quickInput.count(), 0);
		await window.screenshot('keys-added');
		await window.pressOnNotification('2 keys added: 2 work.', 'Name Them…');
		await window.quickPick('sim-…cond').filter({ hasText: 'works' }).click();
		await window.answerInput('Team');
		await window.quickPick('Team').filter({ hasText: 'works' }).waitFor();
		await window.screenshot('name-keys');
		await window.quickPick('Done').click();
		await window.treeRows('Keys').filter({ hasText: 'Team' }).waitFor();
		await usable('3/3');
	});

	it('several at once from the clipboard, without those that are there', async () => {
		const text = 'sim-of-the-clipboard, sim-from-environment;sim-of-the-clipboard sim-of-nobody-at-all AIzaTooShort';
		await window.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
		const repeated = window.quickPick('sim-…oard').filter({ hasText: 'repeated' });
		await opens(repeated, () => window.titleMenu('Keys', 'Paste Keys from Clipboard…'));
		await window.quickPick('too short').waitFor();
		await window.screenshot('paste-several');
		await window.accept(repeated);
		await window.pressOnNotification('2 keys added: 1 works, 1 was refused, 1 was stored already.', 'Remove It');
		await usable('4/4');
		assert.equal(await window.quickInput.count(), 0, 'no picker opens once the notice is gone');
	});

	it('not where the text in the box cannot be a key, which is said while it is typed', async () => {
		await window.paletteOpens('Keypool: Add Keys…', window.quickInput);
		const serviceMessage = window.page.locator('.quick-input-widget:visible .quick-input-message');
		for (const [text, reason] of [
			['   ', 'It contains no key.'],
			['sim-ключ-от-двери', 'only plain letters, digits and signs'],
			['short', 'too short'],
		] as const) {
			await window.fillQuickInput(text);
			await serviceMessage.filter({ hasText: reason }).waitFor();
		}
		await window.fillQuickInput('sim-of-the-clipboard');
		await window.accept(serviceMessage.filter({ hasText: 'sim-…oard: simulated key' }));
		await window.notice('This key is stored already, as');
		await usable('4/4');
	});

	it('from one box: a .env text that it runs together, and what the clipboard holds by a button', async () => {
		const text = '# other\nexport GEMINI_API_KEY="sim-of-one-box" # mine\nOPENAI=sk-0123456789012345678901\n';
		await window.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
		await window.paletteOpens('Keypool: Add Keys…', window.quickInput);
		await window.quickInput.click();
		await window.press('Control+V');
		await window.page.locator('.quick-input-message', { hasText: 'sim-…ox: simulated key' }).waitFor();
		await window.screenshot('add-keys-box');
		await window.page.getByRole('button', { name: 'Read the Clipboard' }).click();
		await window.accept(window.quickPick('sim-…ox'));
		await window.pressOnNotification('Key 4 (sim-…ox) was added and works.', 'Name It…');
		await window.answerInput('Boxed');
		await window.treeRows('Keys').filter({ hasText: 'Boxed' }).waitFor();
		await usable('5/5');
		assert.deepEqual(window.errors, []);
	});
});
