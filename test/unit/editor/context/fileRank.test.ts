import assert from 'node:assert/strict';
import { ranked } from '../../../../src/editor/context/fileRank';

const file = (path: string, isOpen = false) => ({ path, isOpen });
const names = (text: string, max = 10) =>
	ranked(
		[
			file('src/parser/index.ts'),
			file('docs/my-parser.md'),
			file('src/deep/er/parser.test.ts', true),
			file('src/parser.ts'),
			file('README.md'),
		],
		text,
		max,
	).map(({ path }) => path);

describe('Files that a text names', () => {
	it('come by the beginning of their name, a part of it, a part of their path; open ones first', () => {
		assert.deepEqual(names('Pars'), [
			'src/deep/er/parser.test.ts',
			'src/parser.ts',
			'docs/my-parser.md',
			'src/parser/index.ts',
		]);
	});

	it('are found where their accents stand apart, as macOS has them', () => {
		const apart = file('Tài liệu/Hướng dẫn.md'.normalize('NFD'));
		for (const typed of ['hướng', 'DẪN', 'tài liệu/'.normalize('NFD')])
			assert.deepEqual(ranked([apart], typed, 1), [apart]);
	});

	it('are found by who types no accents, as conversations and keys are', () => {
		const files = [file('Tài liệu/Đường dẫn.md'), file('Tài liệu/Đường dẫn.txt'.normalize('NFD'))];
		for (const typed of ['duong', 'Tai lieu/duong', 'Đường']) assert.deepEqual(ranked(files, typed, 2), files, typed);
	});

	it('are all of them for an empty text, and no more than asked for', () => {
		assert.deepEqual(names('', 2), ['src/deep/er/parser.test.ts', 'README.md']);
		assert.deepEqual(names('nothing of that name'), []);
	});
});
