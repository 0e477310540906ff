import assert from 'node:assert/strict';
import { contentExclusion, maxBytes } from '../../../../src/editor/exclusion/contentExclusion';

describe('what may go to the service', () => {
	it('code', () => assert.deepEqual(contentExclusion('src/a.ts', 'const a = 1;\u001b[0m'), { state: 'ok' }));

	it('not nothing', () => assert.deepEqual(contentExclusion('src/a.ts', ' \n\t'), { state: 'empty' }));

	it('not what was read from a binary file', () => {
		assert.deepEqual(contentExclusion('logo.png', '\ufffdPNG\r\n\u001a\n\0\0\0\rIHDR'), { state: 'binary' });
		assert.deepEqual(contentExclusion('old.bin', `\u0001\u0002${'\ufffd'.repeat(90)}`), { state: 'binary' });
	});

	it('not a text whose letters were lost, as it was read in another encoding than its own: it is no binary data', () => {
		assert.deepEqual(contentExclusion('latin1.txt', 'Caf\ufffd, \ufffdber'), { state: 'encoding' });
	});

	it('one odd character does not make a text binary', () => {
		assert.deepEqual(contentExclusion('notes.txt', `caf\ufffd ${'x'.repeat(100)}`), { state: 'ok' });
	});

	it('not more than the limit, in bytes of UTF-8', () => {
		assert.deepEqual(contentExclusion('a.ts', 'x'.repeat(maxBytes)), { state: 'ok' });
		assert.deepEqual(contentExclusion('a.ts', 'x'.repeat(maxBytes + 1)), { state: 'tooLarge', bytes: maxBytes + 1 });
		assert.deepEqual(contentExclusion('a.ts', 'ế'.repeat(maxBytes / 3 + 1)), { state: 'tooLarge', bytes: 262_146 });
		assert.deepEqual(contentExclusion('a.ts', 'x'.repeat(5_000_000)), { state: 'tooLarge', bytes: 5_000_000 });
	});

	it('a file of secrets, and a text that looks like one, only after asking', () => {
		assert.deepEqual(contentExclusion('.env', 'PORT=1'), { state: 'ask', sign: 'file' });
		assert.deepEqual(contentExclusion('a.ts', `"AIza${'x'.repeat(35)}"`), { state: 'ask', sign: 'text' });
	});
});
