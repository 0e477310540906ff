import assert from 'node:assert/strict';
import { Chooser } from '../../../../support/pool/chooser';
import type { KeyPlans } from '../../../../support/pool/keyPlan';

/** What is chosen for a request of so many tokens, where the service refused 15,000 a minute, or `taught`, on key `a`. */
async function chosen(keys: KeyPlans, tokens: number, taught = 15_000): Promise<string> {
	const chooser = new Chooser(keys);
	await chooser.learn('a', 'tpm', taught);
	return chooser.choice({ tokens });
}

describe('a request that is larger than what one free project is known to allow', () => {
	it('costs no call on a free project of which nothing is known', async () => {
		assert.equal(await chosen({ a: {}, b: {}, c: { tier: 'paid' } }, 15_001), 'c');
		assert.equal(await chosen({ a: {}, b: {} }, 15_001), 'tooLargeForTier');
	});

	it('goes to a free project that is known to allow more, by its own limit or by what the service said', async () => {
		assert.equal(await chosen({ a: {}, b: {}, c: { limits: { m: { tpm: 20_000 } } } }, 15_001), 'c');
		const chooser = new Chooser({ a: {}, b: {}, c: {} });
		await chooser.learn('a', 'tpm', 15_000);
		await chooser.learn('c', 'tpm', 20_000);
		assert.equal(await chooser.choice({ tokens: 15_001 }), 'c');
	});

	it('is no larger where that project allows as much', async () => {
		const chooser = new Chooser({ a: {}, b: {} });
		await chooser.learn('a', 'tpm', 15_000);
		await chooser.coolDown('a', 60_000);
		assert.equal(await chooser.choice({ tokens: 15_000 }), 'b');
	});

	it('is sent all the same where every tier allows as much', async () => {
		assert.equal(await chosen({ a: {}, b: {} }, 9_999, 5_000), 'b');
		assert.equal(await chosen({ a: {}, b: {} }, 10_000, 5_000), 'tooLargeForTier');
	});

	it('is no matter of a paid project that allows little', async () => {
		assert.equal(await chosen({ a: { tier: 'paid' }, b: {} }, 15_001), 'b');
	});
});
