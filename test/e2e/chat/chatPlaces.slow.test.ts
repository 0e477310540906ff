import assert from 'node:assert/strict';
import { turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { eventually } from '../../support/window/until';

const long = Array.from({ length: 100 }, (_, i) => `Paragraph ${i}.`).join('\n\n');

describe('the place of a reader in the chat', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});
	const place = async () => Number(await chat.page.evaluate(`document.querySelector('.log').scrollTop`));
	const left = () =>
		chat.page.evaluate('((e) => e.scrollHeight - e.clientHeight - e.scrollTop)(document.querySelector(".log"))');
	const atEnd = () => eventually(async () => assert.ok(Number(await left()) < 2));
	const readAt = async (top: number): Promise<void> => {
		await chat.page.getByText('Paragraph 99.').last().waitFor();
		await scrollTo(top);
	};
	/** Once the chat knows where its reader was, and until it knows that the reader has left the end. */
	const scrollTo = async (top: number): Promise<void> => {
		await chat.drawn();
		await chat.page.evaluate(`new Promise((scrolled) => {
			const log = document.querySelector('.log');
			log.addEventListener('scroll', scrolled, { once: true });
			log.scrollTop = ${top};
		}).then(() => undefined)`);
		await chat.page.locator('.jump').waitFor();
	};

	it('is the end of a conversation that was opened, wherever it was in the one before', async () => {
		await chat.state([turn('1', long)]);
		await readAt(300);
		chat.conversation = 'another';
		await chat.state([turn('2', long)]);
		await chat.page.getByText('Question 2').waitFor();
		await atEnd();
		assert.equal(await chat.page.locator('.jump').isVisible(), false);
	});

	it('stays at an earlier answer that is asked for again, and goes to the last one', async () => {
		await chat.state([turn('1', 'First.'), turn('2', long), turn('3', 'Third.')]);
		await readAt(0);
		const again = chat.page.getByRole('button', { name: 'Ask Again' });
		await again.first().click();
		await chat.request('retry');
		await chat.drawn();
		assert.equal(await place(), 0);
		// A click of the mouse would scroll there first.
		await again.last().dispatchEvent('click');
		await atEnd();
	});

	it('is the end where the host says so, because a question came from elsewhere in the window', async () => {
		await chat.state([turn('1', long)]);
		await readAt(300);
		await chat.update({ type: 'turn', turn: turn('2', '', { state: 'waiting', step: 'sending' }) });
		await chat.page.getByText('Question 2').waitFor();
		await chat.drawn();
		assert.equal(await place(), 300);
		await chat.update({ type: 'toEnd' });
		await atEnd();
	});

	it('is the end where something was asked while the chat was hidden', async () => {
		await chat.state([turn('1', long)]);
		await readAt(300);
		await chat.page.reload();
		await chat.state([turn('1', long), turn('2', long)]);
		await chat.page.getByText('Question 2').waitFor();
		await atEnd();
	});

	it('is the end where there is less to read than before it was hidden, as in a wider view', async () => {
		await chat.state([turn('1', long)]);
		await readAt(2_000);
		await chat.page.reload();
		await chat.state([turn('1', long.slice(0, long.indexOf('Paragraph 60.')))]);
		await chat.page.getByText('Paragraph 59.').waitFor();
		await atEnd();
		await scrollTo(100);
		await chat.update({ type: 'append', turn: '1', text: long });
		await chat.page.getByText('Paragraph 99.').waitFor();
		await chat.drawn();
		assert.equal(await place(), 100);
	});

	it('stays where the answer is drawn anew, which takes many frames', async () => {
		const answer = Array.from({ length: 3_000 }, (_, i) => `Part ${i}.`).join('\n\n');
		await chat.state([turn('1', answer)]);
		await chat.page.getByText('Part 2999.').waitFor();
		await scrollTo(40_000);
		await chat.state([turn('1', `${answer}\n\nThe end.`)]);
		await chat.page.getByText('The end.').waitFor();
		await chat.drawn();
		assert.equal(await place(), 40_000);
	});

	it('is the question that is being written anew, as it stood when the chat was hidden', async () => {
		await chat.state([turn('1', 'Answer'), turn('2', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).first().click();
		await chat.page.locator('[data-role="edit"]').fill('Half of another wording');
		await chat.drawn();
		await chat.page.reload();
		await chat.state([turn('1', 'Answer'), turn('2', 'Answer')]);
		const field = chat.page.locator('[data-role="edit"]');
		await eventually(async () => assert.equal(await field.inputValue(), 'Half of another wording'));
		await field.press('Enter');
		assert.deepEqual(await chat.request('edit'), { type: 'edit', turn: '1', text: 'Half of another wording' });
		await field.waitFor({ state: 'detached' });
		await chat.page.getByRole('button', { name: 'Edit the question' }).first().click();
		assert.equal(await field.inputValue(), 'Question 1');
	});

	it('is each question that is being written anew, where a second one was opened', async () => {
		await chat.state([turn('1', 'Answer'), turn('2', 'Answer')]);
		for (const n of [1, 2]) {
			await chat.page.getByRole('button', { name: 'Edit the question' }).first().click();
			assert.equal(await chat.page.evaluate('document.activeElement.value'), `Question ${n}`);
			await chat.page.keyboard.type(' in other words');
		}
		await chat.page.keyboard.press('Escape');
		await chat.page.reload();
		await chat.state([turn('1', 'Answer'), turn('2', 'Answer')]);
		const field = chat.page.locator('[data-role="edit"]');
		await eventually(async () => assert.match(await field.inputValue(), /in other words/));
	});

	it('is without what went along, which is said, once the window was loaded again', async () => {
		const chip = (label: string) => ({ id: label, type: 'file', label, bytes: 7 }) as const;
		const waits = (text: string) => ({ id: text, text, attachments: [`${text}.ts`] });
		const running = turn('1', '', { state: 'streaming' });
		await chat.state([running], { chips: [chip('notes.md')], queue: [waits('asked'), waits('lost')] });
		await chat.input.fill('A draft');
		const notices = chat.page.locator('.notice');
		await chat.drawn();
		await chat.page.reload();
		await chat.state([running], { chips: [chip('notes.md')], queue: [waits('asked'), waits('lost')] });
		await chat.drawn();
		assert.equal(await notices.count(), 0, 'hidden and shown again');
		await chat.page.reload();
		chat.host = 'the next run';
		const asked = { ...turn('2', 'Yes.'), question: { text: 'asked', attachments: [] } };
		await chat.state([turn('1', 'So far'), asked]);
		await notices.getByText('Lost when the window was reloaded: lost.ts, notes.md.').waitFor();
		assert.equal(await chat.input.inputValue(), 'lost\n\nA draft');
	});

	it('is nothing any more once everything was removed, whether the chat was shown then or not', async () => {
		const remove = async (isShown: boolean): Promise<void> => {
			await chat.state([turn('1', 'Answer')]);
			await chat.input.fill('A secret');
			await chat.page.getByRole('button', { name: 'Edit the question' }).click();
			await chat.page.locator('[data-role="edit"]').fill('Another one');
			await chat.drawn();
			if (!isShown) await chat.page.reload();
			[chat.host, chat.conversation, chat.isHostErased] = [`${chat.host}'`, `${chat.conversation}'`, true];
			await chat.state([]);
			await eventually(async () => assert.equal(await chat.input.inputValue(), ''));
			await chat.drawn();
			assert.doesNotMatch(String(await chat.page.evaluate("sessionStorage.getItem('state')")), /secret|Another/);
		};
		await remove(true);
		await remove(false);
		await chat.input.fill('Of later');
		await chat.drawn();
		await chat.page.reload();
		await chat.state([]);
		await eventually(async () => assert.equal(await chat.input.inputValue(), 'Of later'));
	});

	it('is an empty box where the question was taken while the chat was hidden, and its words with the reason where it was not', async () => {
		for (const refusal of [undefined, 'Nothing was sent.']) {
			chat.refuse = () => new Promise(() => undefined);
			await chat.state([turn('1', 'Answer')]);
			await chat.input.fill('/commit');
			await chat.input.press('Enter');
			await chat.request('send');
			await chat.page.reload();
			chat.requests.length = 0;
			chat.refuse = () => refusal;
			await chat.state([turn('1', 'Answer')]);
			assert.deepEqual(await chat.request('send'), { type: 'send', text: '/commit', again: true });
			await eventually(async () => assert.equal(await chat.input.inputValue(), refusal ? '/commit' : ''));
			assert.deepEqual(await chat.page.locator('.notice').allInnerTexts(), refusal ? [refusal] : []);
			chat.requests.length = 0;
		}
	});

	it('is the answer to a question that was written anew, and taken while the chat was hidden, however often it was sent', async () => {
		chat.refuse = () => new Promise(() => undefined);
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).click();
		const field = chat.page.locator('[data-role="edit"]');
		await field.fill('In other words');
		await field.press('Enter');
		await field.press('Enter');
		await chat.request('edit');
		assert.equal(chat.requests.filter(({ type }) => type === 'edit').length, 1);
		await chat.page.reload();
		chat.requests.length = 0;
		chat.refuse = () => undefined;
		await chat.state([turn('1', 'Answer')]);
		assert.deepEqual(await chat.request('edit'), { type: 'edit', turn: '1', text: 'In other words', again: true });
		await field.waitFor({ state: 'detached' });
	});

	it('is what was being written anew, for the focus too, where one does not want it asked after all', async () => {
		let answered: (why: string) => void = () => undefined;
		chat.refuse = () => new Promise((resolve) => (answered = resolve));
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).click();
		const field = chat.page.locator('[data-role="edit"]');
		await field.press('Enter');
		await chat.request('edit');
		// As where VS Code asks, and gives the focus back to the view.
		await chat.input.focus();
		answered('Nothing was removed or asked.');
		await chat.page.locator('[role="alert"]', { hasText: 'Nothing was removed' }).waitFor();
		await field.and(chat.page.locator(':focus')).waitFor({ timeout: 5_000 });
	});

	it('is no question of another conversation', async () => {
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).click();
		chat.conversation = 'another';
		await chat.state([turn('2', 'Answer')]);
		await chat.page.getByText('Question 2').waitFor();
		chat.conversation = 'c';
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByText('Question 1').waitFor();
		assert.equal(await chat.page.locator('[data-role="edit"]').count(), 0);
	});

	it('stays where Escape ends what an input method composes, and not what is being written', async () => {
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).click();
		const field = chat.page.locator('[data-role="edit"]');
		await field.dispatchEvent('keydown', { key: 'Escape', isComposing: true });
		await chat.drawn();
		assert.equal(await field.count(), 1);
		await chat.input.press('Control+f');
		const found = chat.page.locator('[data-role="find"]');
		await found.dispatchEvent('keydown', { key: 'Escape', isComposing: true });
		await chat.drawn();
		assert.equal(await found.count(), 1);
	});

	it('is no longer a link that is drawn anew as its text grows; the keys that stop and find are heard still', async () => {
		await chat.state([turn('1', 'See [the page](https://a.invalid) and', { state: 'streaming' })]);
		await chat.page.locator('.markdown a').focus();
		await chat.update({ type: 'append', turn: '1', text: ' more' });
		await chat.page.getByText('and more').waitFor();
		await chat.page.keyboard.press('Escape');
		await chat.request('stop');
		await chat.page.locator('.markdown a').focus();
		await chat.update({ type: 'append', turn: '1', text: ' of it' });
		await chat.page.getByText('more of it').waitFor();
		await chat.page.keyboard.press('Control+f');
		await chat.page.locator('[data-role="find"]:focus').waitFor();
	});

	it('is the top of what an empty chat says, in a view too low for it, also behind a conversation', async () => {
		await chat.page.setViewportSize({ width: 300, height: 220 });
		await chat.state([], { hasKeys: false });
		await chat.page.locator('[data-role="welcome"]').waitFor();
		await chat.drawn();
		assert.equal(await place(), 0);
		assert.ok(Number(await left()) > 0, 'it is higher than the view');
		await chat.state([turn('1', long)]);
		await atEnd();
		chat.conversation = 'another';
		await chat.state([], { hasKeys: false });
		await chat.page.locator('[data-role="welcome"]').waitFor();
		await eventually(async () => assert.equal(await place(), 0));
		await chat.page.evaluate(`document.querySelector('.log').scrollTop = 100_000`);
		await chat.state([], { hasKeys: false, title: 'drawn anew' });
		await chat.drawn();
		assert.equal(Number(await left()), 0, 'who reads on is left alone');
	});
});
