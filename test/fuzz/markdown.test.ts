import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { Splitter, type Block } from '../../src/webviews/chat/answer/splitter';
import { hostile } from '../fixtures/hostileMarkdown';
import { ChatPage, turn } from '../support/webviews/chatPage';
import { buildFiles, launch } from '../support/webviews/webviewPage';
import { attackText } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const words = [
	...[
		'```',
		'```js\n',
		'```" onload="x\n',
		'~~~',
		'\n',
		'\n\n',
		'# ',
		'> ',
		'- ',
		'1. ',
		'    ',
		'| a | b |\n|---|---|\n',
		'***',
	],
	...[
		'[a](',
		'](',
		'![a](',
		')',
		'<',
		'>',
		'<a href="',
		'<img src=x onerror="globalThis.pwned = 1">',
		'<script>globalThis.pwned = 1</script>',
	],
	...[
		'javascript:globalThis.pwned=1',
		'java&#x0A;script:',
		'command:workbench.action.quit',
		'data:text/html,x',
		'vscode://x',
		'&lt;',
	],
	...[
		'https://evil.invalid/',
		'[r]: ',
		'[r]',
		'"t"',
		'<svg onload="globalThis.pwned = 1">',
		'<style>',
		'<!--',
		'-->',
		'<template>',
	],
	...[
		'<math><mtext>',
		'<iframe srcdoc="',
		'style="position:fixed"',
		'&#60;',
		'\\',
		'`',
		'$$',
		'$',
		'\\[',
		'\\]',
		'$\\href{javascript:globalThis.pwned=1}{x}$',
		'$\\htmlData{onclick=globalThis.pwned=1}{x}$',
		'$\\frac{1}{2}$',
		'- [x] ',
		'`../../etc/passwd.txt`',
		'`src/a.ts:1`',
		'<details open ontoggle="globalThis.pwned=1">',
	],
];
const source = fc.oneof(
	{ weight: 4, arbitrary: attackText(...words).map((text) => text.slice(0, 20_000)) },
	{ weight: 1, arbitrary: fc.constantFrom(...Object.values(hostile)) },
	{
		weight: 1,
		arbitrary: fc
			.tuple(
				fc.constantFrom(...Object.values(hostile)),
				fc.constantFrom('> ', '- ', '```\n', '~~~html\n'),
				fc.constantFrom(...Object.values(hostile)),
			)
			.map((parts) => parts.join('')),
	},
);

/**
 * What the page is asked: everything in an answer that Markdown does not make, nor the blocks of code, which are built of our own
 * elements around a text, nor a formula, which is MathML alone.
 */
const strangers = `(() => {
	const made = new Set('P BR HR H1 H2 H3 H4 H5 H6 STRONG EM S CODE PRE BLOCKQUOTE UL OL LI TABLE THEAD TBODY TR TH TD A'.split(' '));
	const given = new Set(['href', 'title', 'start', 'data-align', 'data-language', 'data-math', 'data-task', 'data-file', 'tabindex', 'role']);
	const ours = new Set('DIV SPAN BUTTON PRE CODE'.split(' '));
	const harmful = /^(on|style$|src|href$|data$|action$|form|xlink)/;
	const found = [];
	for (const one of document.querySelectorAll('.markdown > * *')) {
		const formula = one.closest('.formula');
		if (formula === one && (one.tagName === 'SPAN' || one.tagName === 'DIV')) continue;
		if (formula !== null) {
			if (one.namespaceURI !== 'http://www.w3.org/1998/Math/MathML') found.push(one.tagName + ' in a formula');
			for (const { name } of one.attributes) if (harmful.test(name)) found.push(one.tagName + ' ' + name);
			continue;
		}
		const inCode = one.closest('.code-block') !== null;
		if (!(inCode ? ours : made).has(one.tagName)) found.push(one.tagName);
		for (const { name } of one.attributes)
			if (inCode ? harmful.test(name) : !given.has(name)) found.push(one.tagName + ' ' + name);
		const href = one.getAttribute('href');
		if (/(^[/\\\\])|(^|[/])[.][.]([/]|$)|^[a-z]+:[^0-9]/i.test(one.getAttribute('data-file') ?? '')) found.push('a file outside: ' + one.getAttribute('data-file'));
		if (href !== null && !/^(?:https?|mailto):/i.test(href)) found.push(href);
	}
	if (globalThis.pwned !== undefined) found.push('it ran');
	return found;
})()`;

const cuts = fc.array(fc.nat(), { maxLength: 8 });

function blocks(chunks: readonly string[]): readonly Block[] {
	const splitter = new Splitter();
	for (const chunk of chunks) splitter.push(chunk);
	splitter.end();
	return splitter.settled;
}

describe('Markdown in the real page', () => {
	let browser: Browser | undefined;
	let chat: ChatPage;
	/** Each case is another answer: the one before stays on screen until the next is drawn. */
	let played = 0;
	before(async () => {
		browser = await launch();
		chat = await ChatPage.open(browser, await buildFiles('chat'));
	});
	after(() => browser?.close());

	target('Markdown', {
		'becomes what Markdown makes, and runs and loads nothing': property(source, async (text) => {
			const id = String((played += 1));
			await chat.state([turn(`a${id}`, text), turn(`b${id}`, `**whole ${id}**`)]);
			await chat.page.locator('strong', { hasText: new RegExp(`^whole ${id}$`) }).waitFor();
			assert.deepEqual(await chat.page.evaluate(strangers), []);
			assert.deepEqual(chat.loads, []);
			assert.deepEqual(chat.errors, []);
		}),
		'is cut into the same blocks however it comes': property(fc.tuple(source, cuts), ([text, places]) => {
			const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
			const whole = blocks([text]);
			assert.deepEqual(blocks(sorted.slice(1).map((end, n) => text.slice(sorted[n], end))), whole);
			for (const { source: part } of whole) assert.ok(part.length <= text.length + 40_000);
		}),
	});
});
