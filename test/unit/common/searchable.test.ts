import assert from 'node:assert/strict';
import fc from 'fast-check';
import { searchable } from '../../../src/common/searchable';
import { timesAsLong } from '../../support/fastEnough';

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
		assert.equal(searchable('ПРИВЕТ 𞤀𞤁'), 'привет 𞤢𞤣');
	});

	it('is made as quickly of a script that has neither: each letter typed searches all conversations', () => {
		const [chinese, vietnamese] = ['比較兩種快取的方法', 'ĐƯỜNG DẪN'].map((text) => text.repeat(50_000));
		assert.ok(
			timesAsLong(
				() => searchable(String(chinese)),
				() => searchable(String(vietnamese)),
			) < 1,
		);
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
