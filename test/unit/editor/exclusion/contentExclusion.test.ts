import assert from 'node:assert/strict';
import { admission, maxBytes } from '../../../../src/editor/exclusion/contentExclusion';

describe('what may go to the service', () => {
	it('code', () => assert.deepEqual(admission('src/a.ts', 'const a = 1;\u001b[0m'), { is: 'ok' }));

	it('not nothing', () => assert.deepEqual(admission('src/a.ts', ' \n\t'), { is: 'empty' }));

	it('not what was read from a binary file', () => {
		assert.deepEqual(admission('logo.png', '\ufffdPNG\r\n\u001a\n\0\0\0\rIHDR'), { is: 'binary' });
		assert.deepEqual(admission('latin1.bin', 'a\ufffd\ufffd\ufffdb'), { is: 'binary' });
	});

	it('one odd character does not make a text binary', () => {
		assert.deepEqual(admission('notes.txt', `caf\ufffd ${'x'.repeat(100)}`), { is: 'ok' });
	});

	it('not more than the limit, in bytes of UTF-8', () => {
		assert.deepEqual(admission('a.ts', 'x'.repeat(maxBytes)), { is: 'ok' });
		assert.deepEqual(admission('a.ts', 'x'.repeat(maxBytes + 1)), { is: 'tooLarge', bytes: maxBytes + 1 });
		assert.deepEqual(admission('a.ts', 'ế'.repeat(maxBytes / 3 + 1)), { is: 'tooLarge', bytes: 262_146 });
		assert.deepEqual(admission('a.ts', 'x'.repeat(5_000_000)), { is: 'tooLarge', bytes: 5_000_000 });
	});

	it('a file of secrets, and a text that looks like one, only after asking', () => {
		assert.deepEqual(admission('.env', 'PORT=1'), { is: 'ask', sign: 'file' });
		assert.deepEqual(admission('a.ts', `"AIza${'x'.repeat(35)}"`), { is: 'ask', sign: 'text' });
	});
});
