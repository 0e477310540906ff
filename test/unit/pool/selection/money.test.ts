import assert from 'node:assert/strict';
import { answers, fails, Rig, rpd, type KeyPlan } from '../../../support/pool/rig';

const keys: Readonly<Record<string, KeyPlan>> = {
	a: { tier: 'paid', weight: 3 },
	b: { weight: 1 },
	c: { tier: 'paid', role: 'backup' },
	d: { role: 'backup' },
};
const order = async (options: ConstructorParameters<typeof Rig>[2], count = 4, plan = keys): Promise<string> => {
	const rig = new Rig(plan, answers, options);
	for (let n = 0; n < count; n++) await rig.answer();
	return rig.order;
};

describe('money', () => {
	it('free keys first, paid ones first, or no matter', async () => {
		assert.equal(await order({ paidKeys: 'last' }), 'b d b d');
		assert.equal(await order({ paidKeys: 'first' }), 'a c a c');
		assert.equal(await order({ paidKeys: 'mixed' }), 'a b c d');
	});

	it('weights and roles have an order of their own', async () => {
		assert.equal(await order({ strategy: 'weighted', paidKeys: 'last' }, 6), 'a b a c d a');
		assert.equal(await order({ strategy: 'primaryBackup', paidKeys: 'last' }, 3), 'a a a');
	});

	it('keys of one kind alone are ranked as they are', async () => {
		assert.equal(await order({ paidKeys: 'last' }, 3, { a: { tier: 'paid' }, b: { tier: 'paid' } }), 'a b a');
		assert.equal(await order({ paidKeys: 'first' }, 3, { a: {}, b: {} }), 'a b a');
	});

	it('the other kind is asked when the first is spent, within one request', async () => {
		const rig = new Rig(keys, (send) => (['b', 'd'].includes(send.key) ? fails(rpd) : answers(send)));
		assert.ok((await rig.answer()).done);
		assert.equal(rig.order, 'b d a');
	});

	it('nine free keys leave no place among the best for a paid one, and it is asked all the same', async () => {
		const free = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`f${at}`, {}]));
		const rig = new Rig({ ...free, z: { tier: 'paid' } }, (send) => (send.key === 'z' ? answers(send) : fails(rpd)));
		assert.equal((await rig.answer()).text, 'from z');
		assert.equal(rig.sends.length, 10);
	});
});
