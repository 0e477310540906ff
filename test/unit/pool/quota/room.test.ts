import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bucket } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { admit, bucketAfter } from '../../../../src/pool/quota/lease';
import { ask, noon } from '../../../support/pool/quota/buckets';

const input = fc.integer({ min: 0, max: 400 });
const limits = fc.record(
	{
		rpm: fc.integer({ min: 1, max: 12 }),
		rpd: fc.integer({ min: 1, max: 20 }),
		tpm: fc.integer({ min: 200, max: 2_000 }),
		tpd: fc.integer({ min: 200, max: 3_000 }),
	},
	{ requiredKeys: ['rpm'] },
);

/** A bucket after calls that came first. */
function filled(bucket: Bucket, sizes: readonly number[], prefix: string): Bucket {
	return sizes.reduce((before, likely, n) => {
		const answer = admit(before, ask({ id: `${prefix}${n}`, likely, userLimits: { rpm: 1_000 } }), noon);
		assert.ok('lease' in answer);
		return bucketAfter(before, { at: noon, type: 'admitted', lease: answer.lease });
	}, bucket);
}

describe('the room that an admission leaves', () => {
	it('can be taken by others, in any sizes, and it would be the same', () => {
		const before = fc.array(input, { maxLength: 8 });
		const property = fc.property(
			before,
			fc.array(input, { maxLength: 8 }),
			input,
			limits,
			(first, more, likely, own) => {
				const bucket = filled(initialBucket(noon), first, 'a');
				const asked = ask({ likely, atMost: 2 * likely, userLimits: own });
				const answer = admit(bucket, asked, noon);
				if ('reason' in answer || !answer.room) return;
				const { requests, input: tokens } = answer.room;
				if (more.length > requests || more.reduce((sum, one) => sum + one, 0) > tokens) return;
				const later = admit(filled(bucket, more, 'b'), asked, noon);
				assert.ok('lease' in later);
				assert.deepEqual(later.lease, answer.lease);
			},
		);
		fc.assert(property, { numRuns: 2_000 });
	});

	it('is what the limits leave, and none where an admission rests on more than counts', () => {
		const room = (bucket: Bucket, more: Parameters<typeof ask>[0]): unknown => {
			const answer = admit(bucket, ask(more), noon);
			assert.ok('lease' in answer);
			return answer.room;
		};
		const fresh = initialBucket(noon);
		const own = { rpm: 5, rpd: 3, tpm: 1_000 };
		assert.deepEqual(room(fresh, { likely: 100, userLimits: own }), { requests: 2, input: 700 });
		assert.equal(room(fresh, { likely: 900, userLimits: own }), undefined, 'so near a limit more is counted');
		assert.equal(room(fresh, {}), undefined, 'slow start looks at what is under way');
		const rests = { state: 'coolingDown', reason: 'rpm', since: noon - 9, until: noon - 1, backoffLevel: 1 } as const;
		assert.equal(room({ ...fresh, status: rests }, { userLimits: own }), undefined, 'it is the probe');
		assert.equal(room(fresh, { userLimits: own, share: { part: 0.5 } }), undefined);
	});
});
