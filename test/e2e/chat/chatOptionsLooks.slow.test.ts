import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { themeNames } from '../../support/webviews/themes';
import { violations } from '../../support/window/axe';
import { ChatPage, turn } from '../../support/webviews/chatPage';
import { buildFiles, english, launch, vietnamese, type Files } from '../../support/webviews/webviewPage';

const thoughts = '**Looking at the colours**\n\nBlue light scatters more than red light, so `1/λ⁴` decides.';
const text = `Let me compute it.

\`\`\`python
print((700 / 450) ** 4)
\`\`\`

\`\`\`text
5.85
\`\`\`

Blue light is scattered almost six times as much.
`;
const grounding = {
	queries: ['why is the sky blue'],
	sources: [
		{ title: 'nasa.gov', uri: 'https://nasa.example/why-is-the-sky-blue' },
		{
			title: 'A title that is so long that it does not fit into one line of a narrow view',
			uri: 'https://b.example/',
		},
		{ title: 'A work that is quoted · MIT', uri: '' },
	],
};
const options = {
	system: 'Answer in Vietnamese.',
	thinking: 512,
	googleSearch: true,
} as const;
const defaults = {
	temperature: 0.3,
	includeThoughts: true,
	responseMimeType: 'application/json',
} as const;

describe('the looks of options, thoughts and sources', () => {
	let browser: Browser;
	let files: Files;

	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('chat')]);
	});

	after(() => browser.close());

	for (const theme of themeNames) {
		for (const [language, t] of [
			['en', english],
			['vi', vietnamese],
		] as const) {
			it(`fit 300 and 900 px and keep the rules of accessibility in ${theme}, ${language}`, async () => {
				const chat = await ChatPage.open(browser, files, theme);
				const look = async (name: string) => {
					for (const width of [300, 900]) {
						await chat.page.setViewportSize({ width, height: 1_100 });
						await chat.drawn();
						await chat.screenshot(`chat-${name}-${theme}-${language}-${width}`);
						assert.equal(await chat.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
					}
					assert.deepEqual(await violations(chat.page), [], `${name}, ${theme}`);
				};
				await chat.state([{ ...turn('1', text), thoughts, grounding }], {}, t);
				await chat.page.locator('.hljs-number').first().waitFor();
				await look('thoughts-folded');
				await chat.page.locator('[data-role="thoughts"] summary').click();
				await chat.page.locator('[data-role="thoughts"] strong').waitFor();
				await look('thoughts');
				await chat.state([], { options, defaults }, t);
				await chat.page.locator('[data-action="drawer"]').click();
				await chat.page.locator('#drawer').waitFor();
				await look('drawer');
				await chat.page.locator('#drawer summary').click();
				await look('drawer-more');
				await chat.page.evaluate(`document.querySelector('#drawer').scrollTop = 100_000`);
				await look('drawer-end');
				assert.deepEqual(chat.errors, []);
				await chat.page.close();
			});
		}
	}
});
