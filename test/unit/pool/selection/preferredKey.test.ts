import assert from 'node:assert/strict';
import type { KeyId } from '../../../../src/pool/pool';
import { Chooser } from '../../../support/pool/chooser';

const preferredKey = 'b' as KeyId;

describe('the key that a request stays on', () => {
	it('goes first, whatever is next in turn and whatever it costs', async () => {
		for (const tier of ['free', 'paid'] as const) {
			const chooser = new Chooser({ a: {}, b: { tier }, c: {} });
			assert.equal(await chooser.choice(), 'a');
			for (let n = 0; n < 2; n++) assert.equal(await chooser.choice({ preferredKey }), 'b', tier);
		}
	});

	it('is not waited for while another one can serve', async () => {
		const chooser = new Chooser({ a: {}, b: {}, c: {} });
		await chooser.coolDown('b', 1_000);
		assert.equal(await chooser.choice({ preferredKey }), 'a');
	});
});
