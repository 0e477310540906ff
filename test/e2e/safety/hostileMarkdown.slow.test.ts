import assert from 'node:assert/strict';
import { hostile } from '../../fixtures/hostileMarkdown';
import { footer, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';

describe('hostile Markdown in the chat', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	it('runs and loads nothing, and the view stays whole', async () => {
		const forbidden = 'img, svg, script, iframe, object, embed, style, form, base, [style], [onclick], [onmouseover]';
		for (const [name, text] of Object.entries(hostile)) {
			await chat.state([turn(name, text), turn(`after ${name}`, `**whole after ${name}**`)]);
			await chat.page.locator('strong', { hasText: `whole after ${name}` }).waitFor();
			const stray = `[...document.querySelectorAll('.markdown a[href]')].filter((a) => !/^(?:https?|mailto):/.test(a.getAttribute('href') ?? '')).length`;
			assert.equal(await chat.page.evaluate(stray), 0, name);
			assert.equal(await chat.page.evaluate('globalThis.pwned'), undefined, name);
			assert.deepEqual(chat.loads, [], name);
			assert.deepEqual(chat.errors, [], name);
			assert.equal(await chat.page.locator('.markdown').locator(forbidden).count(), 0, name);
		}
	});

	it('does the same while it streams, one character at a time', async () => {
		const text = `${hostile['fence language breakout'] ?? ''}\n\n${hostile['javascript link'] ?? ''}\n\n${hostile['remote image'] ?? ''}`;
		await chat.state([turn('1', '', { state: 'streaming' })]);
		for (const character of text) {
			await chat.update({ type: 'append', turn: '1', text: character });
		}
		await chat.update({ type: 'answer', turn: '1', state: { state: 'done', footer } });
		await chat.answer('done').locator('a', { hasText: 'Image: look' }).waitFor();
		assert.equal(await chat.page.evaluate('globalThis.pwned'), undefined);
		assert.deepEqual(chat.loads, []);
	});
});
