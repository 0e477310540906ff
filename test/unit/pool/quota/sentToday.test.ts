import assert from 'node:assert/strict';
import type { FailureAction } from '../../../../src/pool/pool';
import { sentToday } from '../../../../src/pool/quota/bucket';
import { answers, fails, Rig } from '../../../support/pool/rig';

const daily = (limit: number): FailureAction => ({ type: 'coolDown', reason: 'rpd', limit });

describe('what was sent today', () => {
	const today = (rig: Rig) => {
		const view = rig.pool.snapshot().keys[0]?.models[0];
		return [view?.sentToday, view?.requestsToday, view?.limitUsage.rpd?.used];
	};

	it('is told apart from what others are thought to have used', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(daily(20)) : answers(send)));
		await rig.answer();
		await rig.answer();
		assert.deepEqual(today(rig), [2, 2, undefined]);
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(today(rig), [2, 20, 20]);
	});

	it('outlasts a cooldown that a person clears, and one that a probe finds to be over', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(daily(2)) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer({ maxWaitMs: 0 });
		const project = rig.pool.snapshot().keys[0]?.project.id;
		assert.ok(project);
		await rig.pool.execute({ type: 'clearCooldown', project });
		assert.deepEqual(today(rig), [2, 0, 0]);
		await rig.answer();
		assert.deepEqual(today(rig), [3, 1, 1]);
	});

	it('begins anew with the Pacific day', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer();
		await rig.clock.advance(25 * 3_600_000);
		assert.deepEqual(today(rig), [0, 0, undefined]);
	});

	it('is the whole count where an earlier version wrote no other', () => {
		assert.equal(sentToday({ day: { endsAt: 0, requests: 7, input: 70 } }), 7);
	});
});
