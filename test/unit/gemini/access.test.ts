import assert from 'node:assert/strict';
import { maskAlso } from '../../../src/gemini/access';

describe('the masker of one call', () => {
	it('finds the secret, and has no room for a keyring’s', () => {
		const secret = `AIza${'Sy0123456'.repeat(4)}`;
		const before = process.memoryUsage().arrayBuffers;
		for (let n = 0; n < 20; n++) {
			const text = maskAlso((given) => given, `${secret}${n}`)(`a name, ${secret}${n}, and more`);
			assert.ok(!text.includes(secret.slice(0, 12)), text);
			assert.match(text, /^a name, .*, and more$/);
		}
		assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
	});
});
