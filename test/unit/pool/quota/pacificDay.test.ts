import assert from 'node:assert/strict';
import { pacificMidnightAfter } from '../../../../src/pool/quota/pacificDay';

const hour = 3_600_000;

describe('the Pacific day', () => {
	it('ends at midnight in Los Angeles: 08:00 UTC in winter, 07:00 in summer', () => {
		assert.equal(pacificMidnightAfter(Date.UTC(2026, 0, 10, 20)), Date.UTC(2026, 0, 11, 8));
		assert.equal(pacificMidnightAfter(Date.UTC(2026, 6, 10, 20)), Date.UTC(2026, 6, 11, 7));
	});

	it('is over at midnight itself, not a moment earlier', () => {
		const midnight = Date.UTC(2026, 0, 11, 8);
		assert.equal(pacificMidnightAfter(midnight - 1), midnight);
		assert.equal(pacificMidnightAfter(midnight), midnight + 24 * hour);
		assert.equal(pacificMidnightAfter(midnight + 1), midnight + 24 * hour);
	});

	it('has 23 hours on 2026-03-08, seen from every half hour of it', () => {
		const begins = Date.UTC(2026, 2, 8, 8);
		const ends = Date.UTC(2026, 2, 9, 7);
		for (let at = begins; at < ends; at += hour / 2) assert.equal(pacificMidnightAfter(at), ends);
		assert.equal(pacificMidnightAfter(begins - 1), begins);
	});

	it('has 25 hours on 2026-11-01, seen from every half hour of it', () => {
		const begins = Date.UTC(2026, 10, 1, 7);
		const ends = Date.UTC(2026, 10, 2, 8);
		for (let at = begins; at < ends; at += hour / 2) assert.equal(pacificMidnightAfter(at), ends);
		assert.equal(pacificMidnightAfter(begins - 1), begins);
	});

	it('keeps the milliseconds of odd times', () => {
		assert.equal(pacificMidnightAfter(Date.UTC(2026, 0, 10, 20, 17, 3, 456)), Date.UTC(2026, 0, 11, 8));
	});
});
