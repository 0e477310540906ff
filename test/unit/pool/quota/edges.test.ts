import assert from 'node:assert/strict';
import type { Bucket, KeyRecord, LeaseId, Limits, ModelRecord } from '../../../../src/pool/pool';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { admit, recordFirstChunk, settle } from '../../../../src/pool/quota/lease';
import { rejectedByWindow, quotaStatus } from '../../../../src/pool/quota/admissionChecks';
import { bucketAt, initialBucket } from '../../../../src/pool/quota/bucket';
import { bucketAfterRollback, keyAfterRollback, modelAfterRollback } from '../../../../src/pool/quota/clockRollback';
import { raiseTestedLimit, learnStatedLimit } from '../../../../src/pool/quota/limitLearning';
import { mergeBuckets, coolDown } from '../../../../src/pool/quota/cooldown';
import { after, ask, midnight, noon } from '../../../support/pool/quota/buckets';

const id = 'l0' as LeaseId;
const skewMs = 5000;
const hour = 3_600_000;
const probing = (lease: string, backoffLevel = 2): Bucket['status'] => ({
	...{ state: 'halfOpen', reason: 'rpm', lease: lease as LeaseId, backoffLevel },
});
const coolingDown = (until: number, backoffLevel = 0): Bucket['status'] => ({
	...{ state: 'coolingDown', reason: 'capacity', since: noon, until, backoffLevel },
});
const closed = (until: number): Bucket['status'] => ({ state: 'unsupported', reason: 'tierLacksModel', until });

describe('a probe', () => {
	it('that is gone lets the next one probe, with the same repeats', () => {
		const bucket: Bucket = { ...initialBucket(noon), status: probing('gone', 3) };
		const admitted = admit(bucket, ask({ id: 'next' }), noon);
		assert.ok('next' in admitted);
		assert.deepEqual(admitted.next.status, probing('next', 3));
	});

	it('is proved by its own call alone, while that is under way', () => {
		const own: Bucket = { ...after([noon]), status: probing('l0') };
		assert.deepEqual(recordFirstChunk(own, id, noon + 1).status, { state: 'available' });
		const other: Bucket = { ...after([noon]), status: probing('other') };
		assert.deepEqual(recordFirstChunk(other, id, noon + 1).status, other.status);
		const cooling: Bucket = { ...after([noon]), status: coolingDown(noon + 9) };
		assert.deepEqual(recordFirstChunk(cooling, id, noon + 1).status, cooling.status);
		assert.deepEqual(recordFirstChunk(own, id, noon + 90_000).status, own.status, 'its lease has expired');
	});

	it('ends with the outcome of its own call, and of no other', () => {
		const both: Bucket = { ...after([noon, noon + 1]), status: probing('l0') };
		assert.deepEqual(settle(both, 'l1' as LeaseId, { type: 'answered' }, noon + 2).status, both.status);
		assert.deepEqual(settle(both, id, { type: 'answered' }, noon + 2).status, { state: 'available' });
		const next = settle(both, id, { type: 'spent' }, noon + 2).status;
		assert.deepEqual(next, { state: 'coolingDown', reason: 'rpm', since: noon, until: noon, backoffLevel: 2 });
		const cooling: Bucket = { ...after([noon]), status: coolingDown(noon + 9) };
		assert.deepEqual(settle(cooling, id, { type: 'answered' }, noon + 2).status, cooling.status);
	});

	it('that is refused again doubles the cooldown', () => {
		const bucket: Bucket = { ...initialBucket(noon), status: probing('l0', 1) };
		const { status: state } = coolDown(bucket, { type: 'coolDown', reason: 'capacity' }, noon);
		assert.deepEqual(state.state === 'coolingDown' && [state.backoffLevel, state.until - noon], [2, 240_000]);
	});
});

