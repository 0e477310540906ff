import assert from 'node:assert/strict';
import type { Bucket, LeaseId, FailureAction } from '../../../../src/pool/pool';
import { admit } from '../../../../src/pool/quota/lease';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { quotaStatus } from '../../../../src/pool/quota/admissionChecks';
import { mergeBuckets, coolDown } from '../../../../src/pool/quota/cooldown';
import { minuteUse } from '../../../../src/pool/quota/minuteCounter';
import { externalShare } from '../../../../src/pool/quota/limits';
import { after, ask, noon } from '../../../support/pool/quota/buckets';

const refused: Extract<FailureAction, { type: 'coolDown' }> = {
	type: 'coolDown',
	reason: 'rpm',
	limit: 5,
	delayMs: 3_000,
};
const second = 1_000;
const minute = 60 * second;

/** The bucket after a call has ended its cooldown. */
const open = (bucket: Bucket): Bucket => ({ ...bucket, leases: [], status: { state: 'available' } });

/** How many calls are let in at that moment. */
function room(bucket: Bucket, at: number): number {
	let left = open(bucket);
	for (let count = 0; ; count++) {
		const sent = admit(left, ask({ id: `r${count}` }), at);
		if ('reason' in sent) return count;
		left = open(sent.next);
	}
}

describe('another user of the project', () => {
	// Of five requests a minute we sent one: four were somebody else's.
	const once = coolDown(after([noon]), refused, noon + second);
	const again = coolDown(after([noon + 62 * second], open(once)), refused, noon + 66 * second);

	it('is left his share once the service has refused too early again, for ten minutes', () => {
		assert.deepEqual([room(once, noon + 5 * second), room(once, noon + 70 * second)], [0, 5], 'once is chance');
		assert.deepEqual([room(again, noon + 70 * second), room(again, noon + 130 * second)], [0, 1]);
		assert.deepEqual([room(again, noon + 665 * second), room(again, noon + 666 * second)], [1, 5]);
		assert.equal(quotaStatus(open(again), undefined, noon + 130 * second).validUntil, noon + 666 * second);
	});

	it('is not met by refusals of the same moment, nor by one that comes much later', () => {
		assert.equal(room(coolDown(once, refused, noon + second + 100), noon + 70 * second), 5);
		assert.equal(room(coolDown(open(once), refused, noon + 4 * minute), noon + 6 * minute), 5);
	});

	it('has a share that follows what he sends, half by what was thought before', () => {
		const { externalUsage } = coolDown(open(again), { ...refused, limit: 2 }, noon + 3 * minute);
		assert.deepEqual(externalUsage, { requests: 3, until: noon + 13 * minute });
		assert.equal(minuteUse(again.minute, noon + 67 * second).requests, 1, 'his share is not counted as well');
	});

	it('has not used what we have used ourselves: a refusal that our own calls explain tells nothing of him', () => {
		const { externalUsage, ...alone } = open(again);
		const ours = after(
			[130, 131, 132, 133, 134].map((s) => noon + s * second),
			alone,
		);
		for (const limit of [5, 4]) {
			const full = { ...open(ours), ...(externalUsage && { externalUsage }) };
			const next = coolDown(full, { ...refused, limit }, noon + 135 * second);
			assert.deepEqual(next.externalUsage, externalUsage, `${limit} a minute`);
		}
	});

	it('leaves us one call at least, and nothing to a clock that was set back', () => {
		const all = coolDown(open(again), { ...refused, limit: 50 }, noon + 3 * minute);
		assert.equal(room({ ...all, limits: again.limits }, noon + 5 * minute), 1);
		assert.equal(externalShare(again, noon - 5 * minute), 0);
	});

	it('is no reason to test the limit: a call that takes his share would tell nothing of it', () => {
		const doubtful = (bucket: Bucket): Bucket => {
			const { rpm } = bucket.limits;
			assert.ok(rpm);
			return { ...open(bucket), limits: { rpm: { ...rpm, retestAt: noon } } };
		};
		const full = after([noon + 5 * minute], doubtful(again));
		const test = ask({ id: 'test', mayTest: true });
		assert.ok('reason' in admit(full, test, noon + 5 * minute + second));
		const { externalUsage, ...alone } = doubtful(again);
		const five = [0, 1, 2, 3, 4].map((n) => noon + 5 * minute + n);
		const ours = after(five, alone);
		for (const filled of [ours, { ...ours, ...(externalUsage && { externalUsage }) }]) {
			const sent = admit(filled, test, noon + 5 * minute + second);
			assert.ok('lease' in sent && sent.lease.tests === 'rpm' && sent.lease.id === ('test' as LeaseId));
		}
	});

	it('goes with an alias to the bucket of its model', () => {
		const at = noon + 10 * second;
		assert.deepEqual(mergeBuckets(initialBucket(noon), again, at).externalUsage, again.externalUsage);
		const known = { requests: 1, until: noon + minute };
		assert.deepEqual(mergeBuckets({ ...initialBucket(noon), externalUsage: known }, again, at).externalUsage, known);
	});
});
