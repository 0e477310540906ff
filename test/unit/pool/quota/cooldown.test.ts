import assert from 'node:assert/strict';
import type { Bucket, FailureAction } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { mayTest, learnStatedLimit } from '../../../../src/pool/quota/limitLearning';
import { minuteUse } from '../../../../src/pool/quota/minuteCounter';
import { clearCooldown, markUnsupported, mergeBuckets, coolDown } from '../../../../src/pool/quota/cooldown';
import { after, midnight, noon } from '../../../support/pool/quota/buckets';

type CoolDown = Extract<FailureAction, { type: 'coolDown' }>;
const action = (more: Omit<CoolDown, 'type'>): CoolDown => ({ type: 'coolDown', ...more });

const cooldownMs = (more: Omit<CoolDown, 'type'>, from: Bucket = initialBucket(noon), now = noon): number => {
	const { status: state } = coolDown(from, action(more), now);
	return state.state === 'coolingDown' ? state.until - now : NaN;
};

describe('a cooldown', () => {
	it('lasts as long as stated for a minute, within 1 s and 1 h, else 60 s', () => {
		assert.equal(cooldownMs({ reason: 'rpm' }), 60_000);
		assert.equal(cooldownMs({ reason: 'tpm' }), 60_000);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: 38_909 }), 38_909);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: 0 }), 1000);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: 999 }), 1000);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: 3_600_001 }), 3_600_000);
	});

	it('takes a delay that is negative or no number for none, and a huge one for the longest', () => {
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: -5 }), 60_000);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: NaN }), 60_000);
		assert.equal(cooldownMs({ reason: 'rpm', delayMs: Infinity }), 3_600_000);
		assert.equal(cooldownMs({ reason: 'rpd', delayMs: Infinity }), midnight - noon);
		assert.equal(cooldownMs({ reason: 'capacity', delayMs: 1e300 }), midnight - noon);
	});

	it('lasts until midnight Pacific for a day, or as stated for one probe, never past midnight', () => {
		assert.equal(cooldownMs({ reason: 'rpd' }), midnight - noon);
		assert.equal(cooldownMs({ reason: 'rpd', delayMs: 3_600_000 }), 3_600_000);
		assert.equal(cooldownMs({ reason: 'rpd', delayMs: 90_000_000 }), midnight - noon);
	});

	it('doubles from 60 s to 10 min while the capacity is refused again, and forgets after 15 min', () => {
		let bucket = initialBucket(noon);
		let now = noon;
		const cooling: number[] = [];
		for (let n = 0; n < 7; n++) {
			bucket = coolDown(bucket, action({ reason: 'capacity' }), now);
			assert.ok(bucket.status.state === 'coolingDown');
			cooling.push((bucket.status.until - now) / 1000);
			now = bucket.status.until;
		}
		assert.deepEqual(cooling, [60, 120, 240, 480, 600, 600, 600]);
		assert.equal(cooldownMs({ reason: 'capacity' }, bucket, now + 899_999), 600_000);
		assert.equal(cooldownMs({ reason: 'capacity' }, bucket, now + 900_000), 60_000);
	});

	it('does not count two refusals of the same moment twice', () => {
		const once = coolDown(initialBucket(noon), action({ reason: 'capacity' }), noon);
		assert.equal(cooldownMs({ reason: 'capacity' }, once, noon + 10), 60_000);
	});

	it('never shortens a longer cooldown or a closure', () => {
		const day = coolDown(initialBucket(noon), action({ reason: 'rpd' }), noon);
		assert.equal(coolDown(day, action({ reason: 'rpm' }), noon + 1).status, day.status);
		const closed = markUnsupported(
			initialBucket(noon),
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 86_400_000 },
			noon,
		);
		assert.deepEqual(closed.status, { state: 'unsupported', reason: 'tierLacksModel', until: noon + 86_400_000 });
		assert.equal(coolDown(closed, action({ reason: 'rpm' }), noon + 1).status, closed.status);
	});

	it('learns the stated limit; one that is no number, or none, changes nothing', () => {
		const { limits, day } = coolDown(initialBucket(noon), action({ reason: 'rpd', limit: 20 }), noon);
		assert.equal(limits.rpd?.value, 20);
		assert.equal(day.requests, 20);
		for (const limit of [0, -1, NaN, Infinity]) {
			const other = coolDown(initialBucket(noon), action({ reason: 'rpd', limit }), noon);
			assert.deepEqual(other.limits, {});
			assert.equal(other.day.requests, 0);
		}
		assert.deepEqual(coolDown(initialBucket(noon), action({ reason: 'capacity', limit: 5 }), noon).limits, {});
	});

	it('raises the count by external requests, until the quota is whole', () => {
		const bucket = coolDown(after([noon]), action({ reason: 'rpm', limit: 5, delayMs: 20_000 }), noon + 1000);
		assert.equal(minuteUse(bucket.minute, noon + 1000).requests, 5);
		assert.equal(minuteUse(bucket.minute, noon + 58_000).requests, 5);
		assert.equal(minuteUse(bucket.minute, noon + 60_150).requests, 0);
		const none = coolDown(initialBucket(noon), action({ reason: 'rpm', limit: 5, delayMs: 20_000 }), noon + 1000);
		assert.equal(
			minuteUse(none.minute, noon + 1000).requests,
			5,
			'we sent nothing: what is stated is all that is known',
		);
		assert.equal(minuteUse(none.minute, noon + 21_000).requests, 0);
		const own = after([noon, noon + 500, noon + 1000]);
		assert.equal(
			minuteUse(coolDown(own, action({ reason: 'rpm', limit: 2 }), noon + 1000).minute, noon + 1000).requests,
			3,
		);
	});

	it('raises the count of tokens, too, by external tokens at least: the limit without the refused call and our own', () => {
		const refused = action({ reason: 'tpm', limit: 1_000, delayMs: 3_000 });
		const use = (bucket: Bucket, at: number): number => minuteUse(bucket.minute, at).input;
		const once = coolDown(after([noon]), refused, noon + 1_000, 300);
		assert.deepEqual([use(once, noon + 1_000), use(once, noon + 58_000), use(once, noon + 60_150)], [700, 700, 0]);
		// Freed bit by bit: the external tokens stay for their minute.
		const again = coolDown(after([noon + 60_500], once), refused, noon + 60_950, 300);
		assert.deepEqual(
			[use(again, noon + 61_100), use(again, noon + 120_800), use(again, noon + 121_200)],
			[700, 690, 0],
		);
		// Long after the last refusal the quota is whole with our own call, and theirs with it.
		const later = coolDown(after([noon + 200_000], once), refused, noon + 200_500, 300);
		assert.deepEqual([use(later, noon + 260_100), use(later, noon + 260_200)], [700, 0]);
		// The call alone explains the refusal: nobody else is suspected.
		assert.equal(use(coolDown(after([noon]), refused, noon + 1_000, 1_000), noon + 1_000), 10);
	});

	it("keeps the day's count until midnight, whatever daily delay is stated", () => {
		const bucket = coolDown(after([noon]), action({ reason: 'rpd', limit: 20, delayMs: 3_600_000 }), noon);
		assert.deepEqual(bucket.day, { endsAt: midnight, requests: 20, input: 10, sent: 1 });
	});

	it('is cleared by a person with its counts; what was learnt stays', () => {
		const bucket = clearCooldown(coolDown(after([noon]), action({ reason: 'rpd', limit: 20 }), noon), noon);
		assert.deepEqual(bucket.status, { state: 'available' });
		assert.deepEqual([bucket.minute.length, bucket.day.requests, bucket.day.input], [0, 0, 0]);
		assert.equal(bucket.limits.rpd?.value, 20);
	});

	it('moves counts, limits and cooldowns from an alias to its model', () => {
		const alias = { ...coolDown(after([noon]), action({ reason: 'rpm', limit: 3 }), noon), sustainedRpm: 7 };
		const both = mergeBuckets(after([noon]), alias, noon + 1);
		assert.deepEqual([both.day.requests, both.day.input, both.day.sent], [2, 20, 2]);
		assert.equal(minuteUse(both.minute, noon + 1).requests, 4);
		assert.equal(both.limits.rpm?.value, 3);
		assert.equal(both.sustainedRpm, 7);
		assert.equal(both.status.state, 'coolingDown');
		assert.equal(mergeBuckets(after([noon]), alias, noon + 60_150).status.state, 'available');
	});
});

