import assert from 'node:assert/strict';
import type { Bucket, LeaseId, Limits } from '../../../../src/pool/pool';
import { admit, recordFirstChunk, settle } from '../../../../src/pool/quota/lease';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { quotaStatus } from '../../../../src/pool/quota/admissionChecks';
import { answers, fails, hangs, Rig, rpm, type Send } from '../../../support/pool/rig';
import { after, ask, noon } from '../../../support/pool/quota/buckets';

const [first, second, third] = [noon, noon + 500, noon + 1000];
const three = (): Bucket => after([first, second, third]);
const id = (at: number): LeaseId => `l${at - noon}` as LeaseId;

function admitted(bucket: Bucket, at: number, more: Parameters<typeof ask>[0] = {}): boolean {
	return !('reason' in admit(bucket, ask({ id: 'next', ...more }), at));
}

describe('slow start', () => {
	it('lets three calls go ahead of the first sign of life, and one more for each that shows it', () => {
		const bucket = three();
		assert.deepEqual(admit(bucket, ask({ id: 'next' }), noon + 2000), {
			reason: 'unknownLimit',
			retryAt: first + 10_000,
			mayRetryEarlier: true,
		});
		const one = recordFirstChunk(bucket, id(first), noon + 2000);
		assert.ok(admitted(one, noon + 2000));
		assert.ok(!admitted(after([noon + 2000], one), noon + 2000));
		assert.equal(recordFirstChunk(one, id(first), noon + 2500), one);
	});

	it('waits for a first sign of life no longer than it takes as a rule: refusals come at once', () => {
		const retryAt = (at: number): number => quotaStatus(three(), undefined, at).blockedUntil;
		assert.equal(retryAt(noon + 8_500), noon + 10_000);
		assert.equal(retryAt(noon + 10_000), 0);
	});

	it('is no concern of a bucket whose requests a minute are known, from whomever', () => {
		const limit = { value: 99, source: 'stated', at: noon, retestAt: Infinity, retestMs: 1 } as const;
		assert.ok(admitted({ ...three(), limits: { rpm: limit } }, noon + 2000));
		assert.ok(admitted(three(), noon + 2000, { userLimits: { rpm: 9 } }));
		assert.ok(!admitted({ ...three(), limits: { rpd: limit } }, noon + 2000));
	});

	it('of somebody who knows no limit waits for no call that another one’s limit has admitted', () => {
		const within = (count: number, userLimits?: Limits): Bucket =>
			Array.from({ length: count }, (_, n) => n).reduce((bucket, n) => {
				const answer = admit(bucket, ask({ id: `${n}`, ...(userLimits && { userLimits }) }), noon);
				return 'reason' in answer ? bucket : answer.next;
			}, initialBucket(noon));
		assert.ok(admitted(within(8, { rpm: 9 }), noon + 100));
		assert.ok(!admitted(within(8, { rpd: 9 }), noon + 100));
	});

	it('takes at once what a minute has sustained before, and a sixteenth of it more ahead', () => {
		const sends = (count: number, from: Bucket): Bucket =>
			after(
				Array.from({ length: count }, (_, n) => noon + n),
				from,
			);
		const known: Bucket = { ...initialBucket(noon), sustainedRpm: 32 };
		assert.ok(admitted(sends(36, known), noon + 100));
		assert.ok(!admitted(sends(37, known), noon + 100));
	});

	it('remembers the best minute, not the last one', () => {
		const bucket = recordFirstChunk(recordFirstChunk(three(), id(first), noon + 1500), id(second), noon + 1600);
		assert.equal(bucket.sustainedRpm, 2);
		const later = after([noon + 120_000], bucket);
		assert.equal(recordFirstChunk(later, id(noon + 120_000), noon + 121_000).sustainedRpm, 2);
	});

	it('goes on when a call ends without a sign of life, or its lease expires', () => {
		assert.ok(admitted(settle(three(), id(second), { type: 'spent' }, noon + 2000), noon + 2000));
		assert.ok(admitted(three(), noon + 90_000));
	});

	it('is seen in ranking, and ends there when a first sign of life comes', () => {
		assert.equal(quotaStatus(three(), undefined, noon + 2000).reason, 'unknownLimit');
		assert.equal(
			quotaStatus(recordFirstChunk(three(), id(first), noon + 2000), undefined, noon + 2000).reason,
			undefined,
		);
	});
});

describe('a herd that meets an unknown limit', () => {
	/** Takes 5 requests in each minute of the clock, refuses the others within 50 ms, and answers after 900 ms. */
	function limited(): { script: ConstructorParameters<typeof Rig>[1]; refused: () => number } {
		const taken = new Map<number, number>();
		let refused = 0;
		const script = async function* (send: Send, clock: Rig['clock']) {
			const minute = Math.floor(send.at / 60_000);
			const count = (taken.get(minute) ?? 0) + 1;
			const isOver = count > 5;
			if (isOver) refused++;
			else taken.set(minute, count);
			await new Promise<void>((resolve) => clock.after(isOver ? 50 : 900, resolve));
			yield* isOver ? fails(rpm(60_000 - (send.at % 60_000) + 1000, 5)) : answers(send);
		};
		return { script, refused: () => refused };
	}

	it('is refused once, answered whole, and the key counts as usable all the while it has room', async () => {
		const { script, refused } = limited();
		const rig = new Rig({ a: {} }, script);
		const asked = Array.from({ length: 12 }, () => rig.ask({ maxWaitMs: 900_000 }));
		await rig.clock.advance(500);
		assert.equal(rig.sends.length, 3);
		assert.equal(rig.pool.snapshot().usable, 1);
		assert.equal(asked[5]?.parts[0]?.type === 'waiting' && asked[5].parts[0].reason, 'unknownLimit');
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ text }) => text),
			asked.map(() => 'from a'),
		);
		assert.equal(refused(), 1);
	});

	it('waits ten seconds at most for calls that a window left behind when it was closed', async () => {
		const closed = new Rig({ a: {} }, hangs);
		for (let n = 0; n < 3; n++) closed.ask();
		await closed.clock.settle();
		const next = new Rig({ a: {} }, answers, { store: closed.store.export(), start: closed.clock.wall() + 1_000 });
		const asked = await next.answer();
		assert.deepEqual([asked.text, next.elapsed], ['from a', 9_000]);
	});

	it('waits for the wanted model instead of going to the fallback', async () => {
		const rig = new Rig({ a: {} }, limited().script);
		const asked = Array.from({ length: 5 }, () => rig.ask({ models: ['m', 'n'] }));
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			rig.sends.map(({ model }) => model),
			['m', 'm', 'm', 'm', 'm'],
		);
	});
});
