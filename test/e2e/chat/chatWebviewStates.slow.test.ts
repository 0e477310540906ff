import assert from 'node:assert/strict';
import { footer, panel, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';

describe('the states of the chat’s document', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	it('says why nothing can be answered, with the one button that helps', async () => {
		await chat.state([], {
			banner: {
				text: 'Keypool has paused.',
				remedy: 'Look at the key.',
				action: 'Resume',
			},
		});
		await chat.page.locator('[data-role="banner"]').getByRole('button', { name: 'Resume' }).click();
		await chat.request('actOnBanner');
		await chat.update({ type: 'panel', panel });
		await chat.page.locator('[data-role="banner"]').waitFor({ state: 'detached' });
	});

	it('says that the oldest questions go, and offers a new conversation', async () => {
		await chat.state([turn('1', 'Answer')], {
			full: 'Each new question deletes the oldest.',
		});
		await chat.screenshot('chat-full');
		await chat.page.getByText('Each new question deletes the oldest.').waitFor();
		await chat.page.getByRole('button', { name: 'New Conversation' }).press('Enter');
		await chat.request('newConversation');
	});

	it('shows an answer that comes in another window: it grows, and can be neither edited nor asked again until its end', async () => {
		const coming = {
			state: 'elsewhere',
			note: 'Being answered in another window…',
		} as const;
		await chat.state([turn('1', 'Half', coming)]);
		const answer = chat.answer('elsewhere');
		await answer.getByText('Being answered in another window…').waitFor();
		assert.equal(await answer.getAttribute('aria-busy'), 'true');
		const edit = chat.page.getByRole('button', { name: 'Edit the question' });
		assert.ok(await edit.isDisabled());
		assert.equal(await chat.page.getByRole('button', { name: 'Ask Again' }).count(), 0);
		assert.equal(await chat.page.locator('[data-action="send"]').count(), 1, 'another question may be asked here');
		await chat.update({
			type: 'turn',
			turn: turn('1', 'Half and half', coming),
		});
		await answer.getByText('Half and half').waitFor();
		await chat.update({ type: 'turn', turn: turn('1', 'Half and half') });
		await chat.answer('done').getByText('Half and half').waitFor();
		assert.ok(await edit.isEnabled());
	});

	it('says once which model is waited for, where no key of it can answer', async () => {
		const model = 'gemini-3.8-flash';
		const wait = { key: model, model, reason: 'overloaded', inMs: 30_000, ahead: 0 };
		await chat.state([turn('1', '', { state: 'waiting', step: 'queued', wait })]);
		const title = await chat.page.locator('[data-role="waiting"] .card-title').innerText();
		assert.equal(title.replace(/[\u2068\u2069]/g, ''), `Waiting for ${model}`);
	});

	it('folds the tries where the answer is asked again and there is nothing to tell: no button would fold them', async () => {
		await chat.state([turn('1', 'Answer')]);
		await chat.page.locator('[data-field="fallbacks"]').press('Enter');
		await chat.page.locator('.attempts').waitFor();
		const once = { ...footer, fallbacks: 0, attempts: footer.attempts.slice(1) };
		await chat.state([turn('1', 'At once', { state: 'done', footer: once })]);
		await chat.answer('done').getByText('At once').waitFor();
		await chat.page.locator('.attempts').waitFor({ state: 'hidden' });
	});

	it('says what of the conversation was not sent along', async () => {
		await chat.state([
			{
				...turn('1', 'Answer'),
				trimmed: 'The first 3 questions were not sent.',
			},
		]);
		await chat.answer('done').getByText('The first 3 questions were not sent.').waitFor();
	});

	it('offers to add a key, or to use a team’s gateway, where there is none, and what to ask where there is one', async () => {
		await chat.state([], { hasKeys: false });
		await chat.page.locator('[data-action="addKey"]').click();
		await chat.request('addKey');
		await chat.page.locator('[data-action="trySimulator"]').click();
		await chat.request('trySimulator');
		await chat.page.getByRole('button', { name: 'Use a Team Gateway' }).click();
		await chat.request('useTeamGateway');
		await chat.update({ type: 'panel', panel });
		await chat.page.getByText('What do you want to know?').waitFor();
		assert.equal(await chat.page.locator('[data-action="addKey"]').count(), 0);
	});
});
