import assert from 'node:assert/strict';
import type { Bucket, Limits, LimitShare } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { admit } from '../../../../src/pool/quota/lease';
import { ask, midnight, noon } from '../../../support/pool/quota/buckets';

/** A bucket in which so much was counted today, and nothing in this minute. */
function used(requests: number, input = 0): Bucket {
	return { ...initialBucket(noon), day: { endsAt: midnight, requests, input, sent: requests } };
}

/** How many calls of ten tokens go out now on a part of these limits, and what refuses the next one. */
function allowed(userLimits: Limits, share: LimitShare, from = used(0), tokens = 10): readonly [number, string] {
	let bucket = from;
	for (let count = 0; count < 100; count++) {
		const request = ask({ id: `r${count}`, likely: tokens, atMost: tokens, userLimits, share });
		const answer = admit(bucket, request, noon);
		if ('reason' in answer) return [count, answer.reason];
		bucket = { ...answer.next, leases: [] };
	}
	return [100, ''];
}

describe('a part of the limits', () => {
	const quarter: LimitShare = { part: 0.25 };

	it('is of each limit its part, in whole calls', () => {
		assert.deepEqual(allowed({ rpm: 11 }, quarter), [2, 'rpm']);
		assert.deepEqual(allowed({ tpm: 200 }, quarter), [5, 'tpm']);
		assert.deepEqual(allowed({ rpd: 11 }, quarter), [2, 'rpd']);
		assert.deepEqual(allowed({ tpd: 200 }, quarter), [5, 'tpd']);
	});

	it('is one call at least, however small the part and large the call', () => {
		assert.deepEqual(allowed({ rpm: 3 }, quarter), [1, 'rpm']);
		assert.deepEqual(allowed({ tpm: 200 }, quarter, used(0), 100), [1, 'tpm']);
		assert.deepEqual(allowed({ rpm: 0 }, quarter), [0, 'rpm']);
	});

	it('is of a day what was left of it when the store was lost, and nothing where nothing was left', () => {
		const share = (requests: number, input = 0, endsAt = midnight): LimitShare => ({
			...{ part: 0.25, day: { endsAt, requests, input, sent: requests } },
		});
		assert.deepEqual(allowed({ rpd: 20 }, share(12), used(12)), [2, 'rpd']);
		assert.deepEqual(allowed({ tpd: 200 }, share(0, 120), used(0, 120)), [2, 'tpd']);
		assert.deepEqual(allowed({ rpd: 20 }, share(20), used(20)), [0, 'rpd']);
		assert.deepEqual(allowed({ rpd: 20 }, share(12, 0, noon)), [5, 'rpd'], 'that day is over');
	});
});
