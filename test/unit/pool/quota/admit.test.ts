import assert from 'node:assert/strict';
import type { Bucket, LeaseId, Limits } from '../../../../src/pool/pool';
import { admit, recordFirstChunk, settle } from '../../../../src/pool/quota/lease';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { coolDown } from '../../../../src/pool/quota/cooldown';
import { minuteUse } from '../../../../src/pool/quota/minuteCounter';
import { quotaStatus } from '../../../../src/pool/quota/admissionChecks';
import { after, ask, midnight, noon } from '../../../support/pool/quota/buckets';

const rejection = (bucket: Bucket, more: Parameters<typeof ask>[0], now: number): unknown => {
	const answer = admit(bucket, ask(more), now);
	return 'reason' in answer ? [answer.reason, answer.retryAt] : 'admitted';
};

describe('admission', () => {
	it('counts the send, takes the lease, and tells its end', () => {
		const answer = admit(initialBucket(noon), ask({ likely: 25 }), noon);
		assert.ok('next' in answer);
		assert.deepEqual(answer.lease, { id: 'l', holder: 'r', input: 25, sentAt: noon, expiresAt: noon + 90_000 });
		assert.deepEqual(answer.next.day, { endsAt: midnight, requests: 1, input: 25, sent: 1 });
		assert.deepEqual(answer.next.minute, [[noon, noon, 1, 25]]);
		assert.deepEqual(answer.next.leases, [answer.lease]);
	});

	it('admits up to the requests a minute, and again when the first has left', () => {
		const own = { rpm: 2 };
		const full = after([noon, noon + 1000]);
		assert.equal(rejection(after([noon]), { userLimits: own }, noon + 1000), 'admitted');
		assert.deepEqual(rejection(full, { userLimits: own }, noon + 2000), ['rpm', noon + 60_150]);
		assert.deepEqual(rejection(full, { userLimits: own }, noon + 60_149), ['rpm', noon + 60_150]);
		assert.equal(rejection(full, { userLimits: own }, noon + 60_150), 'admitted');
	});

	it('counts each of several requests in one, also where they come back', () => {
		const own = { rpm: 5, rpd: 9 };
		const four = { userLimits: own, requests: 4 };
		const first = admit(initialBucket(noon), ask(four), noon);
		assert.ok('next' in first);
		assert.deepEqual(
			[first.next.day.requests, first.next.day.sent, minuteUse(first.next.minute, noon).requests],
			[4, 4, 4],
		);
		assert.deepEqual(rejection(first.next, four, noon + 1), ['rpm', noon + 60_150]);
		assert.equal(rejection(first.next, { userLimits: own }, noon + 1), 'admitted');
		assert.deepEqual(rejection(first.next, { userLimits: { rpd: 7 }, requests: 4 }, noon + 61_000), ['rpd', midnight]);
		const refunded = settle(first.next, first.lease.id, { type: 'refused' }, noon + 2);
		assert.deepEqual([refunded.day.requests, minuteUse(refunded.minute, noon + 2).requests], [0, 0]);
		// More than a whole minute allows: the service has to say what it does then.
		assert.equal(rejection(initialBucket(noon), { userLimits: own, requests: 6 }, noon), 'admitted');
		assert.deepEqual(rejection(after([noon]), { userLimits: own, requests: 6 }, noon + 1), ['rpm', noon + 60_150]);
	});

	it('admits up to the requests a day, until midnight Pacific', () => {
		const own = { rpd: 2 };
		const full = after([noon, noon + 70_000]);
		assert.deepEqual(rejection(full, { userLimits: own }, noon + 140_000), ['rpd', midnight]);
		assert.deepEqual(rejection(full, { userLimits: own }, midnight - 1), ['rpd', midnight]);
		assert.equal(rejection(full, { userLimits: own }, midnight), 'admitted');
	});

	it('admits tokens of a day exactly to the limit', () => {
		const bucket = after([noon]);
		assert.equal(rejection(bucket, { userLimits: { tpd: 20 } }, noon), 'admitted');
		assert.deepEqual(rejection(bucket, { userLimits: { tpd: 19 } }, noon), ['tpd', midnight]);
		assert.deepEqual(rejection(bucket, { userLimits: { tpd: 10 } }, noon), ['tpd', midnight]);
		assert.deepEqual(rejection(bucket, { userLimits: { tpd: 9 } }, noon), ['tpd', Infinity]);
	});

	it('is strict with tokens near the limit: from 80 % on the cautious estimate counts', () => {
		const bucket = after([noon]);
		// 10 used + 70 likely is 80 %: the likely size counts.
		assert.equal(rejection(bucket, { userLimits: { tpm: 100 }, likely: 70, atMost: 112 }, noon), 'admitted');
		assert.deepEqual(rejection(bucket, { userLimits: { tpm: 100 }, likely: 71, atMost: 91 }, noon), [
			'tpm',
			noon + 60_150,
		]);
		assert.equal(rejection(bucket, { userLimits: { tpm: 100 }, likely: 71, atMost: 90 }, noon), 'admitted');
	});

	it('admits tokens again when as many have left the minute as the call has, not when all have', () => {
		const bucket = after([noon, noon + 30_000]);
		const call = { userLimits: { tpm: 100 }, likely: 85, atMost: 85 };
		assert.deepEqual(rejection(bucket, call, noon + 31_000), ['tpm', noon + 60_150]);
		assert.deepEqual(rejection(bucket, { ...call, likely: 95, atMost: 95 }, noon + 31_000), ['tpm', noon + 90_150]);
	});

	it('lets a probe of the tokens a minute go although our count says that they are used up', () => {
		const refused = { type: 'coolDown', reason: 'tpm', limit: 100, delayMs: 5_000 } as const;
		const resting = coolDown(after([noon]), refused, noon + 1_000);
		assert.equal(minuteUse(resting.minute, noon + 6_000).input, 100);
		assert.equal(rejection(resting, {}, noon + 6_000), 'admitted');
		assert.equal(quotaStatus(resting, undefined, noon + 6_000).tokensLeft, Infinity);
		assert.deepEqual(rejection({ ...resting, status: { state: 'available' } }, {}, noon + 6_000), [
			'tpm',
			noon + 60_150,
		]);
	});

	it('counts the cautious estimate of what is under way near the limit, until the service says how many they were', () => {
		const size = { userLimits: { tpm: 100 }, likely: 30, atMost: 40 };
		const sends = (count: number): Bucket =>
			Array.from({ length: count }).reduce((bucket: Bucket, _, n) => {
				const answer = admit(bucket, ask({ id: `n${n}`, ...size }), noon);
				if ('reason' in answer) throw new Error(answer.reason);
				return answer.next;
			}, initialBucket(noon));
		assert.deepEqual(
			[1, 2].map((count) => minuteUse(sends(count).minute, noon).input),
			[30, 60],
		);
		assert.equal(minuteUse(sends(3).minute, noon).input, 100);
	});

	it('lets a request of nearly the whole limit into an empty minute, and never a larger one', () => {
		const empty = initialBucket(noon);
		assert.equal(rejection(empty, { userLimits: { tpm: 100 }, likely: 100, atMost: 160 }, noon), 'admitted');
		assert.deepEqual(rejection(empty, { userLimits: { tpm: 100 }, likely: 101, atMost: 160 }, noon), [
			'tooLargeForTier',
			Infinity,
		]);
	});

	it('says that a limit of 0 never frees', () => {
		assert.deepEqual(rejection(initialBucket(noon), { userLimits: { rpm: 0 } }, noon), ['rpm', Infinity]);
	});

	it("lets the user's own limit win over the learnt one", () => {
		const learnt = { value: 1, source: 'stated', at: noon, retestAt: Infinity, retestMs: 1 } as const;
		const bucket = { ...after([noon]), limits: { rpm: learnt } };
		assert.deepEqual(rejection(bucket, {}, noon), ['rpm', noon + 60_150]);
		assert.equal(rejection(bucket, { userLimits: { rpm: 2 } }, noon), 'admitted');
	});

	it('sends one probe after a cooldown, and the others wait for it', () => {
		const state = { state: 'coolingDown', reason: 'rpm', since: noon, until: noon + 5000, backoffLevel: 2 } as const;
		const coolingDown: Bucket = { ...initialBucket(noon), status: state };
		assert.deepEqual(rejection(coolingDown, {}, noon + 4999), ['rpm', noon + 5000]);
		const first = admit(coolingDown, ask({ id: 'one' }), noon + 5000);
		assert.ok('next' in first);
		assert.deepEqual(first.next.status, { state: 'halfOpen', reason: 'rpm', lease: 'one', backoffLevel: 2 });
		assert.deepEqual(rejection(first.next, { id: 'two' }, noon + 5001), ['rpm', noon + 15_000]);
		const alive = recordFirstChunk(first.next, 'one' as LeaseId, noon + 5002);
		assert.deepEqual(alive.status, { state: 'available' });
		assert.equal(rejection(alive, { id: 'two' }, noon + 5003), 'admitted');
		assert.equal(recordFirstChunk(first.next, 'two' as LeaseId, noon + 5002).status.state, 'halfOpen');
	});

	it('hands the probe on when its lease has expired', () => {
		const state = { state: 'coolingDown', reason: 'rpm', since: noon, until: noon, backoffLevel: 0 } as const;
		const first = admit({ ...initialBucket(noon), status: state }, ask({ id: 'one' }), noon);
		assert.ok('next' in first);
		assert.deepEqual(rejection(first.next, { id: 'two' }, noon + 9_999), ['rpm', noon + 10_000]);
		assert.deepEqual(rejection(first.next, { id: 'two' }, noon + 10_000), ['rpm', noon + 90_000]);
		assert.deepEqual(rejection(first.next, { id: 'two' }, noon + 89_999), ['rpm', noon + 90_000]);
		assert.equal(rejection(first.next, { id: 'two' }, noon + 90_000), 'admitted');
	});

	it('keeps a closed bucket shut until its time', () => {
		const bucket: Bucket = {
			...initialBucket(noon),
			status: { state: 'unsupported', reason: 'tierLacksModel', until: noon + 5 },
		};
		assert.deepEqual(rejection(bucket, {}, noon + 4), ['tierLacksModel', noon + 5]);
		assert.equal(rejection(bucket, {}, noon + 5), 'admitted');
	});

	it('lets one call at a time test a learnt limit in doubt, also one that it is too large for', () => {
		const limit = (value: number) =>
			({ value, source: 'stated', at: noon, retestAt: noon + 1000, retestMs: 1000 }) as const;
		const bucket: Bucket = { ...after([noon]), limits: { rpm: limit(1), tpm: limit(5) } };
		const small: Bucket = { ...initialBucket(noon), limits: { tpm: limit(5) } };
		assert.deepEqual(rejection(bucket, { mayTest: true }, noon + 999), ['rpm', noon + 60_150]);
		const tested = admit(bucket, ask({ id: 't', mayTest: true }), noon + 1000);
		assert.ok('next' in tested);
		assert.equal(tested.lease.tests, 'rpm');
		assert.deepEqual(rejection(tested.next, { mayTest: true }, noon + 1001), ['rpm', noon + 61_150]);
		const large = admit(small, ask({ mayTest: true }), noon + 1000);
		assert.ok('next' in large);
		assert.equal(large.lease.tests, 'tpm');
		assert.deepEqual(rejection(small, { mayTest: false }, noon + 1000), ['tooLargeForTier', Infinity]);
	});

	it("tests no limit of the user's own, and none while the bucket cools down", () => {
		const doubted = { value: 1, source: 'stated', at: noon, retestAt: noon, retestMs: 1 } as const;
		const bucket: Bucket = { ...after([noon]), limits: { rpm: doubted } };
		assert.deepEqual(rejection(bucket, { mayTest: true, userLimits: { rpm: 1 } }, noon), ['rpm', noon + 60_150]);
		const state = { state: 'coolingDown', reason: 'rpm', since: noon, until: noon + 9, backoffLevel: 0 } as const;
		assert.deepEqual(rejection({ ...bucket, status: state }, { mayTest: true }, noon), ['rpm', noon + 9]);
	});
});

