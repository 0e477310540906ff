import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { ChatPage, turn } from '../../support/webviews/chatPage';
import { violations } from '../../support/window/axe';
import { themeNames } from '../../support/webviews/themes';
import { buildFiles, english, launch, vietnamese, type Files } from '../../support/webviews/webviewPage';

const wait = {
	key: 'work',
	model: 'gemini-3.8-flash',
	reason: 'requests a minute used up',
	inMs: 42_000,
	ahead: 2,
};

const sample = `## Reading a file

Use \`readFile\` from **node:fs/promises**, see [the documentation](https://nodejs.org/api/fs.html):

\`\`\`typescript
import { readFile } from 'node:fs/promises';

// The whole file, decoded.
const text = await readFile(new URL('./data.json', import.meta.url), { encoding: 'utf8', flag: 'r' });
export const count = text.split('\\n').length + 1;
\`\`\`

\`\`\`diff
-const text = readFileSync('data.json', 'utf8');
+const text = await readFile('data.json', 'utf8');
\`\`\`

1. It throws where the file is missing.
2. It reads the whole file, so:
   - stream large ones
   - set a limit

| Way | Memory | Speed |
|:----|:------:|------:|
| \`readFile\` | whole file | 1.0 |
| \`createReadStream\` | 64 KB | 0.9 |

> Văn bản tiếng Việt cũng hiển thị đúng.
`;

/** Of which of the two a line of a diff has more. */
async function hueOf(chat: ChatPage, line: 'addition' | 'deletion'): Promise<'red' | 'green'> {
	await chat.page.locator(`.hljs-${line}`).waitFor();
	const [red = 0, green = 0] = await chat.page.evaluate<number[]>(`(() => {
		const context = new OffscreenCanvas(1, 1).getContext('2d');
		context.fillStyle = getComputedStyle(document.querySelector('.hljs-${line}')).color;
		context.fillRect(0, 0, 1, 1);
		return [...context.getImageData(0, 0, 1, 1).data];
	})()`);
	return red > green ? 'red' : 'green';
}

describe('the chat’s looks', () => {
	let browser: Browser;
	let files: Files;

	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('chat')]);
	});

	after(() => browser.close());

	for (const theme of themeNames) {
		for (const [language, t] of Object.entries({ en: english, vi: vietnamese })) {
			it(`fit 200, 300 and 900 px and keep the rules of accessibility in ${theme}, ${language}`, async () => {
				const chat = await ChatPage.open(browser, files, theme);
				const look = async (name: string) => {
					for (const width of [200, 300, 900]) {
						await chat.page.setViewportSize({ width, height: 1_000 });
						await chat.drawn();
						await chat.screenshot(`chat-${name}-${theme}-${language}-${width}`);
						assert.equal(await chat.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
					}
					assert.deepEqual(await violations(chat.page), [], `${name}, ${theme}, ${language}`);
				};
				await chat.state([], { hasKeys: false }, t);
				await chat.page.locator('.welcome').waitFor();
				await look('welcome');
				const attachments = [{ label: 'parser.ts, lines 12–48', bytes: 3_210 }];
				await chat.state(
					[
						{
							...turn('1', sample),
							question: { text: 'How do I read a file?', attachments },
						},
					],
					{},
					t,
				);
				await chat.page.locator('.hljs-keyword').first().waitFor();
				assert.deepEqual([await hueOf(chat, 'addition'), await hueOf(chat, 'deletion')], ['green', 'red']);
				await chat.page.locator('[data-field="fallbacks"]').click();
				await look('answer');
				const error = {
					text: 'Every key rests.',
					remedy: 'The first is back at 09:00.',
					action: 'Show the Keys',
				};
				await chat.state(
					[
						turn('1', 'A short answer.'),
						turn('2', '', {
							state: 'failed',
							footer: { ms: 900, fallbacks: 0, attempts: [] },
							error,
						}),
						turn('3', 'Half of', {
							state: 'stopped',
							footer: { ms: 900, fallbacks: 0, attempts: [] },
							note: 'Stopped. What had arrived is kept.',
						}),
						turn('4', '', { state: 'waiting', step: 'queued', wait }),
					],
					{},
					t,
				);
				await chat.page.locator('[data-role="waiting"]').waitFor();
				await chat.input.fill('A draft that is long enough to need more than one line in a narrow view');
				await look('cards');
				await chat.state(
					[turn('1', 'A short answer.')],
					{
						banner: {
							text: 'Keypool has paused to protect your keys.',
							remedy: 'Look at the key.',
							action: 'Resume',
						},
						chips: [
							{
								id: 'a',
								type: 'code',
								label: 'parser.ts, lines 12–48',
								bytes: 3_210,
							},
							{
								id: 'b',
								type: 'file',
								label: 'a-file-with-a-very-long-name-that-does-not-fit.config.ts',
								bytes: 51_000,
							},
						],
						options: { system: 'Answer in Vietnamese.', temperature: 0.5 },
					},
					t,
				);
				await chat.page.locator('[data-action="drawer"]').click();
				await chat.page.getByRole('button', { name: t('Edit the question') }).click();
				await chat.input.fill('/');
				await chat.page.locator('#suggestion-0').waitFor();
				await look('tools');
				assert.deepEqual(chat.errors, []);
				await chat.page.close();
			});
		}
	}
});
