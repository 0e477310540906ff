import assert from 'node:assert/strict';
import { fileReference } from '../../../../src/editor/context/fileReference';

describe('A file as an answer names it', () => {
	for (const [text, expected] of Object.entries({
		'src/a.ts': { path: 'src/a.ts' },
		'./a.ts': { path: 'a.ts' },
		'src/a.ts:12': { path: 'src/a.ts', line: 12 },
		'src/a.ts:12:5': { path: 'src/a.ts', line: 12, column: 5 },
		'src/a.ts#L12': { path: 'src/a.ts', line: 12 },
		'src/a.ts#L12-L20': { path: 'src/a.ts', line: 12 },
		'docs/API.md#what-it-tells': { path: 'docs/API.md' },
		'tài liệu/đọc tôi.md': { path: 'tài liệu/đọc tôi.md' },
	})) {
		it(`is read: ${text}`, () => assert.deepEqual(fileReference(text), expected));
	}

	it('is refused where it is anything but a path below the workspace', () => {
		for (const text of [
			'',
			'.',
			'..',
			'../a.ts',
			'src/../../a.ts',
			'src/..',
			'/etc/passwd',
			'//host/share',
			'C:/a.ts',
			'C:\\a.ts',
			'..\\a.ts',
			'src\\..\\..\\a.ts',
			'file:///etc/passwd',
			'command:workbench.action.terminal.new',
			'vscode://x/y',
			'https://example.com/a.ts',
			'a\0.ts',
			'a\n.ts',
			'src//a.ts',
			'src/a.ts#L12#L13',
		])
			assert.equal(fileReference(text), undefined, JSON.stringify(text));
	});
});
