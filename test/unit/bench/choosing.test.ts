import assert from 'node:assert/strict';
import { strategyNames } from '../../../src/pool/types/strategyName';
import { chooserAmong } from '../../bench/choosing';

describe('the choice that the benchmark measures', () => {
	it('is among those that no filter takes away, each filter taking one of ten', () => {
		// Off, quarantined, resting and spent, used up and denied, spent, no room for its tokens: 0, 1, 2, 3, 5, 7.
		assert.deepEqual(chooserAmong('headroom', 10).usable(), [4, 6, 8, 9]);
		assert.deepEqual(chooserAmong('headroom', 10, { paid: true }).usable(), [8, 9]);
		assert.deepEqual(chooserAmong('headroom', 1).usable(), [0]);
	});

	it('stays among as many keys, and changes its mind as sends come and go', () => {
		for (const strategy of strategyNames) {
			const chooser = chooserAmong(strategy, 100);
			const before = chooser.usable();
			const chosen = Array.from({ length: 300 }, () => chooser.choose());
			assert.deepEqual(chooser.usable(), before);
			assert.deepEqual(
				chosen.filter((place) => !before.includes(place)),
				[],
			);
			// That one stays with the first.
			if (strategy !== 'primaryBackup') assert.ok(new Set(chosen).size > 1, strategy);
		}
	});
});
