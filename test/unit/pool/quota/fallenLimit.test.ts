import assert from 'node:assert/strict';
import type { FailureAction } from '../../../../src/pool/pool';
import { fails, Rig, rpm } from '../../../support/pool/rig';

const daily = (limit: number): FailureAction => ({ type: 'coolDown', reason: 'rpd', limit });

describe('a limit that the service lowers', () => {
	it('is told as news, and no more once the service states as much again', async () => {
		const rig = new Rig({ a: {} }, (send) => fails(rpm(1_000, [15, 5, 4, 10, 15][send.nth - 1])));
		const fellFrom: unknown[] = [];
		for (let n = 0; n < 5; n += 1) {
			await rig.answer({ maxWaitMs: 0 });
			fellFrom.push(rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.rpm?.fell?.from);
			await rig.clock.advance(300_000);
		}
		assert.deepEqual([rig.sends.length, fellFrom], [5, [undefined, 15, 15, 15, undefined]]);
	});

	it('is old news after a week', async () => {
		const rig = new Rig({ a: {} }, (send) => fails(daily(send.nth === 1 ? 250 : 20)));
		const fellFrom = () => rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.rpd?.fell?.from;
		for (let n = 0; n < 2; n += 1) {
			await rig.answer({ maxWaitMs: 0 });
			await rig.clock.advance(26 * 3_600_000);
		}
		assert.equal(fellFrom(), 250);
		await rig.clock.advance(7 * 24 * 3_600_000);
		assert.equal(fellFrom(), undefined);
	});
});
