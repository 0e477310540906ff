import assert from 'node:assert/strict';
import { turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

const long = Array.from({ length: 60 }, (_, n) => `Paragraph ${n}.`).join('\n\n');

describe('the search in the chat', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const bar = () => chat.page.getByRole('search');
	const told = (text: string) => chat.page.locator('[data-role="matches"]', { hasText: text }).waitFor();
	const current = () =>
		chat.page.evaluate(`[...CSS.highlights.get('found-current')].map((range) => range.toString()).join()`);
	const open = async (text: string): Promise<void> => {
		await chat.input.press('Control+f');
		await bar().waitFor();
		await chat.page.keyboard.type(text);
	};

	it('opens by key, marks what it finds whatever its case, and goes round', async () => {
		await chat.state([turn('1', `A Needle.\n\n${long}`), turn('2', 'A needle and a `NEEDLE`.')]);
		await chat.page.getByText('Paragraph 59.').waitFor();
		await open('needle');
		await told('1 of 3');
		assert.equal(await current(), 'Needle');
		await chat.page.keyboard.press('Enter');
		await told('2 of 3');
		await chat.page.keyboard.press('Shift+Enter');
		await chat.page.keyboard.press('Shift+Enter');
		await told('3 of 3');
		assert.equal(await current(), 'NEEDLE');
		await bar().getByRole('button', { name: 'Next match' }).click();
		await told('1 of 3');
		const inView = `(() => { const { top, bottom } = [...CSS.highlights.get('found-current')][0].getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()`;
		await until('the match in view', async () => (await chat.page.evaluate(inView)) === true);
		await chat.page.keyboard.press('Escape');
		await bar().waitFor({ state: 'detached' });
		assert.equal(await chat.page.evaluate(`CSS.highlights.get('found').size`), 0);
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.role'), 'input');
	});

	it('finds a word by its letters without accents, and marks the word itself', async () => {
		await chat.state([turn('1', 'İ: hãy **So sánh** hai Đường dẫn.')]);
		await open('so sanh hai duong');
		await told('1 of 1');
		assert.equal(await current(), 'So sánh hai Đường');
	});

	it('finds what is to be seen of a formula, not the source behind it', async () => {
		await chat.state([turn('1', 'Let $\\frac{a}{2}$ be a fraction.')]);
		await chat.page.locator('math').waitFor();
		await open('frac');
		await told('1 of 1');
	});

	it('finds in questions, in coloured code and in folded thoughts, which it unfolds', async () => {
		await chat.state([
			{
				...turn('1', '```ts\nconst answer = "forty" + 2;\n```\n'),
				thoughts: 'Maybe forty-two.',
			},
		]);
		await chat.page.locator('.hljs-keyword').waitFor();
		await open('const answer = "fo');
		await told('1 of 1');
		await bar().getByRole('searchbox').fill('question 1');
		await told('1 of 1');
		await bar().getByRole('searchbox').fill('forty-two');
		await told('1 of 1');
		await chat.page.locator('[data-role="thoughts"][open]').waitFor();
	});

	it('follows an answer that grows, and says where there is nothing', async () => {
		await chat.state([turn('1', 'one', { state: 'streaming' })]);
		await open('two');
		await told('No match');
		await chat.update({ type: 'append', turn: '1', text: ' two two' });
		await told('1 of 2');
		await chat.page.locator('[data-action="find"]').click();
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.role'), 'find');
	});

	it('keeps the key from the editor around it', async () => {
		await chat.state([turn('1', 'one')]);
		await chat.page.evaluate(`addEventListener('keydown', (event) => (globalThis.heard = event.key))`);
		await open('');
		assert.equal(await chat.page.evaluate('globalThis.heard'), 'Control');
	});
});
