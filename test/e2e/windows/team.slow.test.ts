import assert from 'node:assert/strict';
import type { Scenario } from '../../../src/simulator/scenario';
import { invitationText } from '../../../src/team/invitation';
import { sendsOf } from '../../../scripts/start/agreement';
import { TeamServer } from '../../support/team/teamServer';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const flash = 'gemini-3.8-flash';
const rpm = 5;
const quotas = { [flash]: { rpm: 50, tpm: 250_000, rpd: 500 } };
const scenario: Scenario = {
	description: 'one key of two people',
	secrets: ['sim-shared'],
	projects: [{ id: 'shared', tier: 'free', quotas }],
	keys: [{ secret: 'sim-shared', project: 'shared' }],
};

describe('two installations in one team', () => {
	const simulator = useSimulator(scenario);
	const settings = { 'keypool.limits': { [flash]: { rpm } }, 'keypool.whenExhausted': 'wait' };
	const one = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, settings }));
	const two = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, settings }));
	let server: TeamServer;
	let first: Window;
	let second: Window;
	before(async () => {
		server = new TeamServer();
		await server.start();
		first = await one().open();
		second = await two().open();
		for (const window of [first, second]) {
			await window.openContainer();
			await shows(window, '1/1');
		}
	});
	after(() => server.end());

	const shows = (window: Window, text: string): Promise<void> =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();
	const answered = async (window: Window, question: string): Promise<void> => {
		const chat = new Chat(window);
		await chat.ask(question);
		await chat.finished(question);
	};

	it('are joined by one text, and told in one sentence what the server’s reader sees', async () => {
		await first.palette('Keypool: Create a Team…');
		await first.answerInput(`unix://${server.socket}`);
		await first.quickInputTitle('Create a Team').waitFor();
		await first.answerInput('');
		const dialog = first.page.locator('.monaco-dialog-box');
		await dialog.filter({ hasText: 'no key, label, prompt or answer' }).waitFor();
		await first.screenshot('team-consent');
		await first.dialogButton('Share').click();
		await first.notice('The team is ready.');
		await first.screenshot('team-created');
		await first.palette('Keypool: Leave Team');
		await first.dialogButton('Leave Team').click();
		const invitation = invitationText({
			...{ v: 1, team: 'team-of-the-test', secret: 'sim-secret-of-the-team-in-the-test' },
			server: server.address(),
		});
		for (const window of [first, second]) {
			await window.palette('Keypool: Join a Team…');
			await window.answerInput(invitation);
			await window.dialogButton('Share').click();
			await window.notice('This machine is in the team');
		}
		assert.doesNotMatch(await server.dump(), /sim-/);
	});

	it('share a limit: where five were sent, the sixth waits in both', async () => {
		for (let n = 0; n < rpm; n++) await answered(n % 2 === 0 ? first : second, `Question ${n}? [short]`);
		const before = sendsOf(simulator().service.log).length;
		assert.equal(before, rpm);
		for (const window of [first, second]) await shows(window, '0/1');
		await new Chat(first).ask('The sixth? [short]');
		await new Chat(second).ask('The seventh? [short]');
		for (const window of [first, second]) {
			await window
				.webview()
				.getByText(/Waiting|waits|next key|Next key/i)
				.first()
				.waitFor();
		}
		await first.screenshot('team-waits');
		assert.equal(sendsOf(simulator().service.log).length, before);
	});

	it('share what is wrong with a key: one condemns it, the other sees it within a second', async () => {
		simulator().service.setFaults([{ when: 'always', kind: 'error', body: '400_api_key_invalid' }], 'sim-shared');
		const row = (window: Window) => window.treeRows('Keys').filter({ hasText: 'needs attention' });
		await Promise.race([
			row(first).first().waitFor({ timeout: 90_000 }),
			row(second).first().waitFor({ timeout: 90_000 }),
		]);
		const began = performance.now();
		await Promise.all([row(first).first().waitFor(), row(second).first().waitFor()]);
		assert.ok(performance.now() - began < 1_500, `${performance.now() - began} ms`);
		await second.screenshot('team-condemned');
	});
});
