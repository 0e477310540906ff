import assert from 'node:assert/strict';
import { Times } from '../../../../src/webviews/dashboard/times';

describe('times on the dashboard', () => {
	const times = new Times('en');
	const at = (day: number, hour: number, ms = 0): number => new Date(2026, 10, day, hour).getTime() + ms;

	it('say of a time to come the first full minute at which it is true: the clock of the store is off by moments', () => {
		for (const ms of [-900, 0, 900]) assert.equal(times.moment(at(24, 15, ms), at(24, 9)), '15:00', String(ms));
		assert.equal(times.moment(at(24, 15, 42_000), at(24, 9)), '15:01');
		assert.equal(times.moment(at(25, 0, -900), at(24, 9)), 'Nov 25 00:00');
	});

	it('name the day of a moment of another one', () => {
		assert.equal(times.toSecond(at(24, 9, 5_000), at(24, 15)), '09:00:05');
		assert.equal(times.toSecond(at(23, 9, 5_000), at(24, 15)), 'Nov 23 09:00:05');
	});
});