describe('the outlook of a bucket', () => {
	it('knows headroom, tokens left, what blocks and when that changes', () => {
		const bucket = after([noon, noon + 1000]);
		const seen = quotaStatus(bucket, { rpm: 8, tpm: 40, rpd: 4 }, noon + 2000);
		assert.deepEqual(seen, {
			blockedUntil: 0,
			reason: undefined,
			mayRetryEarlier: false,
			headroom: 2,
			isDayShort: true,
			tokensLeft: 20,
			inFlight: 2,
			validUntil: noon + 60_150,
		});
		const full = quotaStatus(bucket, { rpm: 2 }, noon + 2000);
		assert.deepEqual([full.blockedUntil, full.reason, full.headroom], [noon + 60_150, 'rpm', 0]);
	});

	it('has a short day where few of it are left, in requests or in tokens, and not where it is the minute', () => {
		const isShort = (limits: Limits): boolean => quotaStatus(after([noon]), limits, noon).isDayShort;
		assert.deepEqual([isShort({ rpd: 51 }), isShort({ rpd: 52 })], [true, false]);
		assert.deepEqual([isShort({ tpd: 200 }), isShort({ tpd: 100_000 })], [true, false]);
		assert.equal(isShort({ rpm: 2, tpm: 200 }), false);
	});

	it('counts what is unknown as untouched, and a limit of 0 as nothing left', () => {
		assert.equal(quotaStatus(after([noon]), undefined, noon).headroom, Infinity);
		assert.equal(quotaStatus(after([noon]), undefined, noon).tokensLeft, Infinity);
		assert.equal(quotaStatus(initialBucket(noon), { rpd: 0 }, noon).headroom, 0);
		assert.equal(quotaStatus(after([noon, noon]), { rpd: 1 }, noon).headroom, 0);
	});

	it('changes when a cooldown, a lease or the day ends', () => {
		const cooling = { state: 'coolingDown', reason: 'rpm', since: noon, until: noon + 7000, backoffLevel: 0 } as const;
		assert.equal(quotaStatus({ ...initialBucket(noon), status: cooling }, undefined, noon).validUntil, noon + 7000);
		assert.equal(quotaStatus(initialBucket(noon), undefined, noon).validUntil, midnight);
		assert.equal(quotaStatus(after([noon]), undefined, noon + 61_000).validUntil, noon + 90_000);
	});
});
