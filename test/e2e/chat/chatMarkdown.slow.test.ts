import assert from 'node:assert/strict';
import { footer, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';

describe('the Markdown of an answer', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const shown = (text: string) => chat.state([turn('1', text)]);
	const formulas = () => chat.page.locator('math');

	it('has formulas as MathML, in a line and on their own, and reads what typesets them with the first one', async () => {
		await shown('No formula, and $5 or $10.');
		await chat.page.getByText('$5 or $10').waitFor();
		assert.ok(!chat.served.some((file) => file.includes('typeset')), 'nothing of it is read without need');
		await chat.state([
			turn(
				'2',
				'Let $a^2$ and \\(b_1\\) be.\n\n$$\n- x\n+ \\frac{1}{2}\n$$\n\nSo \\[\\sum_i i\\] ends. A `$code$` stays.',
			),
		]);
		await formulas().nth(3).waitFor();
		assert.equal(await formulas().count(), 4);
		assert.equal(await chat.page.locator('.formula.block math[display="block"]').count(), 2);
		assert.equal(await chat.page.locator('.formula.block mfrac').count(), 1);
		assert.equal(await chat.page.locator('.markdown li').count(), 0, 'lines of a formula are no list');
		assert.ok(chat.served.some((file) => file.includes('typeset')));
		await chat.page.locator('code', { hasText: '$code$' }).waitFor();
		assert.deepEqual(chat.loads, []);
	});

	it('shows where a numbered reference leads: a definition of its own would vanish', async () => {
		await shown(
			'See [the docs][1], and a note.[^2]\n\n[1]: https://docs.example/a "Docs"\n[^2]: https://note.example/',
		);
		await chat.page.locator('.markdown a[href="https://docs.example/a"]').waitFor();
		await chat.page.locator('.markdown a[href="https://note.example/"]').waitFor();
	});

	it('reads the names of characters that HTML has, and no other', async () => {
		await shown('&copy;&NotEqualTilde;&AMP;&Tab;&semi; but &amp;lt;, &notit;, &nosuch;, &copy and `&copy;`.');
		const paragraph = chat.page.locator('.markdown p');
		await paragraph.waitFor();
		assert.equal(await paragraph.textContent(), '©≂̸&\t; but &lt;, &notit;, &nosuch;, &copy and &copy;.');
	});

	it('keeps a formula that grows, and one that is none, readable', async () => {
		await chat.state([turn('1', 'A $\\fra', { state: 'streaming' })]);
		await chat.page.getByText('A $\\fra').waitFor();
		await chat.update({
			type: 'append',
			turn: '1',
			text: 'c{1}{2}$ and $\\nonsense{$',
		});
		await formulas().first().waitFor();
		await chat.update({
			type: 'answer',
			turn: '1',
			state: { state: 'done', footer },
		});
		await chat.answer('done').waitFor();
		assert.equal(await formulas().count(), 1);
		await chat.page.locator('[data-math]', { hasText: '\\nonsense{' }).waitFor();
	});

	it('runs and loads nothing by a formula, however it is written', async () => {
		const hostile = [
			'\\href{javascript:alert(1)}{x}',
			'\\url{https://evil.invalid}',
			'\\includegraphics{https://evil.invalid/x.png}',
			'\\htmlData{onclick=globalThis.pwned=1}{x}',
			'\\htmlStyle{position:fixed;inset:0}{x}',
			'\\htmlClass{jump}{x}',
			'\\text{<img src=x onerror=globalThis.pwned=1>}',
			'\\def\\a{\\a\\a}\\a',
			'\\rule{9999em}{9999em}',
			'\\kern{-9999em}\\text{over the page}',
			'\\color{transparent}\\text{hidden}',
			'\\unicode{x202e}',
			'x'.repeat(5_000),
		];
		await shown(`${hostile.map((tex) => `Before $${tex}$ after.`).join('\n\n')}\n\nThe $e^n_d$.`);
		await chat.page.locator('p', { hasText: 'The' }).last().locator('math').waitFor();
		await chat.drawn();
		assert.equal(await chat.page.evaluate('globalThis.pwned'), undefined);
		assert.equal(await chat.page.locator('.markdown').locator('a, img, script, [style], [onclick]').count(), 0);
		assert.equal(await chat.page.locator('.formula [class]').count(), 0);
		assert.equal(await chat.page.locator('.formula [mathcolor], .formula [href]').count(), 0);
		const page = await chat.page.evaluate(
			'[document.documentElement.scrollWidth > innerWidth, getComputedStyle(document.querySelector(".markdown")).contain]',
		);
		assert.deepEqual(page, [false, 'paint']);
		assert.deepEqual(chat.loads, []);
	});

	it('leaves a formula as it was written that defines something: one could become what is drawn for minutes', async () => {
		const defining = ['\\def\\a', '\\gdef\\a', '\\newcommand{\\a}', '\\global\\long\\edef\\a'].map(
			(begin) => `$${begin}{${'x'.repeat(20)}}${'\\a '.repeat(10)}x$`,
		);
		await shown(`A ${defining.join(', ')} and $\\definitely$, $y$.`);
		await formulas().filter({ hasText: /^yy$/ }).waitFor();
		assert.equal(await formulas().count(), 1);
		assert.equal(await chat.page.locator('[data-math]').count(), 5);
	});

	it('typesets many formulas', async () => {
		const many = Array.from({ length: 200 }, (_, n) => `$\\sqrt{x_{${n}}^2 + \\frac{${n}}{y}}$`).join(' ');
		await shown(many);
		await formulas().nth(199).waitFor();
		assert.equal(await formulas().count(), 200);
	});

	it('fills up the short rows of a table, but not to tens of thousands of cells, which took seconds to lay out', async () => {
		const table = (columns: number, rows: readonly string[]): string =>
			['|' + 'a|'.repeat(columns), '|' + '-|'.repeat(columns), ...rows].join('\n');
		const cells = () => chat.page.locator('.markdown td').count();
		await shown(table(10, Array<string>(400).fill('|b')));
		await chat.page.locator('.markdown table').waitFor();
		assert.equal(await cells(), 4_000);
		await shown(`${table(256, Array<string>(256).fill('|'))}\n\nThe end.`);
		await chat.page.getByText('The end.').waitFor();
		assert.ok((await cells()) < 8_000, String(await cells()));
		await shown(
			Array<string>(12)
				.fill(`${table(100, Array<string>(200).fill('|'))}\n# Next`)
				.join('\n'),
		);
		await chat.page.getByText('Next').nth(11).waitFor();
		assert.ok((await cells()) < 15_000, String(await cells()));
	});

	it('has lists of tasks', async () => {
		await shown('- [ ] open\n- [x] done\n- [X] **bold**\n- plain [ ] text\n\n1. [ ] numbered\n');
		await chat.page.getByText('numbered').waitFor();
		assert.deepEqual(await chat.page.locator('.markdown li').allInnerTexts(), [
			'☐ open',
			'☑ done',
			'☑ bold',
			'plain [ ] text',
			'☐ numbered',
		]);
		assert.equal(await chat.page.locator('li[data-task="done"]').count(), 2);
		const marker = `getComputedStyle(document.querySelector('li[data-task]')).listStyleType`;
		assert.equal(await chat.page.evaluate(marker), 'none');
	});

	it('has links to files that the host opens, by mouse and by keyboard', async () => {
		await shown('See `src/a.ts:12`, [the parser](src/my%20parser.ts#L3), `console.log` and [`b.ts`](lib/b.ts).');
		const links = chat.page.locator('[data-file]');
		await links.first().waitFor();
		assert.deepEqual(
			await chat.page.evaluate(
				`[...document.querySelectorAll('[data-file]')].map((link) => [link.dataset.file, link.hasAttribute('href')])`,
			),
			[
				['src/a.ts:12', false],
				['src/my parser.ts#L3', false],
				['lib/b.ts', false],
			],
		);
		await links.first().click();
		assert.deepEqual(await chat.request('openFile'), {
			type: 'openFile',
			file: 'src/a.ts:12',
		});
		chat.requests.length = 0;
		await chat.page.getByRole('link', { name: 'the parser' }).press('Enter');
		assert.deepEqual(await chat.request('openFile'), {
			type: 'openFile',
			file: 'src/my parser.ts#L3',
		});
		assert.equal(chat.requests.filter(({ type }) => type === 'openLink').length, 0);
	});

	it('has no link to a file outside of the workspace, nor to a command', async () => {
		await shown(
			[
				'[a](command:workbench.action.terminal.new)',
				'[b](file:///etc/passwd)',
				'[c](../../etc/passwd)',
				'[d](/etc/passwd)',
				'[e](vscode://x/y)',
				'[f](..%2f..%2fetc)',
				'[g](//evil.invalid/x)',
				'`../../.ssh/id_rsa.pem` `/etc/passwd`',
				'The end.',
			].join('\n\n'),
		);
		await chat.page.getByText('The end.').waitFor();
		assert.equal(await chat.page.locator('.markdown a').count(), 0);
	});

	it('leaves Markdown plain whose lines are too long to be coloured: links that do not end held up the view for twenty seconds', async () => {
		const code = (line: string, language = 'markdown'): string => `\`\`\`${language}\n${line}\n\`\`\`\n`;
		const long = code(`["${'long '.repeat(1_000)}"]`, 'json');
		await shown([code('[a](b) '.repeat(200)), code('[a]('.repeat(3_900)), long, code('[a](b)')].join('\n'));
		const inBlock = (n: number) => chat.page.locator('.code-block').nth(n).locator('.hljs-string');
		await inBlock(3).waitFor();
		assert.deepEqual(await Promise.all([0, 1, 2, 3].map((n) => inBlock(n).count())), [0, 0, 1, 1]);
	});

	it('leaves code plain that has a very long word: one in Java held up the view for two seconds', async () => {
		const code = (word: string): string => `\`\`\`java\nclass ${word} {}\n\`\`\`\n`;
		await shown([code('a'.repeat(15_000)), code('é'.repeat(15_000)), code('é'.repeat(900))].join('\n'));
		const inBlock = (n: number) => chat.page.locator('.code-block').nth(n).locator('.hljs-keyword');
		await inBlock(2).waitFor();
		assert.deepEqual(await Promise.all([0, 1, 2].map((n) => inBlock(n).count())), [0, 0, 1]);
	});

	it('wraps long lines of all code by a toggle, and remembers it', async () => {
		const code = `\`\`\`ts\nconst a = '${'long '.repeat(100)}';\n\`\`\`\n`;
		await shown(`${code}\n${code}`);
		const toggle = chat.page.locator('[data-action="wrap"]');
		const wide = () =>
			chat.page.evaluate(
				`[...document.querySelectorAll('.code-block pre')].filter((pre) => pre.scrollWidth > pre.clientWidth).length`,
			);
		await toggle.nth(1).waitFor();
		assert.equal(await wide(), 2);
		await toggle.first().click();
		assert.equal(await wide(), 0);
		assert.deepEqual(
			await chat.page.evaluate(`[...document.querySelectorAll('[data-action="wrap"]')].map((one) => one.ariaPressed)`),
			['true', 'true'],
		);
		await chat.page.reload();
		await shown(code);
		await toggle.first().waitFor();
		assert.equal(await wide(), 0);
		await chat.page.locator('[data-action="wrap"][aria-pressed="true"]').click();
		assert.equal(await wide(), 1);
	});

	it('has code in a list look as any other while the list grows, and lines that wrap', async () => {
		const text = '```ts\nconst a = 1;\n```\n\n1. One:\n   ```ts\n   const b = 2;';
		await chat.state([turn('1', text, { state: 'streaming' })]);
		await chat.page.locator('li pre').waitFor();
		await chat.page.locator('[data-action="wrap"]').click();
		const looks = await chat.page.evaluate<string[][]>(
			`['.code-block', 'li pre'].map((shown) => getComputedStyle(document.querySelector(shown)).backgroundColor)
				.concat(['.code-block pre', 'li pre'].map((shown) => getComputedStyle(document.querySelector(shown)).whiteSpace))`,
		);
		assert.deepEqual([looks[1], looks[3]], [looks[0], 'pre-wrap']);
		assert.equal(looks[2], looks[3]);
	});

	it('has thoughts folded before the answer, while it comes and after', async () => {
		await chat.state([
			{
				...turn('1', 'So', { state: 'streaming' }),
				thoughts: 'First **this**.',
			},
		]);
		const thoughts = chat.page.locator('[data-role="thoughts"]');
		await thoughts.waitFor();
		assert.equal(await thoughts.locator('.markdown').isVisible(), false);
		await thoughts.locator('summary').click();
		await thoughts.locator('strong', { hasText: 'this' }).waitFor();
	});

	it('lets the pill to its end be read over any text', async () => {
		await shown(Array.from({ length: 100 }, (_, n) => `Paragraph ${n}.`).join('\n\n'));
		await chat.page.getByText('Paragraph 99.').waitFor();
		await chat.drawn();
		await chat.page.evaluate(`document.querySelector('.log').scrollTop = 300`);
		await chat.page.locator('.jump').waitFor();
		const color = String(await chat.page.evaluate(`getComputedStyle(document.querySelector('.jump')).backgroundColor`));
		assert.match(color, /^rgb\(\d+, \d+, \d+\)$/, 'without a see-through part');
		await chat.screenshot('chat-pill');
	});
});
