import assert from 'node:assert/strict';
import type { KeyId } from '../../../../../src/pool/pool';
import { startStrategy } from '../../../../../src/pool/selection/strategies/registry';
import { Candidates, many, rank } from '../../../../support/pool/candidates';

describe('the eight best', () => {
	it('are the best, best first, wherever they stand', () => {
		const shuffled = [7, 2, 11, 5, 0, 9, 3, 8, 1, 10, 6, 4];
		const plans = many(12, (at) => ({ headroom: (shuffled[at] ?? 0) / 12 }));
		assert.equal(rank('headroom', plans), 'k02 k09 k05 k07 k00 k10 k03 k11');
		const used = many(12, (at) => ({ record: { lastUsed: shuffled[at] ?? 0 } }));
		assert.equal(rank('leastRecentlyUsed', used), 'k04 k08 k01 k06 k11 k03 k10 k00');
	});

	it('headroom outranks last use, and last use decides between equals', () => {
		assert.equal(
			rank('headroom', {
				a: { headroom: 0.5, record: { lastUsed: 1 } },
				b: { headroom: 0.6, record: { lastUsed: 9 } },
				c: { headroom: 0.6, record: { lastUsed: 5 } },
			}),
			'c b a',
		);
	});

	it('in turn are the next eight, once around', () => {
		const strategy = startStrategy('roundRobin');
		const from = new Candidates(many(10));
		from.granted(strategy, 'k06');
		assert.equal(from.ranked(strategy).join(' '), 'k07 k08 k09 k00 k01 k02 k03 k04');
		assert.equal(from.ranked(strategy, { among: ['k00', 'k01', 'k02'] }).join(' '), 'k00 k01 k02');
		strategy.onReordered(['k09', 'k06', 'k00'] as unknown as readonly KeyId[]);
		assert.equal(strategy.next(['k09', 'k06', 'k00'] as unknown as readonly KeyId[]), 2);
	});

	it('of primaries are primaries, and backups fill up to eight', () => {
		assert.equal(
			rank(
				'primaryBackup',
				many(9, () => ({ role: 'primary' })),
			).split(' ').length,
			8,
		);
		const mixed = many(12, (at) => ({ role: at < 5 ? 'primary' : 'backup' }));
		assert.equal(rank('primaryBackup', mixed), 'k00 k01 k02 k03 k04 k05 k06 k07');
	});

	it('stays on the current backup while primaries come and go, also when it has moved', () => {
		const strategy = startStrategy('primaryBackup');
		const backup = { role: 'backup' } as const;
		const from = new Candidates({ p: {}, b: backup, c: backup, d: backup });
		from.granted(strategy, 'c');
		from.granted(strategy, 'p');
		assert.equal(from.ranked(strategy).join(' '), 'p c d b');
		const moved = new Candidates({ p: {}, c: backup, b: backup, d: backup });
		strategy.onReordered(moved.order);
		assert.equal(moved.ranked(strategy).join(' '), 'p c b d');
	});
});

describe('weights in turn', () => {
	it('who has none comes last, whatever it had earned', () => {
		assert.equal(
			rank('weighted', { a: { weight: 0 }, b: { weight: 0.1 }, c: { weight: 0 }, d: { weight: 9 } }),
			'd b a c',
		);
		assert.equal(rank('weighted', { a: { weight: 0 }, b: { weight: 0 } }), 'a b');
	});

	it('the richest goes first, and equals in order', () => {
		assert.equal(rank('weighted', { a: { weight: 1 }, b: { weight: 2 }, c: { weight: 2 } }), 'b c a');
	});
});

describe('health by chance', () => {
	it('draws without putting back: each by its share of what is left', () => {
		const plans = { a: { record: { score: 50 } }, b: { record: { score: 30 } }, c: { record: { score: 20 } } };
		const draws = (...points: readonly number[]): string => {
			const left = [...points];
			return rank('healthScore', plans, () => left.shift() ?? 0);
		};
		assert.equal(draws(0.49, 0.51, 0.81), 'a b c');
		assert.equal(draws(0.51, 0.71), 'b a c', 'who is drawn leaves 50 of 70 to a');
		assert.equal(draws(0.51, 0.72), 'b c a');
		assert.equal(draws(0.81, 0.49, 0.51), 'c a b');
		assert.equal(draws(0.49, 0.81), 'a c b');
		assert.equal(draws(), 'a b c');
		const almostOne = 1 - Number.EPSILON / 2;
		assert.equal(draws(almostOne, almostOne, almostOne), 'c b a', 'the very end of what is left is somebody');
	});

	it('ranks eight, whoever is at 0 last, one due probe first', () => {
		const plans = many(20, (at) => ({
			record: at < 4 ? { score: 0, probe: { at: at === 2 ? 0 : 9, waitMs: 1 } } : { score: 100 },
		}));
		assert.equal(rank('healthScore', plans), 'k02 k04 k05 k06 k07 k08 k09 k10');
		const few = many(6, (at) => ({ record: { score: at < 4 ? 0 : 100, probe: { at: 9, waitMs: 1 } } }));
		assert.equal(rank('healthScore', few), 'k04 k05 k00 k01 k02 k03');
		assert.equal(
			rank(
				'healthScore',
				many(12, () => ({ record: { score: 0, probe: { at: 9, waitMs: 1 } } })),
			).split(' ').length,
			8,
		);
		assert.equal(rank('healthScore', { a: { record: { score: 0 } }, b: {} }), 'a b', 'never probed is due');
	});
});
