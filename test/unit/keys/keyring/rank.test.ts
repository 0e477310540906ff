import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evenRanks, isRank, rankAfter, rankBetween } from '../../../../src/keys/keyring/rank';

const ranks = fc.stringMatching(/^[0-9A-Za-z]{0,6}[1-9A-Za-z]$/);

describe('ranks', () => {
	it('leave room between any two, before the first and after the last', () => {
		fc.assert(
			fc.property(fc.option(ranks, { nil: undefined }), fc.option(ranks, { nil: undefined }), (a, b) => {
				const [low, high] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b];
				const rank = rankBetween(low, high);
				if (low !== undefined && low === high) {
					assert.equal(rank, undefined);
				} else {
					assert.ok(rank !== undefined && isRank(rank));
					assert.ok((low === undefined || low < rank) && (high === undefined || rank < high), `${low} ${rank} ${high}`);
				}
			}),
		);
	});

	it('grow at the end without growing long', () => {
		let last: string | undefined;
		for (let n = 0; n < 2_000; n += 1) {
			const next = rankAfter(last);
			assert.ok(next !== undefined && isRank(next) && next.length <= 3 && (last === undefined || next > last));
			last = next;
		}
		assert.equal(rankAfter('zzz'), undefined);
	});

	it('spread evenly, in order, all different', () => {
		for (const count of [0, 1, 2, 61, 1_000]) {
			const spread = evenRanks(count);
			assert.ok(spread.every(isRank));
			assert.deepEqual([...new Set(spread)].sort(), spread);
			assert.equal(spread.length, count);
		}
	});
});