describe('a bucket that was closed or cools down', () => {
	it('counts its refusals from its last cooldown alone', () => {
		for (const state of [{ state: 'available' }, closed(noon - 1)] as const) {
			const next = coolDown(
				{ ...initialBucket(noon), status: state },
				{ type: 'coolDown', reason: 'capacity' },
				noon,
			).status;
			assert.equal(next.state === 'coolingDown' && next.backoffLevel, 0);
		}
	});

	it('gives its state to the model it was an alias of, while it lasts, and takes none away', () => {
		const open = initialBucket(noon);
		const of = (state: Bucket['status'], own: Bucket['status'] = { state: 'available' }): Bucket['status'] =>
			mergeBuckets({ ...open, status: own }, { ...open, status: state }, noon).status;
		assert.deepEqual(of(closed(noon + 1)), closed(noon + 1));
		assert.deepEqual(of(coolingDown(noon + 1)), coolingDown(noon + 1));
		assert.deepEqual(of(coolingDown(noon)), { state: 'available' });
		assert.deepEqual(of(probing('x')), { state: 'available' });
		assert.deepEqual(of(closed(noon + 1), coolingDown(noon + 9)), coolingDown(noon + 9));
		assert.ok(!('sustainedRpm' in mergeBuckets(open, open, noon)));
	});

	it('is looked at again when that ends', () => {
		const of = (state: Bucket['status']): number =>
			quotaStatus({ ...initialBucket(noon), status: state }, undefined, noon).validUntil;
		assert.equal(of(closed(noon + 7)), noon + 7);
		assert.equal(of(coolingDown(noon + 7)), noon + 7);
		assert.equal(of(coolingDown(noon)), midnight, 'a cooldown that is over changes nothing any more');
		assert.equal(of({ state: 'available' }), midnight);
	});
});

describe('the windows', () => {
	const denied = (own: Limits, likely = 0, bucket = after([noon])): unknown =>
		rejectedByWindow(bucket, { likely, atMost: likely, userLimits: own }, noon + 1)?.reason;

	it('are those whose limits are known, the day before the minute', () => {
		assert.equal(denied({}), undefined);
		assert.equal(denied({ rpd: 1, rpm: 1 }), 'rpd');
		assert.equal(denied({ tpd: 10 }), undefined, 'ten tokens are just the limit');
		assert.equal(denied({ tpd: 10 }, 1), 'tpd');
		assert.equal(denied({ rpm: 1, tpm: 5 }, 10), 'rpm');
		assert.equal(denied({ tpm: 100 }, 101), 'tooLargeForTier');
		assert.equal(denied({ tpm: 100 }, 95), 'tpm');
		assert.equal(denied({ rpm: 2 }), undefined);
	});

	it('let a request of nearly the whole limit into an empty minute', () => {
		const empty = initialBucket(noon);
		assert.equal(rejectedByWindow(empty, { likely: 95, atMost: 150, userLimits: { tpm: 100 } }, noon), undefined);
		const used = { ...empty, minute: [[noon, noon, 1, 0] as const] };
		assert.equal(rejectedByWindow(used, { likely: 95, atMost: 150, userLimits: { tpm: 100 } }, noon), undefined);
	});

	it('show what is left of a daily limit on tokens', () => {
		assert.equal(quotaStatus(after([noon]), { tpd: 40 }, noon + 1).headroom, 3);
		assert.equal(quotaStatus(after([noon]), { tpd: 5 }, noon + 1).headroom, 0);
		assert.equal(quotaStatus(after([noon]), { rpm: 0 }, noon + 1).headroom, 0);
	});
});

describe('what has expired', () => {
	it('goes, and what has not stays', () => {
		const bucket = after([noon, noon + 50_000]);
		assert.deepEqual(
			bucketAt(bucket, noon + 90_000).leases.map((lease) => lease.id),
			['l50000'],
		);
		assert.deepEqual(initialBucket(noon).minute, []);
	});
});

describe('a limit of tokens a day', () => {
	it('is doubted with the next day, and grows at least to what was let through', () => {
		const bucket = initialBucket(noon);
		const limits = learnStatedLimit(bucket, 'tpd', 100, noon);
		assert.equal(limits.tpd?.retestAt, midnight);
		assert.equal(raiseTestedLimit({ ...bucket, limits }, 'tpd', 5000, noon).tpd?.value, 5000);
		assert.equal(
			raiseTestedLimit({ ...bucket, limits }, 'rpm', 5000, noon),
			limits,
			'what is not known cannot be outgrown',
		);
	});

	it('that was tested by an answer without counts grows to the estimate', () => {
		const own = { tpm: { value: 8, source: 'stated', at: noon, retestAt: noon, retestMs: 1 } } as const;
		const sent = admit(
			{ ...initialBucket(noon), limits: own },
			ask({ id: 'l0', mayTest: true, likely: 50, atMost: 50 }),
			noon,
		);
		assert.ok('next' in sent);
		assert.equal(settle(sent.next, id, { type: 'answered' }, noon + 1).limits.tpm?.value, 50);
		assert.equal(settle(after([noon]), id, { type: 'answered' }, noon + 1).limits.tpm, undefined);
	});
});

