import assert from 'node:assert/strict';
import { panel, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

const running = turn('1', 'so far', { state: 'streaming' });
const queue = [
	{ id: 'q1', text: 'And then?', attachments: ['a.ts'] },
	{ id: 'q2', text: 'And after that?', attachments: [] },
];

describe('the chat while an answer runs', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const list = () => chat.page.locator('[data-role="queue"]');

	it('takes the next question, shows what waits and why', async () => {
		await chat.state([running]);
		await chat.input.fill('And then?');
		await chat.page.locator('[data-action="send"][aria-label="Send after this answer"]').click();
		assert.deepEqual(await chat.request('send'), {
			type: 'send',
			text: 'And then?',
		});
		await chat.update({ type: 'panel', panel: { ...panel, queue } });
		await list().getByText('To be asked after this answer:').waitFor();
		assert.deepEqual(await list().locator('.queue-text').allInnerTexts(), ['And then?', 'And after that?']);
		await list().locator('.queue-files[title="a.ts"]').waitFor();
		await chat.update({
			type: 'turn',
			turn: turn('1', 'so far', {
				state: 'stopped',
				footer: stopped,
				note: 'Stopped.',
			}),
		});
		await list().getByText('the last answer is not complete').waitFor();
	});

	it('has what waited in the box again after the window was loaded again, and not what was asked meanwhile', async () => {
		await chat.state([running], { queue });
		await list().waitFor();
		await chat.input.fill('a draft');
		// Hidden and shown: they still wait, or were asked.
		await chat.page.reload();
		await chat.state([running, turn('2', '', { state: 'waiting', step: 'sending' })], { queue: queue.slice(1) });
		await list().getByText('And after that?').waitFor();
		assert.equal(await chat.input.inputValue(), 'a draft');
		await chat.page.reload();
		chat.host = 'the next run';
		await chat.state([running]);
		await until('the question', async () => (await chat.input.inputValue()) === 'And after that?\n\na draft');
		// Once.
		await chat.page.reload();
		await chat.state([running]);
		await until('the question', async () => (await chat.input.inputValue()) === 'And after that?\n\na draft');
	});

	it('has nothing of it in the box that was asked before the window went', async () => {
		const asked = { ...turn('2', 'Yes.'), question: { text: 'And then?', attachments: [] } };
		await chat.state([running], { queue });
		await list().waitFor();
		await chat.page.reload();
		chat.host = 'the next run';
		await chat.state([running, asked]);
		await until('the question', async () => (await chat.input.inputValue()) === 'And after that?');
	});

	it('has it in the box also where the same was asked long before', async () => {
		const before = { ...turn('0', 'Yes.'), question: { text: 'And then?', attachments: [] } };
		await chat.state([before, running], { queue });
		await list().waitFor();
		await chat.page.reload();
		chat.host = 'the next run';
		await chat.state([before, running]);
		await until('the questions', async () => (await chat.input.inputValue()) === 'And then?\n\nAnd after that?');
	});

	it('lets a question that waits be asked now, dropped, or taken back into the box, before what stands there', async () => {
		await chat.state([running], { queue });
		await list().getByRole('button', { name: 'Ask it now' }).first().click();
		assert.deepEqual(await chat.request('queued'), {
			type: 'queued',
			act: 'askNow',
			question: 'q1',
		});
		chat.requests.length = 0;
		await list().getByRole('button', { name: 'Remove from the queue' }).last().click();
		assert.deepEqual(await chat.request('queued'), {
			type: 'queued',
			act: 'remove',
			question: 'q2',
		});
		chat.requests.length = 0;
		await chat.input.fill('a draft');
		await list().getByRole('button', { name: 'Move back to the input box' }).first().click();
		assert.deepEqual(await chat.request('queued'), {
			type: 'queued',
			act: 'takeBack',
			question: 'q1',
		});
		await chat.drawn();
		assert.equal(await chat.input.inputValue(), 'And then?\n\na draft');
	});

	it('leaves the focus on the button of its question while the one before it is asked, and says whose button it is', async () => {
		const three = [...queue, { id: 'q3', text: 'And at last?', attachments: [] }];
		await chat.state([running], { queue: three });
		const group = list().getByRole('group', { name: 'And after that?' });
		await group.getByRole('button', { name: 'Remove from the queue' }).focus();
		await chat.update({ type: 'panel', panel: { ...panel, queue: three.slice(1) } });
		await until('the row', async () => (await list().locator('li').count()) === 2);
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await chat.request('queued'), { type: 'queued', act: 'remove', question: 'q2' });
	});

	it('goes on in the box where what had the focus is gone: the stop button with its answer, the buttons of a wait that is over', async () => {
		const isInBox = async (): Promise<boolean> =>
			(await chat.page.evaluate('document.activeElement.dataset.role')) === 'input';
		await chat.state([running]);
		await chat.page.locator('[data-action="stop"]').focus();
		await chat.update({ type: 'turn', turn: turn('1', 'so far') });
		await until('the focus', isInBox);
		const wait = { key: 'work', model: 'flash', reason: 'requests a minute used up', inMs: 42_000, ahead: 0 };
		await chat.update({ type: 'turn', turn: turn('2', '', { state: 'waiting', step: 'queued', wait }) });
		await chat.page.locator('[data-action="anotherModel"]').focus();
		await chat.update({ type: 'answer', turn: '2', state: { state: 'streaming' } });
		await until('the focus', isInBox);
	});

	it('puts nothing into the box that was asked meanwhile, and says so', async () => {
		chat.refuse = ({ type }) => (type === 'queued' ? 'This question has been asked already.' : undefined);
		await chat.state([running], { queue });
		await list().getByRole('button', { name: 'Move back to the input box' }).first().click();
		await chat.page.locator('[role="alert"]', { hasText: 'has been asked already' }).waitFor();
		assert.equal(await chat.input.inputValue(), '');
	});

	it('stops at Escape, from the box or from the conversation; a list or a drawer that is open takes the key first', async () => {
		await chat.state([running]);
		await chat.input.focus();
		await chat.page.keyboard.type('/ex');
		await chat.page.getByRole('option').first().waitFor();
		await chat.page.keyboard.press('Escape');
		await chat.page.getByRole('option').first().waitFor({ state: 'detached' });
		await chat.page.locator('[data-action="drawer"]').press('Enter');
		await chat.page.locator('[data-action="drawer"][aria-expanded="true"]').waitFor();
		await chat.page.getByLabel('System instruction').press('Escape');
		assert.equal(chat.requests.filter(({ type }) => type === 'stop').length, 0);
		await chat.input.press('Escape');
		await chat.request('stop');
		await chat.page.locator('.log').press('Escape');
		await chat.drawn();
		assert.equal(chat.requests.filter(({ type }) => type === 'stop').length, 2);
		assert.equal(await chat.input.inputValue(), '/ex');
	});

	it('has nothing to stop at Escape where no answer runs', async () => {
		await chat.state([turn('1', 'Whole')]);
		await chat.page.locator('[data-action="drawer"]').press('Enter');
		await chat.page.locator('#drawer').waitFor();
		await chat.input.press('Escape');
		// The drawer goes, and the focus stays where it was.
		await chat.page.locator('#drawer').waitFor({ state: 'hidden' });
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.role'), 'input');
		await chat.input.press('Escape');
		await chat.drawn();
		assert.equal(chat.requests.filter(({ type }) => type === 'stop').length, 0);
	});

	it('leaves the box on screen whatever stands above it: the drawer, a queue and suggestions give way', async () => {
		await chat.page.setViewportSize({ width: 300, height: 400 });
		const many = Array.from({ length: 12 }, (_, n) => ({ id: `q${n}`, text: `Question ${n}`, attachments: [] }));
		await chat.state([turn('1', 'Whole')], { queue: many });
		await chat.page.locator('[data-action="drawer"]').press('Enter');
		await chat.input.focus();
		await chat.page.keyboard.type('/');
		await chat.page.locator('#suggestion-0').waitFor();
		const bottom = async (of: string): Promise<number> => {
			const box = await chat.page.locator(of).boundingBox();
			return box ? box.y + box.height : Infinity;
		};
		assert.ok((await bottom('[data-action="send"]')) <= 400, 'the box is cut');
		// The chosen suggestion is scrolled to.
		await chat.page.keyboard.press('ArrowUp');
		await chat.drawn();
		const chosen = chat.page.locator('#suggestions [aria-selected="true"]');
		const [list, option] = [await chat.page.locator('#suggestions').boundingBox(), await chosen.boundingBox()];
		assert.ok(list && option && option.y >= list.y - 1 && option.y + option.height <= list.y + list.height + 1);
		await chat.screenshot('chat-low');
	});

	it('recalls the questions of before with the arrow up in an empty box, and comes back with the arrow down', async () => {
		await chat.state([turn('1', 'A'), turn('2', 'B')]);
		await chat.input.focus();
		const pressed = async (key: string): Promise<string> => {
			await chat.page.keyboard.press(key);
			return chat.input.inputValue();
		};
		assert.equal(await pressed('ArrowUp'), 'Question 2');
		assert.equal(await pressed('ArrowUp'), 'Question 1');
		assert.equal(await pressed('ArrowUp'), 'Question 1');
		assert.equal(await pressed('ArrowDown'), 'Question 2');
		assert.equal(await pressed('ArrowDown'), '');
		await chat.page.keyboard.type('mine');
		assert.equal(await pressed('ArrowUp'), 'mine', 'what a person has written is left alone');
	});
});

const stopped = { ms: 1, fallbacks: 0, attempts: [] };
