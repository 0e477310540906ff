import assert from 'node:assert/strict';
import type { Quota } from '../../../../src/simulator/service';
import { mostRequests } from '../../../support/soak/day/clairvoyant';

const midnight = Date.UTC(2026, 10, 25, 8);
const hour = 3_600_000;

/** An hour before and an hour after midnight. */
function most(kind: Parameters<typeof mostRequests>[0], quota: Quota, spentBefore = 0): number {
	return mostRequests(kind, [{ from: midnight - hour, to: midnight + hour, quota }], midnight, 1, spentBefore);
}

describe('what a clairvoyant client gets', () => {
	it('is the windows that a stretch touches, and midnight begins none', () => {
		assert.equal(most('fixed', { rpm: 5 }), 120 * 5);
		assert.equal(most('phased', { rpm: 5 }), 121 * 5, 'one that had begun before');
		assert.equal(most('sliding', { rpm: 5 }), 121 * 5);
		assert.equal(most('bucket', { rpm: 5 }), 121 * 5);
	});

	it('has the whole minute at midnight where the day before had nothing left', () => {
		assert.equal(most('phased', { rpm: 5, rpd: 100 }), 200);
		assert.equal(most('phased', { rpm: 5, rpd: 305 }), 305 + 305, 'all of the first hour');
		assert.equal(most('phased', { rpm: 5, rpd: 306 }), 305 + 300);
		assert.equal(most('phased', { rpm: 5, rpd: 1000 }, 1000), 305, 'spent before');
	});

	it('keeps to tokens, of which each request has as many as on average', () => {
		const stretch = { from: midnight, to: midnight + hour, quota: { tpm: 1_000 } };
		assert.equal(mostRequests('phased', [stretch], midnight, 100, 0), 61 * 10);
	});
});