describe('doubt about a learnt limit', () => {
	it('comes after 10 min, then twice as late at each confirmation, up to an hour', () => {
		let bucket: Bucket = initialBucket(noon);
		let now = noon;
		const minutes: number[] = [];
		for (let n = 0; n < 5; n++) {
			bucket = { ...bucket, limits: learnStatedLimit(bucket, 'rpm', 5, now) };
			const retestAt = bucket.limits.rpm?.retestAt ?? NaN;
			minutes.push((retestAt - now) / 60_000);
			assert.equal(mayTest(bucket, undefined, 'rpm', retestAt - 1), false);
			assert.equal(mayTest(bucket, undefined, 'rpm', retestAt), true);
			now = retestAt;
		}
		assert.deepEqual(minutes, [10, 20, 40, 60, 60]);
	});

	it('is not put off by a refusal before its time, and begins anew with another value', () => {
		const known: Bucket = { ...initialBucket(noon), limits: learnStatedLimit(initialBucket(noon), 'rpm', 5, noon) };
		assert.equal(learnStatedLimit(known, 'rpm', 5, noon + 60_000).rpm?.retestMs, 600_000);
		const doubled: Bucket = { ...known, limits: learnStatedLimit(known, 'rpm', 5, noon + 600_000) };
		assert.equal(doubled.limits.rpm?.retestMs, 1_200_000);
		assert.equal(learnStatedLimit(doubled, 'rpm', 9, noon + 600_001).rpm?.retestMs, 600_000);
	});

	it('of a day comes with the next day', () => {
		assert.equal(learnStatedLimit(initialBucket(noon), 'rpd', 20, noon).rpd?.retestAt, midnight);
	});
});
