import assert from 'node:assert/strict';
import { answers, badKey, fails, leaked, Rig, rpm } from '../../../support/pool/rig';

describe('the key that is next in turn', () => {
	it('is under round robin the one that answers next, from the first on, and under no other strategy', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, answers);
		for (const next of ['a', 'b', 'c', 'a', 'b']) {
			assert.equal(rig.pool.nextInTurn(), next);
			await rig.answer();
			assert.equal(rig.sends.at(-1)?.key, next);
		}
		for (const strategy of ['headroom', 'weighted', 'primaryBackup', 'healthScore', 'leastRecentlyUsed'] as const) {
			rig.pool.configure({ strategy });
			assert.equal(rig.pool.nextInTurn(), undefined);
		}
	});

	it('is none that cools down, needs a person, is disabled, or may not be used; free ones come before paid ones', async () => {
		const keys = { a: {}, b: {}, off: { enabled: false }, rich: { tier: 'paid' }, c: {} } as const;
		const rig = new Rig(keys, (send) =>
			send.key === 'b' ? fails(rpm(60_000)) : send.key === 'c' && send.nth === 1 ? fails(badKey) : answers(send),
		);
		for (let n = 0; n < 6; n += 1) {
			const next = rig.pool.nextInTurn();
			const sent = rig.sends.length;
			await rig.answer();
			assert.equal(rig.sends[sent]?.key, next, `prompt ${n}`);
		}
		rig.pool.configure({ paidOnly: true });
		assert.equal(rig.pool.nextInTurn(), 'rich');
		rig.pool.configure({ paidOnly: false, paidKeys: 'first' });
		assert.equal(rig.pool.nextInTurn(), 'rich');
	});

	it('is free or paid where that is no matter', async () => {
		const rig = new Rig({ rich: { tier: 'paid' }, a: {}, other: { tier: 'paid' } }, answers, { paidKeys: 'mixed' });
		for (const next of ['rich', 'a', 'other', 'rich']) {
			assert.equal(rig.pool.nextInTurn(), next);
			await rig.answer();
			assert.equal(rig.sends.at(-1)?.key, next);
		}
	});

	it('is nobody while the pool is paused, or no key can answer', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(leaked));
		await rig.answer();
		assert.equal(rig.pool.nextInTurn(), undefined);
		assert.equal(new Rig({}, answers).pool.nextInTurn(), undefined);
	});
});
