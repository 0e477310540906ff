import assert from 'node:assert/strict';
import { insertionAt } from '../../../../src/editor/apply/insertion';

/** The line after the insertion; `|` is the cursor. */
function inserted(line: string, code: string): string {
	const [before = '', after = ''] = line.split('|');
	const { text, fromLineStart } = insertionAt({ before, after }, code);
	return fromLineStart ? `${text}${after.trimStart()}` : `${before}${text}${after}`;
}

const block = 'def reverse(s):\n    return s[::-1]\n';

describe('code at a cursor', () => {
	it('ends its line before what stands there', () => {
		assert.equal(inserted('|print("hello")', block), 'def reverse(s):\n    return s[::-1]\nprint("hello")');
		assert.equal(inserted('|print("hello")', 'x = 1'), 'x = 1\nprint("hello")');
	});

	it('keeps the indent of a line, wherever in the indent the cursor is', () => {
		for (const line of ['|    a()', '  |  a()', '    |a()'])
			assert.equal(inserted(line, 'if b:\n    c()'), '    if b:\n        c()\n    a()', line);
	});

	it('fills an empty line, and adds none', () => {
		assert.equal(inserted('|', block), 'def reverse(s):\n    return s[::-1]');
		assert.equal(inserted('    |', 'a()\nb()'), '    a()\n    b()');
	});

	it('begins a line of its own after what stands before it', () => {
		assert.equal(inserted('a()|', 'b()\nc()'), 'a()\nb()\nc()');
		assert.equal(inserted('  a(|) + d', 'b()\nc()'), '  a(\n  b()\n  c()\n  ) + d');
	});

	it('stays within the line where it is one line itself', () => {
		assert.equal(inserted('a(|)', 'b\n'), 'a(b)');
		assert.equal(inserted('const x = |', 'y();'), 'const x = y();');
	});
});
