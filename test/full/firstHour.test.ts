import assert from 'node:assert/strict';
import { Acts } from '../window/acts';
import { Chat } from '../window/chat';
import type { Window } from '../window/window';
import { useWorkbench } from '../window/workbench';

const said = 'Nothing goes to Google';

describe('the first hour with the simulator', () => {
	const workbench = useWorkbench();
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
	});
	const keys = () => window.view('Keys');
	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('takes two acts from nothing to the first answer, which says who gave it', async () => {
		await keys().getByText('Keypool answers your questions').waitFor();
		await window.screenshot('first-hour-empty');
		const acts = new Acts(window);
		await acts.click(keys().getByRole('button', { name: 'Try the Simulator' }));
		await status('simulator 4/4');
		await chat.input.and(window.webview().locator(':focus')).waitFor();
		await acts.line('Who answers here?');
		const answer = await chat.finished('Who answers here?');
		assert.deepEqual(acts.done, ['click', 'line']);
		assert.equal(answer.key, 'Simulator 3');
		assert.match(answer.text, /This text comes from the simulator, not from Gemini/);
		assert.deepEqual(
			answer.trail.map(({ label, outcome }) => [label, outcome]),
			[
				['Simulator 1', 'rpm'],
				['Simulator 2', 'rpd'],
				['Simulator 3', 'answered'],
			],
		);
		await keys().getByText(said).waitFor();
		await window.screenshot('first-hour-simulator');
	});

	it('is still simulated after a reload, and says so', async () => {
		await window.reload();
		await window.openContainer();
		await status('simulator');
		await keys().getByText(said).waitFor();
	});

	it('leaves nothing behind', async () => {
		await keys().hover();
		await keys().getByRole('button', { name: 'Leave the Simulator' }).click();
		await status('no keys');
		await keys().getByRole('button', { name: 'Try the Simulator' }).waitFor();
		await window.reload();
		await status('no keys');
		assert.deepEqual(window.errors, []);
	});
});
