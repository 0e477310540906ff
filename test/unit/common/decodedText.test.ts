import assert from 'node:assert/strict';
import { decodedText, strictText } from '../../../src/common/decodedText';

const utf8 = new TextEncoder().encode('\ufeffKhóa');
const utf16 = (order: 'le' | 'be'): Uint8Array => {
	const text = Buffer.from('\ufeffKhóa', 'utf16le');
	return order === 'le' ? text : text.swap16();
};

describe('the text of a file', () => {
	it('is read without its byte-order mark, in UTF-8 and both kinds of UTF-16', () => {
		for (const bytes of [utf8, utf16('le'), utf16('be')])
			assert.deepEqual([decodedText(bytes), strictText(bytes)], ['Khóa', 'Khóa']);
	});

	it('is none where it is in another encoding, binary, or UTF-16 without a mark', () => {
		for (const bytes of [Buffer.from('Café', 'latin1'), Buffer.from([0x61, 0, 0x62]), Buffer.from('ab', 'utf16le')])
			assert.equal(strictText(bytes), undefined);
		assert.equal(strictText(Buffer.from('a\ufffd')), 'a\ufffd');
		assert.equal(strictText(Buffer.alloc(0)), '');
	});
});
