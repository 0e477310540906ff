import assert from 'node:assert/strict';
import { createMasker, redacted } from '../../../src/masking/masking';

describe('the cost of a masker', () => {
	it('keeps up with ten megabytes and thousands of keys', () => {
		const { mask, learn } = createMasker();
		for (let n = 0; n < 2_000; n += 1) {
			learn(`AQ.Ab8RN6${String(n).padStart(45, '0')}`);
		}
		const text = 'AQ.Ab8RN6 api_key: '.repeat(550_000) + `AQ.${'last'.padEnd(50, 'y')}`;
		assert.ok(mask(text).endsWith(redacted));
	});
});
