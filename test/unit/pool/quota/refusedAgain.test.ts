import assert from 'node:assert/strict';
import type { Bucket, FailureAction } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { coolDown, forgetTier, markUnsupported, withServiceMessage } from '../../../../src/pool/quota/cooldown';
import { after, midnight, noon } from '../../../support/pool/quota/buckets';

type CoolDown = Extract<FailureAction, { type: 'coolDown' }>;
type Given = Omit<CoolDown, 'type'>;

const second = 1_000;
const minute = 60 * second;
const refused = (bucket: Bucket, given: Given, at: number): Bucket =>
	coolDown(bucket, { type: 'coolDown', ...given }, at);
/** Of a cooldown, in ms since noon: when the next call may go as a probe, and when the quota is whole. */
const times = ({ status }: Bucket): readonly unknown[] => {
	assert.ok(status.state === 'coolingDown');
	return [status.reason, status.until - noon, status.wholeAt === undefined ? undefined : status.wholeAt - noon];
};

describe('a bucket that is refused while it cools down', () => {
	const once = refused(after([noon]), { reason: 'rpm', delayMs: 20 * second }, noon + second);

	it('is probed when the newer refusal says so, and is whole when it was', () => {
		assert.deepEqual(times(once), ['rpm', 21 * second, 60_150]);
		const again = refused(once, { reason: 'rpm', delayMs: 5 * second }, noon + 5 * second);
		assert.deepEqual(times(again), ['rpm', 10 * second, 60_150]);
	});

	it('keeps its own time where another quota is refused', () => {
		const other = refused(once, { reason: 'tpm', delayMs: 5 * second }, noon + 5 * second);
		assert.deepEqual(times(other), ['rpm', 21 * second, 60_150]);
	});

	it('keeps its own time where nobody knows when one of the two is whole', () => {
		const unknown = refused(initialBucket(noon), { reason: 'rpm', delayMs: 90 * second }, noon);
		const sent = { ...after([noon]), status: unknown.status };
		assert.deepEqual(times(refused(sent, { reason: 'rpm', delayMs: 5 * second }, noon + second)), [
			...['rpm', 90 * second, undefined],
		]);
		const forgotten = { ...initialBucket(noon), status: once.status };
		assert.deepEqual(times(refused(forgotten, { reason: 'rpm', delayMs: 5 * second }, noon + second)), [
			...['rpm', 21 * second, 60_150],
		]);
	});

	it('rests a second at least, also where its oldest call leaves before', () => {
		const late = refused(once, { reason: 'rpm', delayMs: 0 }, noon + 59_500);
		assert.deepEqual(times(late), ['rpm', 60_500, 60_500]);
	});
});

describe('a bucket whose limit has fallen below what was sent within the minute', () => {
	const sent = after([noon, noon + 10 * second, noon + 20 * second, noon + 30 * second]);
	const limit = { source: 'stated', at: noon - minute, retestMs: minute, retestAt: noon } as const;
	const known: Bucket = { ...sent, limits: { rpm: { ...limit, value: 4 }, tpm: { ...limit, value: 40 } } };
	const at = noon + 40 * second;

	it('rests until a call fits, not until the oldest of too many has left the minute', () => {
		const given: Given = { reason: 'rpm', limit: 2, delayMs: 90 * second };
		assert.deepEqual(times(refused(known, given, at)), ['rpm', 80_150, 80_150]);
	});

	it('of tokens rests until no more than the limit is left of them', () => {
		assert.deepEqual(times(refused(known, { reason: 'tpm', limit: 25 }, at)), ['tpm', 70_150, 70_150]);
	});

	it('rests until the oldest has left where the limit is what it was, or becomes known with others under way', () => {
		assert.deepEqual(times(refused(known, { reason: 'rpm', limit: 4 }, at)), ['rpm', 60_150, 60_150]);
		assert.deepEqual(times(refused(sent, { reason: 'rpm', limit: 2 }, at)), ['rpm', 60_150, 60_150]);
	});
});

describe('a bucket that was not used for a minute', () => {
	it('rests as long as stated: what has left its minute says nothing', () => {
		const bucket = refused(after([noon]), { reason: 'rpm', delayMs: 5 * second }, noon + 70 * second);
		assert.deepEqual(times(bucket), ['rpm', 75 * second, undefined]);
	});
});

describe('a refusal that nobody can read', () => {
	it('is one for capacity', () => {
		const bucket = refused(initialBucket(noon), { reason: 'unreadable' }, noon);
		assert.deepEqual(times(bucket), ['unreadable', minute, undefined]);
	});
});

describe('a refusal for the day, soon after midnight', () => {
	const young = midnight + 30 * minute;
	const sent = after([midnight + minute], initialBucket(midnight));
	const probedIn = (bucket: Bucket, limit?: number): number => {
		const given: Given = { reason: 'rpd', ...(limit !== undefined && { limit }) };
		const { status } = refused(bucket, given, young);
		return status.state === 'coolingDown' ? (status.until - young) / minute : NaN;
	};
	const untilMidnight = 24 * 60 - 30;

	it('is doubted where less was sent than the limit that is stated or known', () => {
		const known = { value: 20, source: 'stated', at: noon, retestAt: noon, retestMs: 1 } as const;
		const limited = { ...sent, limits: { rpd: known } };
		assert.deepEqual([probedIn(sent, 20), probedIn(limited)], [60, 60]);
		assert.equal(probedIn(limited, 1), untilMidnight, 'what is stated now holds');
	});

	it('is doubted where no limit is known and nothing was sent, and believed after one call', () => {
		assert.deepEqual([probedIn(initialBucket(midnight)), probedIn(sent)], [60, untilMidnight]);
	});
});

describe('what the service says of a rest', () => {
	it('is kept with it, cut, and with nothing else', () => {
		const resting = refused(initialBucket(noon), { reason: 'rpm' }, noon);
		const told = (bucket: Bucket): unknown => 'serviceMessage' in bucket.status && bucket.status.serviceMessage;
		assert.equal(
			told(withServiceMessage(resting, 'rpm', 'Slow down. '.repeat(100))),
			'Slow down. '.repeat(100).slice(0, 500),
		);
		const lacks = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: minute } as const;
		const closed = markUnsupported(initialBucket(noon), lacks, noon);
		assert.equal(told(withServiceMessage(closed, 'tierLacksModel', 'Not in this tier.')), 'Not in this tier.');
		for (const [bucket, text] of [
			[resting, ''],
			[resting, 'Of the day.'],
			[initialBucket(noon), 'Of the day.'],
		] as const)
			assert.equal(withServiceMessage(bucket, 'rpd', text), bucket);
	});
});

describe('a project whose tier a person has changed', () => {
	it('has no limits of the tier before, nor others that were met in it; what it sent today stays told', () => {
		const met = { requests: 3, until: noon + 10 * minute };
		const learnt = refused({ ...after([noon]), externalUsage: met }, { reason: 'rpd', limit: 20 }, noon + second);
		const { status, limits, day, externalUsage } = forgetTier(learnt, noon + 2 * second);
		assert.deepEqual([status, limits, externalUsage], [{ state: 'available' }, {}, undefined]);
		assert.deepEqual([day.requests, day.input, day.sent], [0, 0, 1]);
	});
});
