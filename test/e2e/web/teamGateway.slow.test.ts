import assert from 'node:assert/strict';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { WebExtension } from '../../support/web/webExtension';
import { Chat } from '../../support/window/chat';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

describe('a team’s gateway in a browser, over its own preflights', () => {
	const extension = new WebExtension();
	after(() => extension.dispose());
	// Nothing stands between the page and the gateway: the browser asks before it sends a token.
	const workbench = useWorkbench({ extensions: [extension.folder], settings: { 'keypool.fallbackModels': [] } });
	let team: HeadlessProgram;
	let token: string;
	let window: Window;
	before(async () => {
		team = await HeadlessProgram.create();
		token = await team.say('token', 'add', 'ann', '--owner', 'Ann', '--keys', 'any', '--requests-per-day', '1');
		window = await workbench().open();
	});
	after(() => team.dispose());

	async function use(url: string): Promise<void> {
		await window.paletteInput('Keypool: Use a Team Gateway…', url);
		await window.answerInput(token);
	}

	it('that names no origin is out of reach', async () => {
		const { program, url } = await team.start('--behind-proxy', 'kp.example');
		await use(url);
		await window.page.locator('.monaco-dialog-box').getByText('The gateway cannot be reached now.').waitFor();
		await window.dialogButton('Cancel').click();
		await program.interrupt();
	});

	it('that names the page’s origin answers without a key, and what it refuses can be read', async () => {
		const { origin } = new URL(window.page.url());
		const { url } = await team.start('--behind-proxy', 'kp.example', '--allow-origins', origin);
		await use(url);
		await window.statusBarItem('keypool.status').filter({ hasText: 'gateway' }).waitFor();
		const chat = new Chat(window);
		await chat.ask('Hi [short]');
		await chat.answerTo('Hi [short]').getByText('sim-answer-').first().waitFor();
		assert.equal(team.service.counts.generation.get('answered'), 1);
		await window.statusBarItem('keypool.status').filter({ hasText: 'budget used up' }).waitFor();
		await chat.ask('And again? [short]');
		const refused = 'Your budget at the team’s gateway does not allow this request.';
		await chat.answerTo('And again? [short]').locator('[data-role="error"]', { hasText: refused }).waitFor();
		await window.screenshot('browser-team-gateway');
		assert.deepEqual(window.errors, []);
	});
});
