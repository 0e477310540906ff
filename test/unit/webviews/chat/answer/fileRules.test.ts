import assert from 'node:assert/strict';
import { fileOfLink, namesFile } from '../../../../../src/webviews/chat/answer/fileRules';

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
