import assert from 'node:assert/strict';
import type { Bucket, FailureAction, LeaseId } from '../../../../src/pool/pool';
import { initialBucket, sentToday } from '../../../../src/pool/quota/bucket';
import { clearCooldown, coolDown } from '../../../../src/pool/quota/cooldown';
import { recordFirstChunk } from '../../../../src/pool/quota/lease';
import { after, noon } from '../../../support/pool/quota/buckets';
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
		const before = initialBucket(noon);
		const old: Bucket = { ...before, day: { endsAt: before.day.endsAt, requests: 7, input: 70 } };
		assert.equal(sentToday(old), 7);
		assert.equal(sentToday(after([noon], old)), 8);
		const used = coolDown(old, { type: 'coolDown', reason: 'rpd', limit: 20, delayMs: 1_000 }, noon);
		assert.deepEqual([used.day.requests, sentToday(used)], [20, 7]);
		assert.deepEqual([clearCooldown(old, noon).day.requests, sentToday(clearCooldown(old, noon))], [0, 7]);
		const probing: Bucket = {
			...after([noon], old),
			status: { state: 'halfOpen', reason: 'rpd', lease: 'l0' as LeaseId, backoffLevel: 0 },
		};
		const answered = recordFirstChunk({ ...probing, day: old.day }, 'l0' as LeaseId, noon);
		assert.deepEqual([answered.day.requests, sentToday(answered)], [1, 7]);
	});
});
