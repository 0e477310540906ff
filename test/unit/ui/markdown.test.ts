import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { bar, beside, bold, icon, lines, link, listed, paragraphs, plain, quoted } from '../../../src/ui/markdown';
import { oneLine } from '../../../src/ui/safeText';
import { attackText, iconsIn } from '../../support/ui/attackText';

/** Markdown as a reader takes it that finds as much in it as there is: addresses without a mark, and HTML. */
const reader = new MarkdownIt({ html: true, linkify: true, typographer: false });

/** The HTML of a text, and what a person reads of it. */
function read(markdown: string): { readonly html: string; readonly text: string } {
	const html = reader.render(markdown);
	const text = html
		.replace(/<\/?(p|strong|br|a|blockquote|code)\b[^>]*>/g, '')
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&quot;/g, '"')
		.replace(/&amp;/g, '&')
		.trim();
	return { html, text };
}

describe('a hover', () => {
	it('shows exactly the text that it was given, as plain text', () => {
		fc.assert(
			fc.property(attackText, (text) => {
				const markdown = plain(text);
				const { html, text: shown } = read(markdown);
				const line = oneLine(text, 1_000);
				assert.equal(shown, line);
				assert.match(html, line === '' ? /^$/ : /^<p>[^<]*<\/p>\n$/);
				assert.deepEqual(iconsIn(markdown), []);
				// A bare address is a link to VS Code, with whatever stands in it.
				assert.doesNotMatch(markdown, /:\/\/|www\.|@|\\/);
			}),
			{ numRuns: 3_000 },
		);
	});

	it('links only to our own commands and pages', () => {
		fc.assert(
			fc.property(attackText, attackText, attackText, (first, title, last) => {
				const markdown = paragraphs(
					lines(bold(first), plain(last)),
					quoted(last),
					listed(link(title === '' ? 'x' : title, { command: 'keypool.resume' }), plain(first)),
					beside(plain(first), link('Billing', { url: 'https://console.cloud.google.com/billing' })),
				);
				const { html } = read(markdown);
				const targets = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target);
				assert.deepEqual(
					targets.filter(
						(target) => target !== 'command:keypool.resume' && target !== 'https://console.cloud.google.com/billing',
					),
					[],
				);
				assert.equal(targets.at(-1), 'https://console.cloud.google.com/billing');
				assert.doesNotMatch(html, /<(?!\/?(p|strong|br|a|blockquote)\b)/);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is made of icons, bars, lines and paragraphs', () => {
		const made = paragraphs(
			beside(icon('key'), bold('A')),
			lines(plain('1'), undefined, beside(bar(1, 4), plain('2'))),
			undefined,
		);
		assert.equal(made, '$(key) **A**\n\n1  \n`███░░░░░░░` 2');
		assert.equal(icon('key) [x](command:y'), '$(keyxcommandy)');
		assert.equal(bold(''), '');
	});

	it('is full only when nothing is left', () => {
		assert.equal(bar(999, 1_000), '`█████████░`');
		assert.equal(bar(1_000, 1_000), '`██████████`');
		assert.equal(bar(0, 0), '`██████████`');
	});
});
