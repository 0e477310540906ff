import assert from 'node:assert/strict';
import type { Bucket, LeaseId } from '../../../../src/pool/pool';
import type { LeaseOutcome } from '../../../../src/pool/pool';
import { admit, renewLease, settle } from '../../../../src/pool/quota/lease';
import { bucketAt, initialBucket } from '../../../../src/pool/quota/bucket';
import { bucketAfterRollback, keyAfterRollback, modelAfterRollback } from '../../../../src/pool/quota/clockRollback';
import { coolDown } from '../../../../src/pool/quota/cooldown';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { after, ask, midnight, noon } from '../../../support/pool/quota/buckets';

const id = 'l0' as LeaseId;

describe('settling a lease', () => {
	const ends = (ending: LeaseOutcome): unknown => {
		const bucket = settle(after([noon]), id, ending, noon + 500);
		return [bucket.day.requests, bucket.day.input, bucket.minute[0]?.[2], bucket.minute[0]?.[3], bucket.leases.length];
	};

	it('corrects an answer to what the service counted', () => {
		assert.deepEqual(ends({ type: 'answered', input: 17 }), [1, 17, 1, 17, 0]);
		assert.deepEqual(ends({ type: 'answered', input: 3 }), [1, 3, 1, 3, 0]);
		assert.deepEqual(ends({ type: 'answered' }), [1, 10, 1, 10, 0]);
	});

	it('keeps what was sent spent, and refunds what was refused or never sent', () => {
		assert.deepEqual(ends({ type: 'spent' }), [1, 10, 1, 10, 0]);
		assert.deepEqual(ends({ type: 'spent', input: 17 }), [1, 17, 1, 17, 0]);
		assert.deepEqual(ends({ type: 'refused' }), [0, 0, 0, 0, 0]);
		assert.deepEqual(ends({ type: 'unsent' }), [0, 0, 0, 0, 0]);
	});

	it('leaves a lease that has expired as spent, and renews one that lives', () => {
		const late = settle(after([noon]), id, { type: 'unsent' }, noon + 90_000);
		assert.deepEqual([late.day.requests, late.leases.length], [1, 0]);
		const kept = renewLease(after([noon]), id, 90_000, noon + 60_000);
		assert.equal(kept.leases[0]?.expiresAt, noon + 150_000);
		assert.equal(settle(kept, id, { type: 'unsent' }, noon + 100_000).day.requests, 0);
		assert.equal(renewLease(after([noon]), id, 90_000, noon + 90_000).leases.length, 0);
	});

	it('renews one lease and no other', () => {
		const kept = renewLease(after([noon, noon + 1_000]), id, 90_000, noon + 60_000);
		assert.deepEqual(
			kept.leases.map(({ expiresAt }) => expiresAt - noon),
			[150_000, 91_000],
		);
	});

	it('takes nothing off a new day for a call that went out before midnight', () => {
		for (const before of [1000, 30 * 60_000]) {
			const sent = admit(initialBucket(noon), ask({ id: 'late', leaseMs: 7_200_000 }), midnight - before);
			assert.ok('next' in sent);
			const next = admit(sent.next, ask({ id: 'early' }), midnight + 1);
			assert.ok('next' in next);
			const settled = settle(next.next, 'late' as LeaseId, { type: 'refused' }, midnight + 2);
			assert.deepEqual([settled.day.requests, settled.day.input], [1, 10]);
		}
	});

	it('corrects the day from its first to its last hour, also on days of 23 and 25 hours', () => {
		for (const [begins, ends] of [
			[Date.UTC(2026, 10, 24, 8), midnight],
			[Date.UTC(2026, 2, 8, 8), Date.UTC(2026, 2, 9, 7)],
			[Date.UTC(2026, 10, 1, 7), Date.UTC(2026, 10, 2, 8)],
		] as const) {
			for (const at of [begins, begins + 1, ends - 2]) {
				const sent = admit(initialBucket(at), ask(), at);
				assert.ok('next' in sent);
				assert.equal(settle(sent.next, 'l' as LeaseId, { type: 'unsent' }, at + 1).day.requests, 0);
			}
		}
	});

	it('opens the bucket when a probe was answered, and lets the next one probe when it was not', () => {
		const state = { state: 'coolingDown', reason: 'rpm', since: noon - 9, until: noon, backoffLevel: 1 } as const;
		const probe = admit({ ...initialBucket(noon), status: state }, ask({ id: 'l0' }), noon);
		assert.ok('next' in probe);
		assert.deepEqual(settle(probe.next, id, { type: 'answered' }, noon + 1).status, { state: 'available' });
		const sent = after([noon - 100, noon - 50]);
		const busy = admit({ ...sent, status: state }, ask({ id: 'l0' }), noon);
		assert.ok('next' in busy);
		assert.equal(settle(busy.next, id, { type: 'answered' }, noon + 1).day.requests, 3, 'only a day begins anew');
		const cut = settle(probe.next, id, { type: 'spent' }, noon + 1);
		assert.deepEqual(cut.status, { state: 'coolingDown', reason: 'rpm', since: noon, until: noon, backoffLevel: 1 });
	});

	it('raises a limit that a test has outgrown by a sixteenth and at least one, for tokens at least to what was taken', () => {
		const limit = (value: number) => ({ value, source: 'stated', at: noon, retestAt: noon, retestMs: 1 }) as const;
		const grown = (dimension: 'rpm' | 'tpm', value: number, input: number): unknown => {
			const bucket: Bucket = { ...initialBucket(noon), limits: { [dimension]: limit(value) } };
			const full = dimension === 'rpm' ? after([noon - 500], bucket) : bucket;
			const sent = admit(full, ask({ id: 'l0', mayTest: true, likely: input, atMost: input }), noon);
			assert.ok('next' in sent);
			return settle(sent.next, id, { type: 'answered', input }, noon + 1).limits[dimension];
		};
		const next = { source: 'tested', at: noon + 1, retestMs: 1, retestAt: noon + 1 };
		assert.deepEqual(grown('rpm', 1, 10), { ...next, stated: 1, value: 2 });
		assert.deepEqual(grown('tpm', 8, 9), { ...next, stated: 8, value: 9 });
		assert.deepEqual(grown('tpm', 1600, 1601), { ...next, stated: 1600, value: 1700 });
		assert.deepEqual(grown('tpm', 8, 5000), { ...next, stated: 8, value: 5000 });
	});

	it('leaves a limit that was stated anew while the test was on its way', () => {
		const known = { value: 1, source: 'stated', at: noon - 1, retestAt: noon, retestMs: 1 } as const;
		const sent = admit({ ...initialBucket(noon), limits: { rpm: known } }, ask({ id: 'l0' }), noon);
		assert.ok('next' in sent);
		const test = admit(sent.next, ask({ id: 'test', mayTest: true }), noon + 1);
		assert.ok('next' in test && test.lease.tests === 'rpm');
		const stated = coolDown(test.next, { type: 'coolDown', reason: 'rpm', limit: 1 }, noon + 2);
		const answered = settle(stated, 'test' as LeaseId, { type: 'answered' }, noon + 3);
		assert.equal(answered.limits.rpm, stated.limits.rpm);
	});
});

