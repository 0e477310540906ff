import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** A name that nobody can own. */
const host = 'keypool.invalid';
const token = `kp_${'x'.repeat(43)}`;

describe('a team’s gateway, used by somebody with keys of their own', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	// Back-offs as short as they may be: nobody is there in some of these.
	const settings = { 'keypool.baseDelay': 0.1, 'keypool.fallbackModels': [] };
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, settings }));
	let window: Window;
	let chat: Chat;
	let team: HeadlessProgram;
	let url: string;
	let good: string;
	before(async () => {
		team = await HeadlessProgram.create();
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
		await ownKeys().waitFor();
	});
	after(() => team.dispose());

	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text });
	const ownKeys = () => status('2/2');
	const answeredBy = { own: () => answered(simulator().service), team: () => answered(team.service) };
	async function give(address: string, secret: string): Promise<void> {
		await window.paletteInput('Keypool: Use a Team Gateway…', address);
		await window.answerInput(secret);
	}
	async function row(text: string): Promise<void> {
		await window.treeRows('Keys').filter({ hasText: text }).first().waitFor();
	}

	it('takes no address and no token that cannot be one, and says why', async () => {
		await window.palette('Keypool: Use a Team Gateway…');
		const says = (text: string) => window.page.locator('.quick-input-widget:visible', { hasText: text });
		for (const [address, why] of [
			[`http://${host}`, 'must begin with https, except on this computer'],
			[`https://ann:secret@${host}`, 'Write the address like https://keypool.example.com'],
			[`https://${host}/?to=elsewhere`, 'Write the address like https://keypool.example.com'],
			['https://generativelanguage.googleapis.com/v1beta/', 'This is Google’s own address, not a gateway'],
		] as const) {
			await window.answerInput(address);
			await says(why).waitFor();
		}
		await window.answerInput(`  https://${host}/team/v1beta/openai/ `);
		await window.quickInputTitle('(2/2)').waitFor();
		await window.answerInput('sim-good-1');
		await says('A token begins with kp_. It is not a Google API key.').waitFor();
		await window.press('Escape');
		await ownKeys().waitFor();
	});

	it('asks once for each host who may read what is asked, and a no sends nothing', async () => {
		const question = window.page.locator('.monaco-dialog-box', { hasText: `Send everything you ask to ${host}?` });
		const away = window.page.locator('.monaco-dialog-box', { hasText: 'The gateway cannot be reached now.' });
		await give(`https://${host}/`, token);
		await question.waitFor();
		await window.screenshot('team-gateway-confirm');
		await window.press('Escape');
		await question.waitFor({ state: 'detached' });
		await give(`https://${host}`, token);
		await window.dialogButton('Use This Gateway').click();
		await away.waitFor();
		await window.press('Escape');
		await away.waitFor({ state: 'detached' });
		await give(`https://${host}/v1`, token);
		await away.waitFor();
		assert.equal(await question.count(), 0);
		await window.press('Escape');
		await away.waitFor({ state: 'detached' });
		await ownKeys().waitFor();
	});

	it('answers in place of one’s own keys, which are sent nowhere, also while it is away', async () => {
		good = await team.say('token', 'add', 'ann', '--keys', 'any');
		const started = await team.start();
		({ url } = started);
		await give(url, good);
		await window.notice('Your own keys are not used meanwhile.');
		await status('gateway').waitFor();
		const before = JSON.stringify([...simulator().service.counts.generation]);
		await chat.ask('Who answers? [short]');
		await chat.finished('Who answers? [short]');
		assert.equal(answeredBy.team(), 1);
		await started.program.interrupt();
		await chat.ask('And now?');
		await chat
			.answerTo('And now?')
			.locator('[data-role="error"]', { hasText: 'The gateway cannot be reached now.' })
			.waitFor();
		await row('cannot be reached');
		await window.screenshot('team-gateway-away');
		await team.start('--port', new URL(url).port);
		await chat.ask('And after that? [short]');
		await chat.finished('And after that? [short]');
		await status('gateway').waitFor();
		await row('usable');
		assert.equal(answeredBy.team(), 2);
		assert.equal(JSON.stringify([...simulator().service.counts.generation]), before);
	});

	it('says that a token was taken back, and goes on at once with another one', async () => {
		await team.say('token', 'revoke', 'ann');
		// A gateway that runs looks now and then whether somebody was let in, or is no more.
		const isKnown = async (one: string): Promise<boolean> =>
			(await fetch(`${url}/keypool/status`, { headers: { 'x-goog-api-key': one } })).ok;
		while (await isKnown(good));
		await chat.ask('Is it still good?');
		const error = chat.answerTo('Is it still good?').locator('[data-role="error"]');
		await error.filter({ hasText: 'The gateway does not know this token.' }).waitFor();
		await row('does not know your token');
		await window.screenshot('team-gateway-revoked');
		const next = await team.say('token', 'add', 'ann', '--keys', 'any');
		while (!(await isKnown(next)));
		await error.getByText('Enter Another Token').click();
		await window.quickInputTitle('(1/2)').waitFor();
		await window.answerInput(next);
		await window.quickInputTitle('(2/2)').waitFor();
		// The address stands in the box, a moment after that has opened.
		await until('the address', async () => (await window.quickInput.inputValue()).startsWith(url));
		await window.accept(window.quickInputTitle('(2/2)'));
		await row('usable');
		await chat.ask('And this one? [short]');
		await chat.finished('And this one? [short]');
		assert.equal(answeredBy.team(), 3);
		assert.equal(answeredBy.own(), 0);
	});

	it('leaves the keys as they were', async () => {
		await window.palette('Keypool: Stop Using the Team Gateway');
		await window.notice('Your own keys answer again.');
		await ownKeys().waitFor();
		await chat.ask('Who answers now? [short]');
		await chat.finished('Who answers now? [short]');
		assert.deepEqual([answeredBy.own(), answeredBy.team()], [1, 3]);
		assert.deepEqual(window.errors, []);
	});
});

const answered = ({ counts }: HeadlessProgram['service']): number => counts.generation.get('answered') ?? 0;
