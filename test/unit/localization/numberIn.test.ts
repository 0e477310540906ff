import assert from 'node:assert/strict';
import { numberIn } from '../../../src/localization/numberIn';

describe('numbers that people type', () => {
	it('are read with separators for thousands and without, and nothing else is a number', () => {
		for (const [text, value] of [
			['250000', 250_000],
			[' 250,000 ', 250_000],
			['1 000 000', 1_000_000],
			['0.5', 0.5],
			['', undefined],
			['  ', undefined],
			['0', 0],
			// As half of the world writes it.
			['0,5', 0.5],
			['12,75', 12.75],
			// No thousands begin with a zero: an eighth of a dollar a day is no budget of 125.
			['0,125', 0.125],
			['0,005', 0.005],
			['0.125', 0.125],
			['0,0005', 0.0005],
		] as const) {
			assert.equal(numberIn(text), value, text);
		}
		for (const text of ['-1', '1e9', 'many', '1,5,5', '0x10', 'Infinity', '1 2', '1.000.000', ',5'])
			assert.ok(Number.isNaN(numberIn(text)), text);
	});

	it('may have points between thousands where no fraction is asked for, as Vietnamese writes them', () => {
		for (const [text, value] of [
			['1.000', 1_000],
			['1.000.000', 1_000_000],
			['250,000', 250_000],
			['1000', 1_000],
			['', undefined],
			// No whole numbers: whoever asks refuses them.
			['1.5', 1.5],
			['0.125', 0.125],
			['0,125', 0.125],
		] as const) {
			assert.equal(numberIn(text, true), value, text);
		}
		assert.equal(numberIn('1.000'), 1);
	});
});
