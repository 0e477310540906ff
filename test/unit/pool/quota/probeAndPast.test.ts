import assert from 'node:assert/strict';
import type { Bucket, LeaseId } from '../../../../src/pool/pool';
import { rejectedByState, quotaStatus } from '../../../../src/pool/quota/admissionChecks';
import { recordFirstChunk } from '../../../../src/pool/quota/lease';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { bucketAfterRollback } from '../../../../src/pool/quota/clockRollback';
import { pullBack } from '../../../../src/pool/quota/minuteCounter';
import { after, noon } from '../../../support/pool/quota/buckets';

const hour = 3_600_000;

describe('a probe among other calls', () => {
	/** A call from before the cooldown is still under way, and one probes. */
	const probing = (lease: string): Bucket => ({
		...after([noon - 5_000, noon]),
		status: { state: 'halfOpen', reason: 'rpm', lease: lease as LeaseId, backoffLevel: 0 },
	});

	it('is waited for by itself, whatever else is under way', () => {
		assert.equal(rejectedByState(probing('l0'), noon + 1_000)?.retryAt, noon + 10_000);
		assert.equal(rejectedByState(probing('l-5000'), noon + 1_000)?.retryAt, noon + 5_000);
		assert.equal(rejectedByState(probing('gone'), noon + 1_000), undefined, 'the next call probes');
	});

	it('ends by its own first sign of life', () => {
		assert.equal(recordFirstChunk(probing('l0'), 'l-5000' as LeaseId, noon + 1_000).status.state, 'halfOpen');
		assert.equal(recordFirstChunk(probing('l0'), 'l0' as LeaseId, noon + 1_000).status.state, 'available');
	});
});

describe('what a clock that went backwards leaves', () => {
	const closed = (until: number): Bucket => ({
		...initialBucket(noon),
		status: { state: 'unsupported', reason: 'tierLacksModel', until },
	});

	it('of a closed model is a day at most; a shorter closure is as it was', () => {
		for (const until of [noon + 1, noon + 24 * hour]) {
			const bucket = closed(until);
			assert.equal(bucketAfterRollback(bucket, noon), bucket);
		}
		const { status: state } = bucketAfterRollback(closed(noon + 24 * hour + 1), noon);
		assert.ok(state.state === 'unsupported');
		assert.equal(state.until, noon + 24 * hour);
		const open = initialBucket(noon);
		assert.equal(bucketAfterRollback(open, noon), open);
	});

	it('of a minute is pulled to the present where it is of the future, and nothing where it is not', () => {
		const minute = [
			[noon - 10_000, noon - 9_900, 1, 10],
			[noon + 9_000, noon + 9_500, 2, 20],
		] as const;
		assert.deepEqual(pullBack(minute, noon), [
			[noon - 10_000, noon - 9_900, 1, 10],
			[noon, noon, 2, 20],
		]);
		const past = [minute[0]];
		assert.equal(pullBack(past, noon), past);
	});

	it('a closed bucket’s outlook changes when it opens', () => {
		const { validUntil: changesAt, blockedUntil, reason } = quotaStatus(closed(noon + 2 * hour), undefined, noon);
		assert.deepEqual([changesAt, blockedUntil, reason], [noon + 2 * hour, noon + 2 * hour, 'tierLacksModel']);
	});
});
