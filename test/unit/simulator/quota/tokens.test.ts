import assert from 'node:assert/strict';
import { countTokens } from '../../../../src/simulator/quota/tokens';

describe('the simulator’s count of tokens', () => {
	it('weighs words and bytes', () => {
		assert.deepEqual(['', 'one', 'one two\n three', '漢字 é'].map(countTokens), [0, 1, 4, 3]);
	});

	it('is of words of any length, as of a script that has no spaces', () => {
		const million = 1024 * 1024;
		assert.equal(countTokens('漢'.repeat(9 * million)), Math.ceil(0.5 + (27 * million) / 6));
	});
});
