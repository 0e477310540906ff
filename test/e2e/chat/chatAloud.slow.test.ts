import assert from 'node:assert/strict';
import type { AnswerView } from '../../../src/webviews/protocol';
import { footer, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

describe('what the chat says aloud', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	it('reads an answer aloud once, when it is done', async () => {
		const aloud = chat.page.locator('[data-role="announcer"]');
		await chat.state([turn('1', 'The wh', { state: 'streaming' })]);
		assert.equal(await chat.page.locator('[role="log"]').getAttribute('aria-live'), 'off');
		await chat.update({ type: 'append', turn: '1', text: 'ole' });
		await chat.drawn();
		assert.equal(await aloud.textContent(), '');
		await chat.update({
			type: 'answer',
			turn: '1',
			state: { state: 'done', footer },
		});
		await chat.answer('done').waitFor();
		assert.equal(await aloud.textContent(), 'Answer: The whole');
	});

	it('reads the words of an answer aloud, and no sign of its Markdown', async () => {
		const text =
			'## Title\n\nSee **this** `name`:\n\n- [one](https://a.invalid)\n\n| a | b |\n|---|---|\n| c | d |\n\n```ts\nlet x;\n```\n';
		await chat.state([turn('1', text, { state: 'streaming' })]);
		await chat.update({ type: 'answer', turn: '1', state: { state: 'done', footer } });
		await chat.answer('done').waitFor();
		const aloud = (await chat.page.locator('[data-role="announcer"]').textContent()) ?? '';
		assert.equal(aloud.replace(/\s+/g, ' '), 'Answer: Title See this name: one a b c d let x;');
	});

	it('says once aloud what an answer waits for, and why an answer ended early', async () => {
		const aloud = chat.page.locator('[data-role="announcer"]');
		const wait = { key: 'work', model: 'flash', reason: 'requests a minute used up', inMs: 42_000, ahead: 0 };
		const waits = (inMs: number): AnswerView => ({ state: 'waiting', step: 'queued', wait: { ...wait, inMs } });
		await chat.state([turn('1', '', { state: 'waiting', step: 'sending' })]);
		await chat.update({ type: 'answer', turn: '1', state: waits(42_000) });
		const told = 'Waiting for \u2068work\u2069 (\u2068flash\u2069): requests a minute used up, next try in 0:42';
		await until('the wait', async () => (await aloud.textContent()) === told);
		await chat.update({ type: 'answer', turn: '1', state: waits(20_000) });
		await chat.drawn();
		assert.equal(await aloud.textContent(), told);
		await chat.update(
			{ type: 'append', turn: '1', text: 'The wh' },
			{ type: 'answer', turn: '1', state: { state: 'done', footer, note: 'The answer reached its length limit.' } },
		);
		await chat.answer('done').waitFor();
		assert.equal(await aloud.textContent(), 'Answer: The wh The answer reached its length limit.');
	});

	it('says once more why a question was refused, where it is sent again: a region that stays as it is is silent', async () => {
		chat.refuse = ({ type }) => (type === 'send' ? 'Nothing was sent.' : undefined);
		await chat.state([]);
		await chat.input.fill('Why?');
		await chat.page.locator('[data-action="send"]').click();
		await chat.page.getByRole('alert').getByText('Nothing was sent.').waitFor();
		await chat.page.evaluate(`
			globalThis.heard = 0;
			new MutationObserver(() => globalThis.heard++).observe(document.querySelector('[role="alert"]'), {
				...{ childList: true, characterData: true, subtree: true },
			});`);
		await chat.page.locator('[data-action="send"]').click();
		await until('the refusal', async () => (await chat.page.evaluate('globalThis.heard')) === 1);
	});
});
