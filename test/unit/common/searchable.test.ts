import assert from 'node:assert/strict';
import fc from 'fast-check';
import { searchable } from '../../../src/common/searchable';

describe('a text as it is searched', () => {
	it('has neither case nor the accents of Latin letters', () => {
		const same = [
			['So sánh Đường dẫn ƯỚC LƯỢNG', 'so sanh duong dan uoc luong'],
			['Größe, ÇA, naïve, İstanbul, Łódź', 'große, ca, naive, istanbul, lodz'],
		];
		for (const [text = '', sought] of same) assert.equal(searchable(text), sought);
	});

	it('keeps the letters of other scripts apart', () => {
		for (const text of ['각', '가', 'й', 'が', 'か', '🔑']) assert.equal(searchable(text), text);
		assert.equal(searchable('ПРИВЕТ'), 'привет');
	});

	it('is as long as the text, and is searched as itself', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				assert.equal(searchable(text).length, text.length);
				assert.equal(searchable(searchable(text)), searchable(text));
			}),
		);
	});
});
