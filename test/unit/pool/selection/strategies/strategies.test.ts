import assert from 'node:assert/strict';
import type { KeyId } from '../../../../../src/pool/pool';
import { strategyNames } from '../../../../../src/pool/types/strategyName';
import { startStrategy } from '../../../../../src/pool/selection/strategies/registry';
import { Candidates, many, rank, type CandidatePlan } from '../../../../support/pool/candidates';

const zero = (): number => 0;

describe('strategies', () => {
	it('are the six, headroom first', () => {
		assert.deepEqual(strategyNames, [
			'headroom',
			'roundRobin',
			'weighted',
			'primaryBackup',
			'healthScore',
			'leastRecentlyUsed',
		]);
	});

	for (const name of strategyNames) {
		it(`${name} ranks nobody, one, and at most eight of many, each once`, () => {
			const strategy = startStrategy(name);
			assert.deepEqual(new Candidates({}).ranked(strategy), []);
			assert.deepEqual(new Candidates(many(1)).ranked(strategy), ['k00']);
			for (const count of [7, 8, 9, 1000]) {
				const ranked = new Candidates(many(count)).ranked(strategy);
				assert.equal(ranked.length, Math.min(8, count));
				assert.equal(new Set(ranked).size, ranked.length);
			}
		});
	}

	it('the eight that come first leave out the worst of nine, wherever it stands', () => {
		for (let worst = 0; worst < 9; worst++) {
			const used = many(9, (at) => ({ record: { lastUsed: at === worst ? 99 : 10 - at } }));
			const left = Object.keys(used).filter((_, at) => at !== worst);
			assert.equal(rank('leastRecentlyUsed', used), left.reverse().join(' '));
		}
	});

	it('the eight that come first of nine that are alike are the longest unused, then the first in order', () => {
		const names = Object.keys(many(9));
		assert.equal(rank('headroom', many(9)), names.slice(0, 8).join(' '));
		const used = many(9, (at) => ({ record: { lastUsed: 9 - at } }));
		assert.equal(rank('headroom', used), names.slice(1).reverse().join(' '));
		assert.equal(
			rank(
				'headroom',
				many(9, (at) => ({ record: { lastUsed: at } })),
			),
			names.slice(0, 8).join(' '),
		);
	});

	it('headroom: what has few left of its day comes last, the most of them first', () => {
		const plans = {
			a: { headroom: 5, isDayShort: true },
			b: { headroom: 9, isDayShort: true },
			c: { headroom: 1 },
			d: { headroom: Infinity },
		};
		assert.equal(rank('headroom', plans), 'd c b a');
		const far = Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, { ...plan, place: 0 }]));
		assert.equal(rank('headroom', far), 'd c a b', 'far away, nine are about as good as five beside no limit at all');
	});

	it('headroom: the most first, ties to the least recently used, then in order', () => {
		const plans = {
			a: { headroom: 0.5 },
			b: { headroom: 0.9, record: { lastUsed: 20 } },
			c: { headroom: 0.9, record: { lastUsed: 10 } },
			d: { headroom: 0.9, record: { lastUsed: 20 } },
			e: {},
		};
		assert.equal(rank('headroom', plans), 'e c b d a');
	});

	it('where others choose as well, keys that are about equally good come in an order of one’s own', () => {
		const plans = {
			a: { headroom: 20, place: 0.9, record: { lastUsed: 5_100 } },
			b: { headroom: 19, place: 0.2, record: { lastUsed: 5_900 } },
			c: { headroom: 11, place: 0.5, record: { lastUsed: 5_000 } },
			d: { headroom: 4, place: 0.1, record: { lastUsed: 900 } },
			e: { headroom: 0, place: 0, record: { lastUsed: 7_000 } },
		};
		assert.equal(rank('headroom', plans), 'b c a d e', 'half of the best is as good, a fifth is not');
		assert.equal(rank('leastRecentlyUsed', plans), 'd b c a e', 'within a second is at the same time');
		assert.equal(rank('weighted', plans), 'e d b c a');
		assert.equal(rank('roundRobin', plans), 'e a b c d', 'begins somewhere');
		assert.equal(new Candidates(plans).turns(startStrategy('roundRobin'), 7), 'e a b c d e a', 'and goes on in order');
		assert.equal(rank('headroom', { a: { headroom: Infinity, place: 1 }, b: { headroom: 9, place: 0 } }), 'a b');
	});

	it('least recently used: ties in order', () => {
		const plans = { a: { record: { lastUsed: 9 } }, b: {}, c: {}, d: { record: { lastUsed: 3 } } };
		assert.equal(rank('leastRecentlyUsed', plans), 'b c d a');
	});

	it('round robin: keeps its place when keys come, go and move', () => {
		const strategy = startStrategy('roundRobin');
		const from = new Candidates({ a: {}, b: {}, c: {} });
		const order = (...ids: string[]): readonly KeyId[] => ids as KeyId[];
		assert.equal(strategy.next(order('a', 'b', 'c')), 0);
		assert.equal(strategy.next(order()), 0);
		assert.equal(from.turns(strategy, 2), 'a b');
		assert.equal(strategy.next(order('a', 'b', 'c')), 2);
		strategy.onReordered(order('b', 'c', 'a'));
		assert.equal(strategy.next(order('b', 'c', 'a')), 1);
		strategy.onReordered(order('a', 'c'));
		assert.equal(strategy.next(order('a', 'c')), 1);
		strategy.onReordered(order('a', 'x', 'c'));
		assert.equal(new Candidates({ a: {}, x: {}, c: {} }).turns(strategy, 4), 'x c a x');
		strategy.onReordered(order('a', 'c'));
		strategy.onReordered(order('a', 'c'));
		assert.equal(new Candidates({ a: {}, c: {} }).turns(strategy, 2), 'c a', 'the one after the one that is gone');
	});

	it('weighted: a weight of 0, below it or no number has no turn while another has one', () => {
		for (const weight of [0, -3, NaN, Infinity]) {
			const plans = { a: { weight }, b: { weight: 1 }, c: { weight: 0.5 } };
			assert.equal(new Candidates(plans).turns(startStrategy('weighted'), 6), 'b c b b c b');
			assert.equal(rank('weighted', plans), 'b c a');
			assert.equal(new Candidates({ a: { weight } }).turns(startStrategy('weighted'), 2), 'a a');
		}
	});

	it('weighted: a key without a turn is the last resort at every turn', () => {
		const strategy = startStrategy('weighted');
		const from = new Candidates({ a: { weight: 0 }, b: { weight: 1 }, c: { weight: 0.5 } });
		for (let n = 0; n < 6; n++) {
			assert.equal(from.ranked(strategy).at(-1), 'a');
			from.turns(strategy, 1);
		}
	});

	it('weighted: begins anew when keys come, go or move', () => {
		const strategy = startStrategy('weighted');
		const from = new Candidates({ a: { weight: 2 }, b: { weight: 1 } });
		assert.equal(from.turns(strategy, 2), 'a b');
		strategy.onReordered(from.order);
		assert.equal(from.turns(strategy, 3), 'a b a');
		assert.equal(from.turns(strategy, 1), 'a');
		strategy.onReordered(from.order);
		assert.equal(from.turns(strategy, 2), 'a b');
	});

	it('weighted: a key that was away gets no stored-up turns', () => {
		const strategy = startStrategy('weighted');
		const from = new Candidates({ a: { weight: 2 }, b: { weight: 1 } });
		from.turns(strategy, 50, ['a']);
		assert.equal(from.turns(strategy, 6), 'a b a a b a');
	});

	it('weighted: who was away loses what it had earned, wherever it stands', () => {
		const plans = { x: { weight: 1 }, f: { weight: 9 }, z: { weight: 0 } };
		for (const order of [
			['x', 'f'],
			['f', 'x'],
			['f', 'x', 'z'],
			['z', 'x', 'f'],
		] as const) {
			const strategy = startStrategy('weighted');
			const from = new Candidates(Object.fromEntries(order.map((name) => [name, plans[name]])));
			assert.equal(from.turns(strategy, 4), 'f f f f');
			from.turns(
				strategy,
				1,
				order.filter((name) => name !== 'x'),
			);
			assert.equal(from.turns(strategy, 2), 'f f', order.join());
		}
	});

	it('primary-backup: the primaries in order, the backups from the current one on', () => {
		const strategy = startStrategy('primaryBackup');
		const from = new Candidates({ b: { role: 'backup' }, p: {}, c: { role: 'backup' }, q: {} });
		assert.equal(from.ranked(strategy).join(' '), 'p q b c');
		from.granted(strategy, 'c');
		assert.equal(from.ranked(strategy).join(' '), 'p q c b');
		from.granted(strategy, 'p');
		assert.equal(from.ranked(strategy, { among: ['b', 'c'] }).join(' '), 'c b');
		strategy.onReordered(['c', 'b'] as unknown as readonly KeyId[]);
		assert.equal(strategy.next([]), undefined);
	});

	it('health: draws without putting back, in proportion', () => {
		const plans = { a: { record: { score: 60 } }, b: { record: { score: 40 } } };
		assert.equal(
			rank('healthScore', plans, () => 0.599),
			'a b',
		);
		assert.equal(
			rank('healthScore', plans, () => 0.6),
			'b a',
		);
		assert.equal(
			rank('healthScore', plans, () => 0.999_999),
			'b a',
		);
	});

	it('health: one due key at 0 goes first, the others at 0 are the last resort', () => {
		const at0 = (at: number): CandidatePlan => ({ record: { score: 0, probe: { at, waitMs: 1 } } });
		const plans = { a: at0(100), b: at0(50), c: at0(50), d: {} };
		assert.equal(rank('healthScore', plans, zero, 49), 'd a b c');
		assert.equal(rank('healthScore', plans, zero, 50), 'b d a c');
	});
});
