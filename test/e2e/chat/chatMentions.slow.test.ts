import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { panel, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

const mentions = [
	{
		id: 'problems',
		name: 'problems',
		detail: 'The errors and warnings of the workspace',
	},
	{ id: 'file-1-0', name: 'problem.ts', detail: 'src/problem.ts' },
];
const size = {
	tokens: 12_000,
	limit: 1_048_576,
	left: '15 free requests left today',
};

describe('what goes along with a question', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const options = () => chat.page.getByRole('option');
	const lastSought = () => chat.requests.findLast((request) => request.type === 'findMentions');

	for (const sign of ['@', '#']) {
		it(`is offered after ${sign}, chosen by keyboard, and written into the question`, async () => {
			await chat.state([]);
			await chat.input.focus();
			await chat.page.keyboard.type(`Fix ${sign}pro`);
			await until('the search', () => lastSought()?.text === 'pro');
			await chat.update({ type: 'offered', text: 'pro', mentions });
			await options().nth(1).waitFor();
			assert.match(await options().nth(1).innerText(), /problem\.ts\s+src\/problem\.ts/);
			await chat.page.keyboard.press('ArrowDown');
			await chat.page.locator('#suggestion-1[aria-selected="true"]').waitFor();
			await chat.page.keyboard.press('Enter');
			assert.deepEqual(await chat.request('mention'), {
				type: 'mention',
				mention: 'file-1-0',
			});
			assert.equal(await chat.input.inputValue(), `Fix ${sign}problem.ts `);
			await options().first().waitFor({ state: 'detached' });
			await chat.page.keyboard.type('please');
			await chat.page.keyboard.press('Enter');
			assert.deepEqual(await chat.request('send'), {
				type: 'send',
				text: `Fix ${sign}problem.ts please`,
			});
		});
	}

	it('is chosen by mouse in the middle of a text', async () => {
		await chat.state([]);
		await chat.input.fill('before @ after');
		for (let i = 0; i < 6; i++) await chat.input.press('ArrowLeft');
		await chat.page.keyboard.type('p');
		await until('the search', () => lastSought()?.text === 'p');
		await chat.update({ type: 'offered', text: 'p', mentions });
		await options().first().click();
		assert.deepEqual(await chat.request('mention'), {
			type: 'mention',
			mention: 'problems',
		});
		assert.equal(await chat.input.inputValue(), 'before @problems  after');
	});

	it('is not offered for what was typed before, and closes at Escape and with the word', async () => {
		await chat.state([]);
		await chat.input.focus();
		await chat.page.keyboard.type('@pr');
		await chat.update({ type: 'offered', text: 'p', mentions });
		await chat.drawn();
		assert.equal(await options().count(), 0);
		await chat.update({ type: 'offered', text: 'pr', mentions });
		await options().first().waitFor();
		await chat.page.keyboard.type(' x');
		await options().first().waitFor({ state: 'detached' });
		assert.equal(await chat.input.inputValue(), '@pr x');
	});

	it('has its weight told against what the model takes in, with what is being typed, and the free quota that is left', async () => {
		await chat.state([], { size });
		const line = chat.page.locator('[data-role="size"]');
		await chat.drawn();
		assert.equal(await line.count(), 0, 'nothing goes along with nothing');
		await chat.input.fill('x'.repeat(400));
		await line.getByText('about 12,100 of 1,048,576 tokens').waitFor();
		await line.getByText('15 free requests left today').waitFor();
		await chat.update({
			type: 'panel',
			panel: { ...panel, size: { tokens: 2_000_000, limit: 1_048_576 } },
		});
		await chat.page.locator('[data-role="size"][data-over="true"]', { hasText: '2,000,100' }).waitFor();
	});

	it('shows pictures small, before and after they were sent, and loads nothing for it', async () => {
		const png = new PNG({ width: 200, height: 100 });
		png.data.fill(200);
		const data = PNG.sync.write(png).toString('base64');
		const chips = [{ id: 'p', type: 'picture', label: 'shot.png', bytes: 500 }] as const;
		const attachments = [
			{ label: 'sent.png', bytes: 500, picture: '1/0' },
			{ label: 'a.ts', bytes: 5 },
			{ label: 'broken.heic', bytes: 5, picture: '1/1' },
		];
		await chat.state([{ ...turn('1', 'A'), question: { text: 'What is this?', attachments } }], { chips });
		await until('the wishes', () => chat.requests.filter(({ type }) => type === 'showPicture').length === 3);
		for (const picture of ['p', '1/0'])
			await chat.update({
				type: 'picture',
				picture,
				mimeType: 'image/png',
				data,
			});
		await chat.update({
			type: 'picture',
			picture: '1/1',
			mimeType: 'image/heic',
			data: 'AAAA',
		});
		const drawn = chat.page.locator('canvas:not([hidden])');
		await until('the pictures', async () => (await drawn.count()) === 2);
		assert.deepEqual(
			await chat.page.evaluate(
				`[...document.querySelectorAll('canvas:not([hidden])')].map((one) => [one.width, one.height])`,
			),
			[
				[96, 48],
				[96, 48],
			],
		);
		const icon = (label: string) => chat.page.locator('.chip', { hasText: label }).locator('.codicon').first();
		assert.equal(await icon('sent.png').isVisible(), false);
		assert.match((await icon('broken.heic').getAttribute('class')) ?? '', /codicon-file-media/);
		assert.match((await icon('a.ts').getAttribute('class')) ?? '', /codicon-file-code/);
		await chat.update({
			type: 'panel',
			panel: { ...panel, chips, model: 'another' },
		});
		await chat.drawn();
		assert.equal(await drawn.count(), 2, 'they stay');
		assert.equal(chat.requests.filter(({ type }) => type === 'showPicture').length, 3);
		assert.deepEqual(chat.loads, []);
	});

	it('is told beside the box where it is an option, which one click shows and one clears', async () => {
		const own = {
			system: 'Be brief.',
			temperature: 0.5,
			googleSearch: true,
			thinking: 'low',
		} as const;
		await chat.state([], {
			options: own,
			defaults: { seed: 7, temperature: 1, serviceTier: 'priority', responseMimeType: 'application/json' },
		});
		const list = chat.page.locator('[data-role="options"]');
		const made = ['Service tier: priority', 'Form of the answer: application/json'];
		assert.deepEqual(
			(await list.locator('.chip').allInnerTexts()).map((text) => text.trim()),
			['System instruction', 'Temperature 0.5', 'Thinking: low', 'Google Search', 'Seed 7', ...made],
		);
		assert.equal(await list.locator('[data-option="seed"]').getByRole('button', { name: /Clear/ }).count(), 0);
		await list.getByRole('button', { name: 'Clear: Temperature 0.5' }).click();
		const { temperature: _, ...others } = own;
		assert.deepEqual(await chat.request('options'), {
			type: 'options',
			options: others,
		});
		await list.locator('[data-option="seed"] .chip-button').click();
		assert.equal(await chat.page.evaluate('document.activeElement.id'), 'option-seed');
		await chat.page.locator('#option-seed').waitFor();
		await list.locator('[data-option="thinking"] .chip-button').click();
		assert.equal(await chat.page.evaluate('document.activeElement.id'), 'option-thinkingLevel');
	});

	it('is nothing of what could not be done in the conversation before', async () => {
		chat.refuse = ({ type }) => (type === 'send' ? 'That failed.' : undefined);
		await chat.state([turn('1', 'A')]);
		await chat.input.fill('next');
		await chat.input.press('Enter');
		const notice = chat.page.locator('[role="alert"]', {
			hasText: 'That failed.',
		});
		await notice.waitFor();
		await chat.state([turn('1', 'A')]);
		await chat.drawn();
		assert.equal(await notice.count(), 1, 'the same conversation');
		chat.conversation = 'new';
		await chat.state([]);
		await notice.waitFor({ state: 'detached' });
	});
});