describe('a bucket and the time', () => {
	it('starts a new day at midnight, drops expired leases, opens what was closed; else it is the same object', () => {
		const bucket = after([noon]);
		assert.equal(bucketAt(bucket, noon + 89_999), bucket);
		assert.equal(bucketAt(bucket, noon + 90_000).leases.length, 0);
		assert.deepEqual(bucketAt(bucket, midnight).day, { endsAt: midnight + 86_400_000, requests: 0, input: 0, sent: 0 });
		assert.equal(bucketAt(bucket, midnight - 1).day.requests, 1);
		const closed: Bucket = { ...bucket, status: { state: 'unsupported', reason: 'tierLacksModel', until: noon + 10 } };
		assert.deepEqual(bucketAt(closed, noon + 10).status, { state: 'available' });
		assert.deepEqual(bucketAt(closed, noon + 9).status, closed.status);
	});

	it('drops a day that ends more than 26 hours ahead, and leases of the future', () => {
		const bucket = after([noon]);
		assert.equal(bucketAt(bucket, midnight - 26 * 3_600_000).day.requests, 1);
		assert.equal(bucketAt(bucket, midnight - 26 * 3_600_000 - 1).day.requests, 0);
		assert.equal(bucketAt(bucket, noon - 5000).leases.length, 1);
		assert.equal(bucketAt(bucket, noon - 5001).leases.length, 0);
	});

	it('brings what a clock that went backwards left in the future to the present, and nothing else', () => {
		const cooling = {
			state: 'coolingDown',
			reason: 'rpm',
			since: noon,
			until: noon + 60_000,
			backoffLevel: 0,
		} as const;
		const bucket: Bucket = { ...after([noon]), status: cooling };
		assert.equal(bucketAfterRollback(bucket, noon - 5000), bucket);
		const back = bucketAfterRollback(bucket, noon - 3_600_000);
		assert.deepEqual(back.status, { ...cooling, since: noon - 3_600_000, until: noon - 3_540_000 });
		assert.deepEqual(back.minute, [[noon - 3_600_000, noon - 3_600_000, 1, 10]]);
		const closed: Bucket = {
			...bucket,
			status: { state: 'unsupported', reason: 'tierLacksModel', until: noon + 90_000_000 },
		};
		assert.deepEqual(bucketAfterRollback(closed, noon).status, {
			state: 'unsupported',
			reason: 'tierLacksModel',
			until: noon + 86_400_000,
		});
		assert.equal(keyAfterRollback(initialKeyRecord, noon), initialKeyRecord);
		assert.equal(modelAfterRollback(initialModelRecord, 30_000, noon), initialModelRecord);
		assert.equal(
			modelAfterRollback({ ...initialModelRecord, overloadedUntil: noon + 90_000 }, 30_000, noon).overloadedUntil,
			noon + 30_000,
		);
		const quarantined = {
			state: 'quarantined',
			reason: 'badKey',
			since: noon,
			recheckAt: noon + 600_000,
			rechecksLeft: [],
			hadWorked: true,
		} as const;
		const key = keyAfterRollback(
			{ ...initialKeyRecord, status: quarantined, lastUsed: noon, probe: { at: noon + 60_000, waitMs: 60_000 } },
			noon - 10_000,
		);
		assert.equal(key.lastUsed, noon - 10_000);
		assert.equal(key.probe?.at, noon + 50_000);
		assert.deepEqual(key.status, { ...quarantined, since: noon - 10_000, recheckAt: noon + 590_000 });
	});
});
