import assert from 'node:assert/strict';
import { AnswerTimes } from '../../../../src/pool/health/modelRecord';

const minute = 60_000;

describe('how long answers of a model usually take', () => {
	let now: number;
	let times: AnswerTimes;

	beforeEach(() => {
		now = 0;
		times = new AnswerTimes({ monotonic: () => now });
	});

	const answered = (...all: readonly number[]): void => all.forEach((ms) => times.answered('m', ms));

	it('is unknown before three of them', () => {
		answered(9_000, 9_000);
		assert.equal(times.usualMs('m'), 0);
		answered(9_000);
		assert.deepEqual([times.usualMs('m'), times.usualMs('other')], [9_000, 0]);
	});

	it('is the median of the latest fifteen, in whatever order they came', () => {
		answered(9_000, 1_000, 10_000, 2_000, 3_000);
		assert.equal(times.usualMs('m'), 3_000);
		answered(...Array.from({ length: 15 }, () => 500));
		assert.equal(times.usualMs('m'), 500);
	});

	it('is forgotten ten minutes after the last answers, one by one', () => {
		answered(9_000, 9_000);
		now = 5 * minute;
		answered(1_000, 1_000, 1_000);
		assert.equal(times.usualMs('m'), 1_000);
		answered(9_000);
		assert.equal(times.usualMs('m'), 9_000);
		now = 10 * minute;
		assert.equal(times.usualMs('m'), 1_000);
		now = 15 * minute;
		assert.equal(times.usualMs('m'), 0);
	});

	it('grows where answers were given up, unless they had less time than usual', () => {
		answered(4_000, 4_000, 4_000);
		for (let n = 0; n < 9; n++) times.givenUp('m', 4_000);
		assert.equal(times.usualMs('m'), 4_000);
		for (let n = 0; n < 9; n++) times.givenUp('m', 8_000);
		assert.equal(times.usualMs('m'), 10_000);
	});

	it('is remembered of 32 models, those that were answered last', () => {
		answered(1_000, 1_000, 1_000);
		for (let n = 0; n < 31; n++) times.answered(`other ${n}`, 1_000);
		assert.equal(times.usualMs('m'), 1_000);
		times.answered('other 0', 1_000);
		times.answered('one more', 1_000);
		assert.equal(times.usualMs('m'), 0);
	});
});
