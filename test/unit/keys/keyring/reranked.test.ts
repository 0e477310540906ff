import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reranked } from '../../../../src/keys/keyring/reranked';

const named = (name: string, rank: string) => ({ name, rank });

describe('new ranks for a new order', () => {
	it('are written for the one key that moved, whichever way', () => {
		const [a, b, c, d] = [named('a', '1'), named('b', '2'), named('c', '3'), named('d', '4')];
		assert.deepEqual(reranked([a, b, c, d]), []);
		for (const [order, moved] of [
			[[d, a, b, c], 'd'],
			[[b, c, d, a], 'a'],
		] as const) {
			assert.equal(
				reranked(order)
					?.map(({ name }) => name)
					.join(''),
				moved,
			);
		}
	});

	it('make the order, whatever the ranks were', () => {
		const rank = fc.stringMatching(/^[0-9a-z]{0,2}[1-9a-z]$/);
		fc.assert(
			fc.property(fc.array(rank, { maxLength: 12 }), (ranks) => {
				const order = ranks.map((text, n) => named(String(n), text));
				const moved = reranked(order);
				if (moved === undefined) return;
				const after = order.map(({ name, rank: old }) => moved.find((one) => one.name === name)?.rank ?? old);
				assert.deepEqual(after, [...new Set(after)].sort());
			}),
		);
	});
});