describe('times of the future', () => {
	const key = (more: Partial<KeyRecord>): KeyRecord => ({ ...initialKeyRecord, ...more });
	const quarantined = (since: number, recheckAt?: number): KeyRecord['status'] => ({
		...{ state: 'quarantined', reason: 'badKey', since, rechecksLeft: [], hadWorked: true },
		...(recheckAt === undefined ? {} : { recheckAt }),
	});

	it('of a bucket are those that two clocks do not explain', () => {
		const far = noon + 24 * 3_600_000;
		const of = (state: Bucket['status']): Bucket['status'] =>
			bucketAfterRollback({ ...initialBucket(noon), status: state }, noon).status;
		assert.deepEqual(of(closed(far)), closed(far));
		assert.deepEqual(of(closed(far + 1)), closed(far));
		assert.deepEqual(of(probing('x')), probing('x'));
		const probed = { ...probing('x'), wholeAt: noon + 3_600_000 } as Bucket['status'];
		assert.deepEqual(of(probed), { ...probed, wholeAt: noon }, 'whole an hour ago, by the clock that was set back');
		const ahead = {
			state: 'coolingDown',
			reason: 'rpm',
			since: noon + hour,
			until: noon + hour + 9,
			wholeAt: noon + hour + 50,
		} as const;
		assert.deepEqual(of({ ...ahead, backoffLevel: 0 }), {
			...ahead,
			since: noon,
			until: noon + 9,
			wholeAt: noon + 50,
			backoffLevel: 0,
		});
		const soon = { ...coolingDown(noon + 60_000), since: noon + skewMs } as Bucket['status'];
		assert.deepEqual(of(soon), soon);
	});

	it('of a key: its last use, its probe, its quarantine', () => {
		for (const same of [
			key({ lastUsed: noon + skewMs }),
			key({ lastUsed: 5 }),
			key({ probe: { at: noon + 60_000 + skewMs, waitMs: 60_000 } }),
			key({ probe: { at: noon - 9, waitMs: 60_000 } }),
			key({ status: quarantined(noon + skewMs, noon + 9) }),
			key({ status: quarantined(noon - 9) }),
			key({ status: { state: 'verified', since: noon + 99_999 } }),
		]) {
			assert.equal(keyAfterRollback(same, noon), same);
		}
		assert.equal(keyAfterRollback(key({ lastUsed: noon + skewMs + 1 }), noon).lastUsed, noon);
		const probe = { at: noon + 60_000 + skewMs + 1, waitMs: 60_000 };
		assert.deepEqual(keyAfterRollback(key({ probe }), noon).probe, { at: noon + 60_000, waitMs: 60_000 });
		const since = noon + skewMs + 1;
		assert.deepEqual(
			keyAfterRollback(key({ status: quarantined(since, since + 100) }), noon).status,
			quarantined(noon, noon + 100),
		);
		assert.deepEqual(keyAfterRollback(key({ status: quarantined(since) }), noon).status, quarantined(noon));
	});

	it('of a key: no re-check is later than in an hour, and no model is denied for longer', () => {
		const denied = (...until: readonly number[]) =>
			key({ deniedModels: until.map((at, n) => ({ model: `m${n}`, until: at })) });
		const latest = noon + hour + skewMs;
		for (const same of [key({ status: quarantined(noon, latest) }), denied(noon + 1, latest)])
			assert.equal(keyAfterRollback(same, noon), same);
		const { status } = keyAfterRollback(key({ status: quarantined(noon, latest + 1) }), noon);
		assert.deepEqual(status, quarantined(noon, noon + hour));
		assert.deepEqual(keyAfterRollback(denied(noon + 1, latest + 1), noon), denied(noon + 1, latest));
	});

	it('of a model: no back-off is longer than the longest, and none is missing for more than a day', () => {
		const day = 24 * 3_600_000;
		const of = (more: Partial<ModelRecord>): ModelRecord =>
			modelAfterRollback({ ...initialModelRecord, ...more }, 30_000, noon);
		const fine = { ...initialModelRecord, overloadedUntil: noon + 30_000, missingUntil: noon + day };
		assert.equal(modelAfterRollback(fine, 30_000, noon), fine);
		assert.equal(of({ missingUntil: noon + day + 1 }).missingUntil, noon + day);
		assert.equal(of({ overloadedUntil: noon + 30_001, missingUntil: noon + 1 }).missingUntil, noon + 1);
		assert.equal(of({ overloadedUntil: noon + 30_001 }).overloadedUntil, noon + 30_000);
		assert.ok(!('missingUntil' in of({ overloadedUntil: noon + 30_001 })));
	});
});
