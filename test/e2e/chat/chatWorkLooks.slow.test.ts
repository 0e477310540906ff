import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import type { Browser } from 'playwright-core';
import { violations } from '../../support/window/axe';
import { ChatPage, turn } from '../../support/webviews/chatPage';
import { themeNames } from '../../support/webviews/themes';
import { until } from '../../support/window/until';
import { buildFiles, english, launch, vietnamese, type Files } from '../../support/webviews/webviewPage';

const sample = `The roots of $ax^2 + bx + c$ are

$$
x_{1,2} = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}
$$

- [x] read \`src/solve.ts:12\`
- [ ] handle $a = 0$

\`\`\`typescript
export const solve = (a: number, b: number, c: number): readonly [number, number] => roots(a, b, Math.sqrt(b * b - 4 * a * c));
\`\`\`
`;

const mentions = [
	{
		id: 'problems',
		name: 'problems',
		detail: 'Lỗi và cảnh báo của không gian làm việc',
	},
	{
		id: 'f',
		name: 'solve.ts',
		detail: 'packages/mathematics/src/quadratic/solve.ts',
	},
];

const picture = (): string => {
	const png = new PNG({ width: 120, height: 90 });
	for (let i = 0; i < png.data.length; i++) png.data[i] = i % 4 === 3 ? 255 : (i * 7) % 256;
	return PNG.sync.write(png).toString('base64');
};

describe('the looks of the chat at work', () => {
	let browser: Browser;
	let files: Files;
	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('chat')]);
	});
	after(() => browser.close());

	for (const theme of themeNames) {
		for (const [language, t] of Object.entries({
			en: english,
			vi: vietnamese,
		})) {
			it(`fit 300 and 900 px and keep the rules of accessibility in ${theme}, ${language}`, async () => {
				const chat = await ChatPage.open(browser, files, theme);
				const look = async (name: string) => {
					for (const width of [300, 900]) {
						await chat.page.setViewportSize({ width, height: 900 });
						await chat.drawn();
						await chat.screenshot(`chat-${name}-${theme}-${language}-${width}`);
						assert.equal(await chat.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
					}
					assert.deepEqual(await violations(chat.page), [], `${name}, ${theme}, ${language}`);
				};
				await chat.state([], { hasKeys: false }, t);
				await chat.page.locator('[data-role="studio"]').waitFor();
				await look('begin');
				const attachments = [
					{ label: 'board.png', bytes: 48_000, picture: '1/0' },
					{ label: 'solve.ts, lines 3–9', bytes: 700 },
				];
				await chat.state(
					[
						{
							...turn('1', sample),
							thoughts: 'First…',
							question: { text: 'Which are the roots?', attachments },
						},
						turn('2', 'It goes on', { state: 'streaming' }),
					],
					{
						options: {
							system: 'Be brief.',
							temperature: 0.5,
							googleSearch: true,
						},
						defaults: { thinking: 'low' },
						chips: [
							{
								id: 'p',
								type: 'picture',
								label: 'screen-of-today.png',
								bytes: 48_000,
							},
							{ id: 'a', type: 'file', label: 'solve.ts', bytes: 3_210 },
						],
						queue: [
							{
								id: 'q1',
								text: 'And what if a is zero, which the formula does not allow?',
								attachments: ['x.ts'],
							},
							{ id: 'q2', text: 'Write tests', attachments: [] },
						],
						size: {
							tokens: 12_345,
							limit: 1_048_576,
							left: t('{0} free requests left today', 15),
						},
					},
					t,
				);
				await chat.page.locator('.formula.block math').waitFor();
				await chat.page.locator('.hljs-keyword').first().waitFor();
				for (const id of ['p', '1/0'])
					await chat.update({
						type: 'picture',
						picture: id,
						mimeType: 'image/png',
						data: picture(),
					});
				await until('the pictures', async () => (await chat.page.locator('canvas:not([hidden])').count()) === 2);
				await look('work');
				await chat.input.focus();
				await chat.page.keyboard.type('See @s');
				await chat.update({ type: 'offered', text: 's', mentions });
				await chat.page.locator('#suggestion-1').waitFor();
				await chat.page.locator('[data-action="wrap"]').click();
				await look('mention');
				await chat.input.press('Control+f');
				await chat.page.keyboard.type('ro');
				await chat.page.keyboard.press('Enter');
				await chat.page.locator('[data-role="matches"]', { hasText: '2' }).waitFor();
				await look('find');
				assert.deepEqual(chat.errors, []);
				await chat.page.close();
			});
		}
	}
});
