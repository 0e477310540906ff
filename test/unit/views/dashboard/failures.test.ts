import assert from 'node:assert/strict';
import { dashboardData } from '../../../../src/views/dashboard/project';
import { keyView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';
import { count, historyOf } from '../../../support/views/dashboard/facts';

describe('what came of a key’s sends', () => {
	it('leaves no failure out, whatever the number of kinds: the sums agree', () => {
		const outcomes = ['rpm', 'rpd', 'tpm', 'badKey', 'overloaded', 'network', 'internal', 'idle'] as const;
		const counts = outcomes.map((reason, n) => count(1, 'work', reason, 10 - n));
		const rowOf = (some: typeof counts) =>
			dashboardData(snapshotOf([keyView('work', standings.usable)]), historyOf(some), noon, words, String).hour.keys[0];
		const row = rowOf(counts);
		assert.deepEqual([row?.failures.length, row?.failures.at(-1)], [6, { words: '3 others', sends: 12 }]);
		assert.equal(
			row?.failures.reduce((sum, { sends }) => sum + sends, 0),
			row?.sends,
		);
		assert.equal(rowOf(counts.slice(2))?.failures.at(-1)?.sends, 3);
	});
});
