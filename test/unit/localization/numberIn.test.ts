import assert from 'node:assert/strict';
import { numberFor, numberIn } from '../../../src/localization/numberIn';

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
	});

	it('are not guessed where a point is a fraction to one reader and a thousand to another', () => {
		for (const text of ['1.000', '25.000', '999.125']) assert.ok(Number.isNaN(numberIn(text)), text);
		for (const [text, value] of [
			['1.00', 1],
			['1.5', 1.5],
			['1.1250', 1.125],
			['1234.125', 1234.125],
		] as const)
			assert.equal(numberIn(text), value, text);
	});

	it('stand in a box as they are read', () => {
		for (const value of [0, 0.125, 1, 1.125, 1.5, 1_000, 999.125, 1234.567, 1_000_000])
			assert.equal(numberIn(numberFor(value)), value, numberFor(value));
		assert.equal(numberFor(undefined), '');
	});
});
