import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { fileOfLink, fileRules, namesFile } from '../../../../../src/webviews/chat/answer/fileRules';
import { timesAsLong } from '../../../../support/fastEnough';

describe('A piece of code in an answer', () => {
	it('names a file where it has a folder, a line, or an ending that only files have', () => {
		for (const code of [
			'src/a.ts',
			'./a.log',
			'a.ts',
			'a.ts:12',
			'x.foo:3',
			'src/a.ts:12:5',
			'src/a.ts#L3-L9',
			'a-b_c.test.tsx',
			'hướng-dẫn.md',
			'tài-liệu/Cài_đặt.md:3',
			'app/(shop)/[id]/page.tsx',
			'pages/[...slug].ts',
		])
			assert.ok(namesFile(code), code);
	});

	it('names none where it is anything else', () => {
		for (const code of [
			'console.log',
			'a',
			'Math.max',
			'a.b.d',
			'../a.ts',
			'a/../b.ts',
			'/etc/passwd',
			'http://a.ts',
			'a b.ts',
			'rows[0].html',
			'rows[0].x:3',
			'.env.ts',
			'f(x).html',
			'x'.repeat(400),
		])
			assert.ok(!namesFile(code), code);
	});
});

describe('A link without a scheme', () => {
	it('leads to a file below the workspace, or nowhere', () => {
		assert.equal(fileOfLink('src/a%20b.ts#L3'), 'src/a b.ts#L3');
		assert.equal(fileOfLink('a.ts:12'), 'a.ts:12');
		for (const href of [
			'/etc/passwd',
			'//evil.invalid/x',
			'\\\\evil\\x',
			'..%2f..%2fetc',
			'../a',
			'a/../../b',
			'command:x',
			'javascript:alert(1)',
			'file:///a',
			'#top',
			'?q',
			'',
		])
			assert.equal(fileOfLink(href), undefined, href);
	});
});

describe('Files that an answer names', () => {
	const markdown = new MarkdownIt();
	fileRules(markdown, (href) => href.startsWith('https:'));

	it('are links where the code stands in none', () => {
		assert.equal(markdown.renderInline('`a.ts`'), '<a data-file="a.ts"><code>a.ts</code></a>');
		assert.equal(
			markdown.renderInline('[see **`a.ts`**](b.ts) `c.ts`'),
			'<a data-file="b.ts">see <strong><code>a.ts</code></strong></a> <a data-file="c.ts"><code>c.ts</code></a>',
		);
	});

	it('take as long as they are many, also in one line: ten thousand held up the chat for seconds', () => {
		const named = (count: number) => () => void markdown.renderInline('`src/a.ts`, '.repeat(count));
		// Eight times as many took a hundred times as long.
		const times = timesAsLong(named(24_000), named(3_000));
		assert.ok(times < 40, `${times} times as long`);
	});
});
