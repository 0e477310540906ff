import assert from 'node:assert/strict';
import type { KeyId } from '../../../../src/pool/pool';
import { startStrategy, type StrategyName } from '../../../../src/pool/strategies/registry';
import { candidates, names, type CandidatePlan } from '../candidates';

const zero = (): number => 0;
const rank = (name: StrategyName, plans: Readonly<Record<string, CandidatePlan>>, random = zero): string =>
	names(startStrategy(name).rank(candidates(plans), random, 0));
const many = (count: number, plan: (at: number) => CandidatePlan): Readonly<Record<string, CandidatePlan>> =>
	Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${String(at).padStart(2, '0')}`, plan(at)]));

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
		const from = candidates(many(10, () => ({})));
		const granted = from[6];
		assert.ok(granted);
		strategy.took(granted, from);
		assert.equal(names(strategy.rank(from, zero, 0)), 'k07 k08 k09 k00 k01 k02 k03 k04');
		const few = from.slice(0, 3);
		assert.equal(names(strategy.rank(few, zero, 0)), 'k00 k01 k02');
		strategy.moved(['k09', 'k06', 'k00'] as unknown as readonly KeyId[]);
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
		const from = candidates({ p: {}, b: { role: 'backup' }, c: { role: 'backup' }, d: { role: 'backup' } });
		const [p, , c] = from;
		assert.ok(p && c);
		strategy.took(c, from);
		strategy.took(p, from);
		assert.equal(names(strategy.rank(from, zero, 0)), 'p c d b');
		strategy.moved(['p', 'c', 'b', 'd'] as unknown as readonly KeyId[]);
		const moved = candidates({ p: {}, c: { role: 'backup' }, b: { role: 'backup' }, d: { role: 'backup' } });
		assert.equal(names(strategy.rank(moved, zero, 0)), 'p c b d');
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
	it('draws each once, by what is left', () => {
		const plans = { a: { record: { score: 50 } }, b: { record: { score: 30 } }, c: { record: { score: 20 } } };
		const draws = (...points: readonly number[]): string => {
			const left = [...points];
			return rank('healthScore', plans, () => left.shift() ?? 0);
		};
		assert.equal(draws(0.49, 0.51, 0.81), 'a b c');
		assert.equal(draws(0.51, 0.79, 0.49, 0.99), 'b a c', 'twice the same counts once');
		assert.equal(draws(0.81, 0.49, 0.51), 'c a b');
		assert.equal(draws(0.49, 0.81), 'a c b');
		assert.equal(draws(), 'a b c', 'who is never drawn follows in order');
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
