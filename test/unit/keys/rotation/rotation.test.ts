import assert from 'node:assert/strict';
import { rotated } from '../../../../src/keys/rotation/rotation';
import { localDayNumber } from '../../../../src/keys/rotation/rotationSchedule';

const keys = [
	{ id: 'a', role: 'primary', sortOrder: '1' },
	{ id: 'b', role: 'backup', sortOrder: '2' },
	{ id: 'c', role: 'primary', sortOrder: '3' },
	{ id: 'd', role: 'backup', sortOrder: '4' },
	{ id: 'e', role: 'backup', sortOrder: '5' },
] as const;

const order = (turns: number): string =>
	rotated(keys, turns)
		.map(({ id }) => id)
		.join('');

describe('rotation of the key order', () => {
	it('moves the first key to the end within its role', () => {
		assert.equal(order(0), 'abcde');
		assert.equal(order(1), 'cdaeb');
		assert.equal(order(2), 'aecbd');
		assert.equal(order(6), 'abcde');
	});

	it('gives each key the sort order of its new place, so that sorting keeps the order', () => {
		assert.deepEqual(rotated(keys, 1)[0], { id: 'c', role: 'primary', sortOrder: '1' });
		assert.deepEqual(
			rotated(keys, 1).map(({ sortOrder }) => sortOrder),
			['1', '2', '3', '4', '5'],
		);
	});

	it('gives the same order however often it is computed on one date', () => {
		const evening = localDayNumber(new Date(2026, 10, 24, 23, 59, 59));
		const morning = localDayNumber(new Date(2026, 10, 24, 0, 0, 0));
		assert.equal(evening, morning);
		assert.equal(order(evening), order(morning));
	});

	it('counts three days asleep as three rotations', () => {
		const before = localDayNumber(new Date(2026, 10, 24, 12));
		const after = localDayNumber(new Date(2026, 10, 27, 3));
		assert.equal(after - before, 3);
		assert.notEqual(order(before), order(before + 1));
	});

	it('counts days of 23 and 25 hours as one', () => {
		for (const [month, day] of [
			[2, 8],
			[10, 1],
			[11, 31],
		] as const) {
			const today = localDayNumber(new Date(2026, month, day, 12));
			assert.equal(localDayNumber(new Date(2026, month, day + 1, 0)) - today, 1);
		}
	});

	it('accepts negative, fractional and non-finite turns, and no keys at all', () => {
		assert.equal(order(-1), order(5));
		assert.equal(order(1.9), order(1));
		assert.equal(order(Number.NaN), order(0));
		assert.equal(order(Infinity), order(0));
		assert.deepEqual(rotated([], 3), []);
	});
});
