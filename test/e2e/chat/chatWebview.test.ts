import assert from 'node:assert/strict';
import type { AnswerView, FooterView } from '../../../src/webviews/protocol';
import { footer, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

const wait = {
	key: 'work',
	model: 'gemini-3.8-flash',
	reason: 'requests a minute used up',
	inMs: 42_000,
	ahead: 2,
};

describe('the chat’s document', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const scrollTo = (top: number) => chat.page.evaluate(`document.querySelector('.log').scrollTop = ${top}`);
	const place = () => chat.page.evaluate(`document.querySelector('.log').scrollTop`);

	it('lets the host open a link, and stays where it is', async () => {
		await chat.state([turn('1', '[docs](https://example.com/a?b=c) ![pic](https://example.com/p.png)')]);
		const address = chat.page.url();
		await chat.page.locator('a', { hasText: 'docs' }).click();
		await chat.page.locator('a', { hasText: 'docs' }).click({ button: 'middle' });
		assert.deepEqual(await chat.request('openLink'), {
			type: 'openLink',
			href: 'https://example.com/a?b=c',
		});
		assert.equal(chat.requests.filter(({ type }) => type === 'openLink').length, 1);
		assert.equal(chat.page.url(), address);
		assert.deepEqual(chat.loads, []);
	});

	it('does not let VS Code open a link as well', async () => {
		await chat.state([turn('1', '[docs](https://example.com/)')]);
		await chat.page.evaluate(`document.addEventListener('click', () => (globalThis.seen = true))`);
		await chat.page.locator('a', { hasText: 'docs' }).click();
		await chat.request('openLink');
		assert.equal(await chat.page.evaluate('globalThis.seen'), undefined);
	});

	it('sends with Enter, keeps Shift+Enter for a new line, and empties the box once the host has taken it', async () => {
		await chat.state([]);
		await chat.input.focus();
		await chat.page.keyboard.type('one');
		await chat.page.keyboard.press('Shift+Enter');
		await chat.page.keyboard.type('two');
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await chat.request('send'), {
			type: 'send',
			text: 'one\ntwo',
		});
		await until('the empty box', async () => (await chat.input.inputValue()) === '');
	});

	it('sends nothing of blanks, and leaves Enter to an input method that composes', async () => {
		await chat.state([]);
		await chat.input.fill('   ');
		await chat.page.keyboard.press('Enter');
		await chat.input.fill('tiếng Việt');
		await chat.input.dispatchEvent('keydown', {
			key: 'Enter',
			isComposing: true,
		});
		await chat.drawn();
		assert.deepEqual(
			chat.requests.map(({ type }) => type),
			['ready'],
		);
	});

	it('keeps the draft and says why when the host refuses', async () => {
		chat.refuse = ({ type }) => (type === 'send' ? 'An answer is still running.' : undefined);
		await chat.state([turn('1', 'so far', { state: 'streaming' })]);
		await chat.input.fill('next');
		await chat.page.keyboard.press('Enter');
		await chat.page.locator('[role="alert"]', { hasText: 'still running' }).waitFor();
		assert.equal(await chat.input.inputValue(), 'next');
	});

	it('is used by the keyboard alone, in the order of reading', async () => {
		await chat.state([turn('1', 'Text with `code`\n\n```ts\nconst a = 1;\n```\n[link](https://example.com)')]);
		await chat.page.locator('.hljs-keyword').waitFor();
		const visited: unknown[] = [];
		// From the input, which has the focus to begin with, round to it again; between end and beginning lies the document.
		await chat.input.focus();
		for (let i = 0; i < 21; i++) {
			await chat.page.keyboard.press('Tab');
			visited.push(
				await chat.page.evaluate(
					`((e) => e === document.body ? 'document' : e.dataset.field ?? e.dataset.role ?? e.dataset.action ?? e.getAttribute('aria-label') ?? e.textContent)(document.activeElement)`,
				),
			);
		}
		assert.deepEqual(visited, [
			'Attach the code in the editor',
			'Attach files…',
			'pickModel',
			'drawer',
			'find',
			'send',
			'document',
			'Conversation',
			'Question 1',
			'Edit the question',
			'wrap',
			'Copy the code',
			'Insert at the cursor',
			'Apply to the selection…',
			'Put into a new file',
			'Code',
			'link',
			'fallbacks',
			'Copy the answer',
			'Ask Again',
			'input',
		]);
	});

	it('shows that it asks, thinks, waits and writes; the button stops it and the focus stays in reach', async () => {
		await chat.state([turn('1', '', { state: 'waiting', step: 'sending' })]);
		await chat.answer('waiting').getByText('Asking…').waitFor();
		await chat.update({
			type: 'answer',
			turn: '1',
			state: { state: 'waiting', step: 'thinking' },
		});
		await chat.answer('waiting').getByText('Thinking…').waitFor();
		await chat.update({
			type: 'answer',
			turn: '1',
			state: { state: 'waiting', step: 'queued', wait },
		});
		const card = chat.page.locator('[data-role="waiting"]');
		await card.getByText('requests a minute used up').waitFor();
		assert.match(await card.innerText(), /work.*gemini-3\.8-flash[\s\S]*0:[34]\d[\s\S]*2 requests are served first/);
		await card.locator('[data-action="anotherModel"]').click();
		await chat.request('anotherModel');
		await card.locator('[data-action="cancel"]').click();
		await chat.request('stop');
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.role'), 'input');
		await chat.update(
			{ type: 'append', turn: '1', text: 'Hello' },
			{ type: 'answer', turn: '1', state: { state: 'streaming' } },
		);
		await chat.answer('streaming').locator('.markdown', { hasText: 'Hello' }).waitFor();
		assert.equal(await card.count(), 0);
	});

	it('keeps still for whoever wants no motion, by the system’s setting or by VS Code’s', async () => {
		const { page: document } = chat;
		const motion = () => document.evaluate(`getComputedStyle(document.querySelector('.dot')).animationName`);
		await chat.state([turn('1', '', { state: 'waiting', step: 'sending' })]);
		await document.locator('.dot').waitFor();
		assert.equal(await motion(), 'breathe');
		await document.emulateMedia({ reducedMotion: 'reduce' });
		assert.equal(await motion(), 'none');
		await document.emulateMedia({ reducedMotion: 'no-preference' });
		await document.evaluate(`document.body.classList.add('vscode-reduce-motion')`);
		assert.equal(await motion(), 'none');
	});

	it('counts down by its own clock', async () => {
		await chat.state([]);
		await chat.page.clock.install({ time: 0 });
		// Real time counts no more.
		await chat.page.clock.pauseAt(1_000);
		await chat.state([
			turn('1', '', {
				state: 'waiting',
				step: 'queued',
				wait: { ...wait, inMs: 61_000 },
			}),
		]);
		await chat.page.clock.runFor(100);
		const timer = chat.page.locator('[role="timer"]');
		assert.match(await timer.innerText(), /1:01/);
		await chat.page.clock.runFor(6_000);
		assert.match(await timer.innerText(), /0:55/);
		// The machine sleeps: the clocks that count what runs stand still.
		await chat.page.clock.setSystemTime(37_000);
		await chat.page.clock.runFor(1_000);
		assert.match(await timer.innerText(), /0:2[45]/);
		// A person sets the time back.
		await chat.page.clock.setSystemTime(0);
		await chat.page.clock.runFor(1_000);
		assert.match(await timer.innerText(), /1:01/);
		await chat.page.clock.runFor(62_000);
		assert.match(await timer.innerText(), /trying now/);
		// The page has no other clock any more.
		await chat.page.close();
	});

	it('keeps a retracted text until its successor comes, and doubles nothing', async () => {
		await chat.state([turn('1', 'Half an ans', { state: 'streaming' })]);
		const text = chat.answer('streaming').locator('.markdown');
		await text.getByText('Half an ans').waitFor();
		await chat.update({ type: 'retract', turn: '1' });
		await chat.drawn();
		assert.equal(await text.innerText(), 'Half an ans');
		await chat.update({ type: 'append', turn: '1', text: 'Whole' });
		await text.getByText('Whole').waitFor();
		assert.equal(await text.innerText(), 'Whole');
	});

	it('asks for the whole state when an update was lost', async () => {
		await chat.state([turn('1', 'ab', { state: 'streaming' })]);
		chat.lose();
		chat.requests.length = 0;
		await chat.update({ type: 'append', turn: '1', text: 'd' });
		await chat.request('ready');
		await chat.state([turn('1', 'abcd', { state: 'streaming' })]);
		await chat.answer('streaming').locator('.markdown', { hasText: 'abcd' }).waitFor();
	});

	it('does not draw settled blocks again while the answer grows', async () => {
		await chat.state([
			turn('1', 'First block.\n\n```ts\nconst a = 1;\n```\n\nTail', {
				state: 'streaming',
			}),
		]);
		await chat.page.locator('.hljs-keyword').waitFor();
		await chat.page.evaluate(`document.querySelectorAll('.markdown > *').forEach((e, i) => (e.mark = i))`);
		await chat.update({ type: 'append', turn: '1', text: ' grows.\n\nNext.' });
		await chat.update({
			type: 'answer',
			turn: '1',
			state: { state: 'done', footer },
		});
		await chat.answer('done').locator('.markdown', { hasText: 'Next.' }).waitFor();
		const marks = await chat.page.evaluate(
			`[...document.querySelectorAll('.markdown > *')].map((e) => e.mark ?? 'new')`,
		);
		assert.deepEqual(marks, [0, 1, 2, 'new']);
	});

	it('follows the end for a reader who is there, and leaves one further up alone', async () => {
		const long = Array.from({ length: 100 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
		await chat.state([turn('1', long, { state: 'streaming' })]);
		await chat.page.getByText('Paragraph 99.').waitFor();
		const left = () =>
			chat.page.evaluate('((e) => e.scrollHeight - e.clientHeight - e.scrollTop)(document.querySelector(".log"))');
		await chat.drawn();
		assert.ok(Number(await left()) < 2);
		await chat.update({ type: 'append', turn: '1', text: '\n\nMore one.' });
		await chat.page.getByText('More one.').waitFor();
		await chat.drawn();
		assert.ok(Number(await left()) < 2);
		await scrollTo(300);
		await chat.page.locator('.jump').waitFor();
		await chat.update({ type: 'append', turn: '1', text: '\n\nMore two.' });
		await chat.page.getByText('More two.').waitFor();
		await chat.drawn();
		assert.equal(await place(), 300);
		await chat.page.locator('.jump').click();
		await chat.drawn();
		assert.ok(Number(await left()) < 2);
	});

	it('lets go at the first few pixels up: a touch pad and a smooth wheel move by no more at a time', async () => {
		const long = Array.from({ length: 100 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
		await chat.state([turn('1', long, { state: 'streaming' })]);
		await chat.page.getByText('Paragraph 99.').waitFor();
		await chat.drawn();
		const end = Number(await place());
		await scrollTo(end - 8);
		await chat.drawn();
		await chat.update({ type: 'append', turn: '1', text: '\n\nMore one.' });
		await chat.page.getByText('More one.').waitFor();
		await chat.drawn();
		assert.equal(await place(), end - 8);
	});

	it('has the draft and the place of reading again after it was hidden', async () => {
		const long = Array.from({ length: 100 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
		await chat.state([turn('1', long)]);
		await chat.page.getByText('Paragraph 99.').waitFor();
		await chat.input.fill('half a question');
		await scrollTo(200);
		await chat.page.locator('.jump').waitFor();
		await chat.page.reload();
		await chat.state([turn('1', long)]);
		await chat.page.getByText('Paragraph 99.').waitFor();
		await chat.drawn();
		assert.equal(await chat.input.inputValue(), 'half a question');
		assert.equal(await place(), 200);
	});

	it('tells how an answer came about, the attempts on demand', async () => {
		await chat.state([turn('1', 'Answer')]);
		const foot = chat.page.locator('.footer');
		const field = (name: string) => foot.locator(`[data-field="${name}"]`);
		assert.equal(await field('key').innerText(), 'work');
		assert.equal(await field('model').innerText(), 'gemini-3.8-flash');
		assert.match(await field('tokens').innerText(), /1,204.*356/);
		assert.equal(await field('seconds').innerText(), '2.3 s');
		assert.equal(await field('fallbacks').innerText(), '1 fallback');
		assert.deepEqual(JSON.parse((await foot.getAttribute('data-attempts')) ?? ''), [
			{ label: 'personal', model: 'gemini-3.8-flash', outcome: 'rpm' },
			{ label: 'work', model: 'gemini-3.8-flash', outcome: 'answered' },
		]);
		assert.equal(await chat.page.locator('.attempts').isVisible(), false);
		await field('fallbacks').press('Enter');
		await chat.page.locator('.attempts', { hasText: 'requests a minute used up' }).waitFor();
	});

	it('says nothing of fallbacks where there were none, and of tries where one key was tried again', async () => {
		const sent = { label: 'work', model: 'flash', ms: 40 };
		const answered = { ...sent, outcome: 'answered', words: 'answered' };
		const overloaded = { ...sent, outcome: 'overloaded', words: 'overloaded' };
		const story = (attempts: FooterView['attempts']): AnswerView => ({
			state: 'done',
			footer: { key: 'work', model: 'flash', ms: 40, fallbacks: 0, attempts },
		});
		await chat.state([turn('1', 'At once', story([answered])), turn('2', 'Then', story([overloaded, answered]))]);
		const told = chat.page.locator('[data-field="fallbacks"]:visible');
		await chat.page.getByText('At once').waitFor();
		assert.deepEqual(await told.allInnerTexts(), ['2 tries']);
		await told.click();
		await chat.page.locator('.attempts', { hasText: 'overloaded' }).waitFor();
	});

	it('says what failed and gives the button that helps', async () => {
		const error = {
			text: 'No key can answer.',
			remedy: 'The first is back at 09:00.',
			action: 'Show the Keys',
		};
		await chat.state([
			turn('1', '', {
				state: 'failed',
				footer: { ms: 5, fallbacks: 0, attempts: [] },
				error,
			}),
		]);
		const card = chat.answer('failed').locator('[data-role="error"]');
		await card.getByRole('button', { name: 'Show the Keys' }).click();
		assert.deepEqual(await chat.request('act'), { type: 'act', turn: '1' });
		assert.equal(
			await chat.page.getByRole('button', { name: 'Copy the answer' }).count(),
			0,
			'there is nothing to copy',
		);
		await chat.page.getByRole('button', { name: 'Ask Again' }).click();
		assert.deepEqual(await chat.request('retry'), { type: 'retry', turn: '1' });
	});

	it('offers the simulator too where there is no key, and to ask again once there is one', async () => {
		const error = { text: 'There is no key.', remedy: 'Add one.', action: 'Add Keys', noKey: true } as const;
		const failed = [turn('1', '', { state: 'failed', footer: { ms: 5, fallbacks: 0, attempts: [] }, error })];
		await chat.state(failed, { hasKeys: false });
		const buttons = chat.answer('failed').locator('[data-role="error"] button');
		assert.deepEqual(await buttons.allInnerTexts(), ['Add Keys', 'Try the Simulator']);
		await buttons.last().click();
		await chat.request('trySimulator');
		await chat.state(failed);
		await buttons.and(chat.page.getByText('Ask Again')).click();
		assert.equal(await chat.page.getByText('Add one.').count(), 0);
		assert.deepEqual(await chat.request('retry'), { type: 'retry', turn: '1' });
	});

	it('copies exactly the code and the answer', async () => {
		const code = 'const a = "<b>";\n\n\treturn a;\n';
		await chat.state([turn('1', `Text\n\n\`\`\`ts\n${code}\`\`\`\n`)]);
		await chat.page.locator('.hljs-keyword').first().waitFor();
		await chat.page.getByRole('button', { name: 'Copy the code' }).click();
		assert.equal((await chat.request('copy')).text, code);
	});

	it('colours long code piece by piece, and neither loses a character nor the middle of a comment', async () => {
		const lines = (name: string, count: number) => Array.from({ length: count }, (_, n) => `let ${name}${n} = "${n}";`);
		const comment = `/* ${lines('in', 250).join('\n\n')} */`;
		const code = [...lines('a', 400), comment, ...lines('b', 400)].join('\n');
		await chat.state([turn('1', `\`\`\`typescript\n${code}\n\`\`\`\n\nThe end.`)]);
		const chunks = chat.page.locator('.code-chunk');
		await chat.page.locator('.code-chunk:last-child .hljs-keyword').first().waitFor();
		assert.ok((await chunks.count()) > 3);
		assert.equal(await chat.page.locator('.code-block code').textContent(), `${code}\n`);
		assert.equal((await chat.page.locator('.hljs-comment').allTextContents()).join(''), comment);
		const selected = await chat.page.evaluate(
			`getSelection().selectAllChildren(document.querySelector('.code-block code')), getSelection().toString()`,
		);
		assert.equal(selected, code);
	});

	it('keeps the numbers of a list that a block of code interrupts, and the alignment of a table', async () => {
		await chat.state([
			turn('1', '1. one\n\n```js\nx\n```\n\n2. two\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n\nLast words.'),
		]);
		await chat.page.getByText('Last words.').waitFor();
		assert.equal(await chat.page.locator('ol[start="2"]').innerText(), 'two');
		const aligned = `[...document.querySelectorAll('td')].map((cell) => getComputedStyle(cell).textAlign)`;
		assert.deepEqual(await chat.page.evaluate(aligned), ['end', 'center']);
	});
});
