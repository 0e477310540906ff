import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';

interface Place {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

async function placeOf(of: Locator): Promise<Place> {
	const box = await of.boundingBox();
	assert.ok(box);
	return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

describe('the chat’s input box', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});
	const place = (selector: string): Promise<Place> => placeOf(chat.page.locator(selector));

	it('asks a question again in other words, by keyboard, and gives the focus back', async () => {
		await chat.state([turn('1', 'Answer')]);
		await chat.page.getByRole('button', { name: 'Edit the question' }).press('Enter');
		await chat.page.keyboard.press('Escape');
		assert.equal(await chat.page.locator('[data-role="edit"]').count(), 0);
		await chat.page.getByRole('button', { name: 'Edit the question' }).press('Enter');
		assert.equal(await chat.page.evaluate('document.activeElement.value'), 'Question 1');
		await chat.page.keyboard.press('End');
		await chat.page.keyboard.type(' again');
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await chat.request('edit'), {
			type: 'edit',
			turn: '1',
			text: 'Question 1 again',
		});
		await chat.page.locator('[data-role="edit"]').waitFor({ state: 'detached' });
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.role'), 'input');
	});

	it('lies over nothing in a low view: a long question scrolls in it', async () => {
		await chat.page.setViewportSize({ width: 300, height: 120 });
		await chat.state([turn('1', 'Answer')], { size: { tokens: 307, limit: 1_048_576 } });
		await chat.input.fill('a line\n'.repeat(8));
		const [box, text, toolbar] = [
			await place('.input-box'),
			await place('[data-role="input"]'),
			await place('.toolbar'),
		];
		assert.ok(text.bottom <= toolbar.top && toolbar.bottom <= box.bottom, JSON.stringify([box, text, toolbar]));
	});

	it('is on screen with all its buttons in a low view, whatever stands above it: that scrolls', async () => {
		const chips = ['a', 'b'].map((id) => ({ id, type: 'file', label: `${id}.ts`, bytes: 3_210 }) as const);
		const queue = ['c', 'd', 'e'].map((id) => ({ id, text: `Question ${id}`, attachments: [] }));
		const banner = { text: 'Keypool has paused.', remedy: 'Look at the key, and resume then.', action: 'Resume' };
		const size = { tokens: 307, limit: 1_048_576 };
		const all = { chips, queue, banner, size };
		for (const [width, height, more] of [
			[190, 120, { size }],
			[190, 120, { size, chips }],
			[190, 220, { size, banner }],
			[300, 280, all],
		] as const) {
			await chat.page.setViewportSize({ width, height });
			await chat.state([turn('1', 'Answer')], more);
			await chat.input.fill('a question');
			await chat.drawn();
			const hidden = await chat.page.evaluate(`
				[...document.querySelectorAll('[data-role="input"], .toolbar button')]
					.filter((one) => one.checkVisibility())
					.filter((one) => {
						const { x, y, width, height } = one.getBoundingClientRect();
						const [top, bottom] = [1, height - 1].map((dy) => document.elementFromPoint(x + width / 2, y + dy));
						return !one.contains(top) || !one.contains(bottom);
					})
					.map((one) => one.getAttribute('aria-label'))`);
			assert.deepEqual(hidden, [], `${width} x ${height} px`);
		}
	});

	it('shows the whole ring of what has the focus above it, or in a block of code: these would cut it off', async () => {
		const chips = ['a', 'b'].map((id) => ({ id, type: 'file', label: `${id}.ts`, bytes: 3_210 }) as const);
		const queue = [{ id: 'c', text: 'Question c', attachments: [] }];
		await chat.state([turn('1', '```js\nlet a;\n```')], {
			chips,
			queue,
			full: 'Each new question deletes the oldest.',
		});
		await chat.page.locator('.code-block button').first().waitFor();
		await chat.input.press('Shift+Tab');
		const cut = await chat.page.evaluate(`
			[...document.querySelectorAll('.code-block button, .below > .note button, .chips button, .queue button')].filter((one) => {
				one.focus();
				const { outlineWidth, outlineOffset } = getComputedStyle(one);
				const around = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
				const { top, bottom } = one.getBoundingClientRect();
				const { top: begin, bottom: end } = one.closest('ul, ol, .note, .code-block').getBoundingClientRect();
				return top - around < begin || bottom + around > end;
			}).map((one) => one.getAttribute('aria-label') ?? one.textContent)`);
		assert.deepEqual(cut, []);
	});

	it('names the model in the narrowest side bar, beside everything else', async () => {
		await chat.page.setViewportSize({ width: 170, height: 400 });
		await chat.state([turn('1', 'Answer', { state: 'streaming' })]);
		const name = `document.querySelector('.model-button bdi')`;
		const cut = `${name}.scrollWidth > ${name}.clientWidth`;
		assert.equal(await chat.page.evaluate(cut), false, 'the name is cut');
		const buttons = await chat.page.locator('.toolbar > button:visible').all();
		const places = await Promise.all(buttons.map(placeOf));
		const box = await place('.input-box');
		assert.ok(places.length >= 6);
		for (const [n, one] of places.entries()) {
			assert.ok(one.left >= box.left && one.right <= box.right, JSON.stringify([one, box]));
			const isApart = (other: Place): boolean =>
				other.left >= one.right || other.right <= one.left || other.top >= one.bottom || other.bottom <= one.top;
			assert.ok(
				places.every((other, at) => at === n || isApart(other)),
				JSON.stringify(places),
			);
		}
	});

	it('offers the commands after a slash, by keyboard', async () => {
		await chat.state([]);
		await chat.input.focus();
		await chat.page.keyboard.type('/');
		const options = chat.page.getByRole('option');
		await options.first().waitFor();
		assert.equal(await options.count(), 5);
		await chat.page.keyboard.press('ArrowDown');
		await chat.page.locator('#suggestion-1[aria-selected="true"]').waitFor();
		assert.equal(await chat.input.getAttribute('aria-activedescendant'), 'suggestion-1');
		await chat.page.keyboard.press('Enter');
		assert.equal(await chat.input.inputValue(), '/fix ');
		// Drawn with the next frame.
		await options.first().waitFor({ state: 'detached' });
		await chat.page.keyboard.type('it');
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await chat.request('send'), {
			type: 'send',
			text: '/fix it',
		});
	});

	it('closes the list of commands at Escape, and leaves what is typed', async () => {
		await chat.state([]);
		await chat.input.focus();
		await chat.page.keyboard.type('/ex');
		await chat.page.getByRole('option').first().waitFor();
		await chat.page.keyboard.press('Escape');
		await chat.page.getByRole('option').first().waitFor({ state: 'detached' });
		assert.equal(await chat.input.inputValue(), '/ex');
	});

	it('shows what goes along, with its size, and takes it off', async () => {
		const chips = [
			{ id: 'a', type: 'code', label: 'parser.ts, lines 1–9', bytes: 2_048 },
			{ id: 'b', type: 'picture', label: 'shot.png', bytes: 500_000 },
		] as const;
		await chat.state([], { chips });
		const list = chat.page.locator('[data-role="draft"]');
		assert.match(await list.innerText(), /parser\.ts, lines 1–9\s*· 2\.0 KB[\s\S]*shot\.png\s*· 488 KB/);
		await chat.page.getByRole('button', { name: 'Remove shot.png' }).click();
		assert.deepEqual(await chat.request('detach'), {
			type: 'detach',
			chip: 'b',
		});
		await chat.page.getByRole('button', { name: 'Attach files…' }).click();
		assert.deepEqual(await chat.request('attach'), {
			type: 'attach',
			what: 'files',
		});
	});

	it('lets pasted and dropped pictures go along, and says what does not', async () => {
		await chat.state([]);
		const give = (kind: 'paste' | 'drop', name: string, type: string) =>
			chat.page.evaluate(`{
				const data = new DataTransfer();
				data.items.add(new File([new Uint8Array([1, 2, 3])], ${JSON.stringify(name)}, { type: ${JSON.stringify(type)} }));
				const event = ${JSON.stringify(kind)} === 'paste'
					? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
					: new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
				document.querySelector('[data-role="input"]').dispatchEvent(event);
			}`);
		await give('paste', 'pasted.png', 'image/png');
		assert.deepEqual(await chat.request('attachPicture'), {
			type: 'attachPicture',
			label: 'pasted.png',
			mimeType: 'image/png',
			data: 'AQID',
		});
		// A browser knows few types by the name of a file; where it knows none, the name tells.
		chat.requests.length = 0;
		await give('drop', 'IMG_1.HEIC', '');
		assert.deepEqual(await chat.request('attachPicture'), {
			type: 'attachPicture',
			label: 'IMG_1.HEIC',
			mimeType: 'image/heic',
			data: 'AQID',
		});
		await give('drop', 'dropped.svg', 'image/svg+xml');
		await chat.page.locator('[role="alert"]', { hasText: 'Can’t attach dropped.svg' }).waitFor();
		assert.equal(chat.requests.filter(({ type }) => type === 'attachPicture').length, 1);
		assert.deepEqual(chat.loads, []);
	});

	it('sends a question after the pictures that were dropped before it, and goes on saying which cannot go along', async () => {
		await chat.state([]);
		await chat.input.fill('What is on them?');
		await chat.page.evaluate(`{
			const dataTransfer = new DataTransfer();
			for (const [name, type] of [['a.png', 'image/png'], ['b.gif', 'image/gif'], ['c.png', 'image/png']])
				dataTransfer.items.add(new File([new Uint8Array([1, 2, 3])], name, { type }));
			const input = document.querySelector('[data-role="input"]');
			input.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
			input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
		}`);
		await chat.request('send');
		const types = chat.requests.map(({ type }) => type).filter((type) => type === 'send' || type === 'attachPicture');
		assert.deepEqual(types, ['attachPicture', 'attachPicture', 'send']);
		await until('the box is empty', async () => (await chat.input.inputValue()) === '');
		assert.equal(await chat.page.locator('[role="alert"]', { hasText: 'Can’t attach b.gif' }).count(), 1);
	});

	it('sends nothing to a conversation that was opened while pictures were still on their way, and keeps what was typed', async () => {
		await chat.state([]);
		await chat.input.fill('What is on it?');
		await chat.page.evaluate(`{
			File.prototype.arrayBuffer = () => new Promise((read) => (globalThis.read = () => read(new ArrayBuffer(3))));
			const dataTransfer = new DataTransfer();
			dataTransfer.items.add(new File(['a'], 'a.png', { type: 'image/png' }));
			const input = document.querySelector('[data-role="input"]');
			input.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
			input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
		}`);
		chat.conversation = 'another';
		await chat.state([]);
		await chat.page.evaluate('globalThis.read()');
		await chat.page.locator('[role="alert"]', { hasText: 'Another conversation was opened meanwhile.' }).waitFor();
		assert.equal(await chat.input.inputValue(), 'What is on it?');
		assert.ok(chat.requests.every(({ type }) => type !== 'send'));
	});

	it('takes a pasted text for one, though a program gives a picture of it as well', async () => {
		await chat.state([]);
		const paste = (texts: Readonly<Record<string, string>>) =>
			chat.page.evaluate(`{
				const clipboardData = new DataTransfer();
				clipboardData.items.add(new File([new Uint8Array([1, 2, 3])], 'image.png', { type: 'image/png' }));
				for (const [type, text] of Object.entries(${JSON.stringify(texts)})) clipboardData.setData(type, text);
				const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
				document.querySelector('[data-role="input"]').dispatchEvent(event);
				event.defaultPrevented;
			}`);
		// Cells of a table, a paragraph of a document.
		assert.equal(await paste({ 'text/plain': 'a\tb', 'text/html': '<table>' }), false);
		// A picture of a page; a file with its name.
		assert.equal(await paste({ 'text/html': '<img>' }), true);
		assert.equal(await paste({ 'text/plain': 'image.png' }), true);
		const pictures = () => chat.requests.filter(({ type }) => type === 'attachPicture').length;
		await until('both pictures', () => pictures() === 2);
	});

	it('says which of several dropped files do not go along, and goes on saying it', async () => {
		await chat.state([]);
		await chat.page.evaluate(`{
			const dataTransfer = new DataTransfer();
			for (const [name, type] of [['a.gif', 'image/gif'], ['b.png', 'image/png'], ['c.txt', 'text/plain'], ['d.png', 'image/png']])
				dataTransfer.items.add(new File([new Uint8Array([1, 2, 3])], name, { type }));
			const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
			document.querySelector('[data-role="input"]').dispatchEvent(event);
		}`);
		await until('the pictures', () => chat.requests.filter(({ type }) => type === 'attachPicture').length === 2);
		const alert = chat.page.locator('[role="alert"]', { hasText: 'Can’t attach a.gif, c.txt:' });
		await alert.waitFor();
		// The page asks for the thumbnail of what went along, and for the files that a mention may mean.
		const chips = [{ id: 'b', type: 'picture', label: 'b.png', bytes: 3 }] as const;
		await chat.state([], { chips });
		await chat.request('showPicture');
		await chat.input.pressSequentially('@a');
		await chat.request('findMentions');
		await chat.drawn();
		assert.equal(await alert.count(), 1);
	});

	it('leaves a dragged text to the box, and takes files alone', async () => {
		await chat.state([]);
		const dragged = (fill: string) =>
			chat.page.evaluate(`(() => {
				const dataTransfer = new DataTransfer();
				${fill};
				const event = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
				document.querySelector('[data-role="input"]').dispatchEvent(event);
				return event.defaultPrevented;
			})()`);
		assert.equal(await dragged(`dataTransfer.setData('text/plain', 'words of an answer')`), false);
		assert.equal(await dragged(`dataTransfer.items.add(new File(['1'], 'a.png', { type: 'image/png' }))`), true);
	});

	it('asks once for each thumbnail, however many pictures a conversation has', async () => {
		const pictures = Array.from({ length: 210 }, (_, n) => ({ label: `${n}.png`, bytes: 3, picture: `1/${n}` }));
		const many = { ...turn('1', 'Answer'), question: { text: 'What is this?', attachments: pictures } };
		await chat.state([many]);
		const asked = () => chat.requests.flatMap((request) => (request.type === 'showPicture' ? [request.picture] : []));
		await until('the first ones', () => asked().length >= 200);
		for (let n = 0; n < 5; n++) {
			await chat.update({ type: 'answer', turn: '1', state: { state: 'streaming' } });
			await chat.drawn();
		}
		assert.equal(asked().length, new Set(asked()).size);
	});

	it('sets the options of the conversation, and an empty field leaves them to the service', async () => {
		await chat.state([], { options: { temperature: 1 } });
		const gear = chat.page.locator('[data-action="drawer"]');
		await gear.press('Enter');
		await chat.page.locator('[data-action="drawer"][aria-expanded="true"]').waitFor();
		assert.equal(await chat.page.evaluate('document.activeElement.name'), 'system', 'goes on with the keyboard there');
		const temperature = chat.page.getByLabel('Temperature, 0 to 2');
		assert.equal(await temperature.inputValue(), '1');
		await chat.page.getByLabel('System instruction').fill('Be brief.');
		await temperature.fill('');
		await chat.page.getByLabel('Thinking', { exact: true }).selectOption('low');
		const asked = () => chat.requests.findLast(({ type }) => type === 'options');
		await until('the options', () => JSON.stringify(asked()).includes('low'));
		assert.deepEqual(asked(), {
			type: 'options',
			options: { system: 'Be brief.', thinking: 'low' },
		});
		const before = chat.requests.length;
		await temperature.fill('9');
		await temperature.press('Tab');
		await chat.drawn();
		assert.equal(chat.requests.length, before);
		await temperature.press('Escape');
		assert.equal(await chat.page.evaluate('document.activeElement.dataset.action'), 'drawer');
	});
});
