import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { violations } from '../../support/window/axe';
import { ChatPage, footer, turn } from '../../support/webviews/chatPage';
import { eventually } from '../../support/window/until';
import { buildFiles, launch, type Files } from '../../support/webviews/webviewPage';

/** Reads as a check of an administrator, and is a comment. */
const code = [
	'const level = "user";',
	"if (level !== 'user\u202e \u2066// Check if admin\u2069 \u2066') {",
	"\tconsole.log('You are an admin. ✔\ufe0f 👨\u200d👩\u200d👧');",
	'}',
	'const to\u200bken = 1; // \u{e0041}\u{e0042}',
	'',
].join('\n');
const marks = ['U+202E', 'U+2066', 'U+2069', 'U+2066', 'U+200B', 'U+E0041', 'U+E0042'];
const visible = code.replaceAll(/[\u202e\u2066\u2069\u200b]|\u{e0041}|\u{e0042}/gu, '');

describe('characters that nobody sees, in the code of an answer', () => {
	let browser: Browser;
	let files: Files;
	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('chat')]);
	});
	after(() => browser.close());

	const marksIn = (chat: ChatPage): Promise<readonly string[]> =>
		chat.page.evaluate<string[]>(
			`[...document.querySelectorAll('.code-block .invisible')].map((mark) => mark.getAttribute('aria-label'))`,
		);
	const shownIn = (chat: ChatPage): Promise<string | null> => chat.page.locator('.code-block code').textContent();

	for (const theme of ['dark', 'light'] as const) {
		it(`are marked, in plain and in coloured code, and said in the head of the block, in ${theme}`, async () => {
			const chat = await ChatPage.open(browser, files, theme);
			for (const language of ['typescript', 'nolanguage']) {
				await chat.state([turn(language, `Look:\n\n\`\`\`${language}\n${code}\`\`\`\n`)]);
				if (language === 'typescript') await chat.page.locator('.hljs-keyword').first().waitFor();
				await chat.page.getByText('Hidden characters').waitFor();
				assert.deepEqual(await marksIn(chat), marks);
				assert.equal(await shownIn(chat), visible);
				await chat.screenshot(`hidden-characters-${language}-${theme}`);
				assert.deepEqual(await violations(chat.page), []);
			}
			// The host gets what the model wrote, and decides with the person.
			await chat.page.getByRole('button', { name: 'Copy the code' }).click();
			assert.equal((await chat.request('copy')).text, code);
			const selected = await chat.page.evaluate(
				`getSelection().selectAllChildren(document.querySelector('.code-block code')), getSelection().toString()`,
			);
			assert.equal(selected, visible.replace(/\n$/, ''));
			await chat.state([turn('plain', '```ts\nlet a = "ế ✔\ufe0f";\n```\n')]);
			await chat.page.locator('.hljs-string').waitFor();
			assert.equal(await chat.page.getByText('Hidden characters').isVisible(), false);
			assert.deepEqual(chat.errors, []);
			await chat.page.close();
		});
	}

	it('are marked while they come, unit by unit, and in long code', async () => {
		const chat = await ChatPage.open(browser, files);
		await chat.state([turn('1', '', { state: 'streaming' })]);
		const text = `\`\`\`typescript\n${code}`;
		for (let at = 0; at < text.length; at += 1) {
			await chat.update({ type: 'append', turn: '1', text: text.charAt(at) });
		}
		// The last character is drawn a frame later.
		await eventually(async () => assert.deepEqual([await marksIn(chat), await shownIn(chat)], [marks, visible]));
		await chat.update(
			{ type: 'append', turn: '1', text: '```\n' },
			{ type: 'answer', turn: '1', state: { state: 'done', footer } },
		);
		await chat.page.locator('.hljs-keyword').first().waitFor();
		assert.deepEqual([await marksIn(chat), await shownIn(chat)], [marks, visible]);

		const long = Array.from({ length: 900 }, (_, n) => `let a${n} = "${n % 300 === 150 ? '\u202e' : ''}${n}";`).join(
			'\n',
		);
		await chat.state([turn('2', `\`\`\`typescript\n${long}\n\`\`\`\n`)]);
		await chat.page.locator('.code-chunk:last-child .hljs-keyword').first().waitFor();
		// The answer before it stands until this one is drawn.
		await eventually(async () => assert.deepEqual(await marksIn(chat), ['U+202E', 'U+202E', 'U+202E']));
		assert.equal(await shownIn(chat), `${long.replaceAll('\u202e', '')}\n`);
		assert.deepEqual(chat.errors, []);
		await chat.page.close();
	});

	it('take no longer to lay out in one line than in many: sixty thousand held up the view for minutes', async () => {
		const chat = await ChatPage.open(browser, files, 'dark');
		const count = 16_000;
		const layoutOf = async (inLine: number): Promise<number> => {
			const lines = Array.from({ length: count / inLine }, () => '\u200b'.repeat(inLine));
			await chat.state([turn(String(inLine), `\`\`\`\n${lines.join('\n')}\n\`\`\`\n\nThe end.`)]);
			await chat.page.getByText('The end.').waitFor();
			assert.equal((await marksIn(chat)).length, count);
			return chat.page.evaluate<number>(`(() => {
				const block = document.querySelector('.code-block');
				return Math.min(...[1, 2, 3, 4, 5, 6, 7].map(() => {
					block.style.display = 'none';
					document.body.offsetHeight;
					block.style.display = '';
					const began = performance.now();
					document.body.offsetHeight;
					return performance.now() - began;
				}));
			})()`);
		};
		const many = await layoutOf(100);
		const times = (await layoutOf(count)) / many;
		assert.ok(times < 4, `${times.toFixed(1)} times as long`);
		await chat.page.close();
	});
});
