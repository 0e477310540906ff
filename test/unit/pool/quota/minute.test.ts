import assert from 'node:assert/strict';
import type { MinuteCounter } from '../../../../src/pool/pool';
import {
	fallsTo,
	firstChangeAfter,
	minuteUse,
	correct,
	pullBack,
	countInMinute,
} from '../../../../src/pool/quota/minuteCounter';

const sends = (...at: number[]): readonly MinuteCounter[] =>
	at.reduce<readonly MinuteCounter[]>((minute, one) => countInMinute(minute, one, 1, 10, one), []);

describe('the minute window', () => {
	it('holds a send for a minute and 150 ms of slack, to the millisecond', () => {
		const minute = sends(1000);
		assert.deepEqual(minuteUse(minute, 61_149), { requests: 1, input: 10 });
		assert.deepEqual(minuteUse(minute, 61_150), { requests: 0, input: 0 });
		assert.equal(firstChangeAfter(minute, 1000), 61_150);
		assert.equal(firstChangeAfter(minute, 61_150), undefined);
		assert.equal(firstChangeAfter([], 0), undefined);
	});

	it('counts sends within 400 ms together, and they leave with the last of them', () => {
		assert.deepEqual(sends(1000, 1400), [[1000, 1400, 2, 20]]);
		assert.deepEqual(sends(1000, 1401), [
			[1000, 1000, 1, 10],
			[1401, 1401, 1, 10],
		]);
		assert.equal(minuteUse(sends(1000, 1400), 61_200).requests, 2);
	});

	it('keeps at most 151 tallies however busy it is, and drops what has left', () => {
		let minute: readonly MinuteCounter[] = [];
		for (let at = 0; at < 300_000; at += 20) minute = countInMinute(minute, at, 1, 1, at);
		assert.ok(minute.length <= 151, `${minute.length}`);
		assert.equal(countInMinute(sends(0), 60_150, 1, 0, 60_150).length, 1);
	});

	it('takes a send of the past into its place', () => {
		const minute = countInMinute(sends(1000, 5000), 2000, 3, 0, 5000);
		assert.deepEqual(
			minute.map(([first]) => first),
			[1000, 2000, 5000],
		);
	});

	it('knows when enough has left', () => {
		const minute = sends(1000, 3000, 5000);
		assert.equal(fallsTo(minute, 3, Infinity, 6000), 6000);
		assert.equal(fallsTo(minute, 2, Infinity, 6000), 61_150);
		assert.equal(fallsTo(minute, 0, Infinity, 6000), 65_150);
		assert.equal(fallsTo(minute, Infinity, 10, 6000), 63_150);
		assert.equal(fallsTo(minute, Infinity, 9, 6000), 65_150);
		assert.equal(fallsTo(minute, 2, 10, 6000), 63_150);
		assert.equal(fallsTo(minute, 1, Infinity, 61_150), 63_150);
	});

	it('never names a time before a longer tally has left', () => {
		const minute: readonly MinuteCounter[] = [
			[1000, 1400, 2, 0],
			[1100, 1100, 1, 0],
		];
		assert.equal(fallsTo(minute, 0, Infinity, 2000), 61_550);
	});

	it('corrects the tally of a send, never below nothing', () => {
		const minute = sends(1000, 5000);
		assert.deepEqual(correct(minute, 1000, -1, -10)[0], [1000, 1000, 0, 0]);
		assert.deepEqual(correct(minute, 5000, 0, 7)[1], [5000, 5000, 1, 17]);
		assert.deepEqual(correct(minute, 1000, -5, -50)[0], [1000, 1000, 0, 0]);
		assert.equal(correct(minute, 3000, -1, 0), minute);
	});

	it('pulls sends of the future to now', () => {
		assert.deepEqual(pullBack([[9000, 9400, 2, 5]], 1000), [[1000, 1000, 2, 5]]);
		const past = sends(500);
		assert.equal(pullBack(past, 1000), past);
	});
});
