import assert from 'node:assert/strict';
import { answers, Rig } from '../../../support/pool/rig';

describe('a daily cap of nothing', () => {
	it('cools the project down before its first call, and says so', async () => {
		const rig = new Rig(
			{ a: { tier: 'paid', dailyCap: { requests: 0 } }, b: { tier: 'paid', dailyCap: { requests: 1 } } },
			answers,
		);
		const standings = (): string[] => rig.pool.snapshot().keys.map(({ availability }) => availability.state);
		assert.deepEqual(standings(), ['coolingDown', 'usable']);
		assert.equal((await rig.answer()).text, 'from b');
		assert.deepEqual(standings(), ['coolingDown', 'coolingDown']);
		assert.equal(rig.order, 'b');
	});
});
