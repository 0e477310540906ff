import assert from 'node:assert/strict';
import { sealWith } from '../../../src/node/seal';

describe('a seal', () => {
	it('is opened with its whole tag alone: a part of one could be guessed, and Node warns of it', () => {
		const seal = sealWith('secret', 'a test');
		const sealed = Buffer.from(seal.close(''), 'base64url');
		assert.equal(seal.open(sealed.toString('base64url')), '');
		for (const bytes of [27, 24, 16])
			assert.equal(seal.open(sealed.subarray(0, bytes).toString('base64url')), undefined);
	});
});
