import assert from 'node:assert/strict';
import { createMoney } from '../../../src/localization/money';

describe('sums of money in words', () => {
	it('have cents, and below ten cents two figures that count', () => {
		const money = createMoney('en');
		for (const [microDollars, text] of [
			[0, '$0.00'],
			[4_200_000, '$4.20'],
			[420_000, '$0.42'],
			[100_000, '$0.10'],
			// Rounded up to ten cents, which have their zero.
			[99_600, '$0.10'],
			[99_400, '$0.099'],
			[4_249, '$0.0042'],
			[1, '$0.000001'],
			[1_234_567_890_000, '$1,234,567.89'],
		] as const)
			assert.equal(money(microDollars), text);
	});

	it('are written as the language does', () => {
		assert.equal(createMoney('vi')(4_249).replace(/\s/g, ' '), '0,0042 US$');
		assert.equal(createMoney('vi')(99_600).replace(/\s/g, ' '), '0,10 US$');
	});
});
