import assert from 'node:assert/strict';
import type { KeyId } from '../../../../src/pool/pool';
import { isStrategyName, startStrategy, strategyNames } from '../../../../src/pool/strategies/registry';
import type { Candidate } from '../../../../src/pool/strategies/strategy';
import { candidates, names, type CandidatePlan } from '../candidates';

const zero = (): number => 0;

/** Lets a strategy choose `count` times among `from`. */
function turns(strategy: ReturnType<typeof startStrategy>, from: readonly Candidate[], count: number): string {
	const taken: string[] = [];
	for (let n = 0; n < count; n++) {
		const [best] = strategy.rank(from, zero, 0);
		if (!best) break;
		strategy.took(best, from);
		taken.push(best.key.id);
	}
	return taken.join(' ');
}

const many = (count: number, plan: (at: number) => CandidatePlan = () => ({})): readonly Candidate[] =>
	candidates(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, plan(at)])));

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
		assert.ok(isStrategyName('weighted'));
		assert.ok(!isStrategyName('toString'));
	});

	for (const name of strategyNames) {
		it(`${name} ranks nobody, one, and at most eight of many, each once`, () => {
			const strategy = startStrategy(name);
			assert.deepEqual(strategy.rank([], zero, 0), []);
			assert.equal(names(strategy.rank(many(1), zero, 0)), 'k0');
			for (const count of [7, 8, 9, 1000]) {
				const ranked = strategy.rank(many(count), zero, 0);
				assert.equal(ranked.length, Math.min(8, count));
				assert.equal(new Set(ranked).size, ranked.length);
			}
		});
	}

	it('headroom: the most first, ties to the least recently used, then in order', () => {
		const from = candidates({
			a: { headroom: 0.5 },
			b: { headroom: 0.9, record: { lastUsed: 20 } },
			c: { headroom: 0.9, record: { lastUsed: 10 } },
			d: { headroom: 0.9, record: { lastUsed: 20 } },
			e: {},
		});
		assert.equal(names(startStrategy('headroom').rank(from, zero, 0)), 'e c b d a');
	});

	it('least recently used: ties in order', () => {
		const from = candidates({ a: { record: { lastUsed: 9 } }, b: {}, c: {}, d: { record: { lastUsed: 3 } } });
		assert.equal(names(startStrategy('leastRecentlyUsed').rank(from, zero, 0)), 'b c d a');
	});

	it('round robin: keeps its place when keys come, go and move', () => {
		const strategy = startStrategy('roundRobin');
		const from = candidates({ a: {}, b: {}, c: {} });
		const order = (...ids: string[]): readonly KeyId[] => ids as KeyId[];
		assert.equal(strategy.next(order('a', 'b', 'c')), 0);
		assert.equal(strategy.next(order()), 0);
		assert.equal(turns(strategy, from, 2), 'a b');
		assert.equal(strategy.next(order('a', 'b', 'c')), 2);
		strategy.moved(order('b', 'c', 'a'));
		assert.equal(strategy.next(order('b', 'c', 'a')), 1);
		strategy.moved(order('a', 'c'));
		assert.equal(strategy.next(order('a', 'c')), 1);
	});

	it('weighted: a weight of 0, below it or no number has no turn while another has one', () => {
		for (const weight of [0, -3, NaN, Infinity]) {
			const from = candidates({ a: { weight }, b: { weight: 1 }, c: { weight: 0.5 } });
			assert.equal(turns(startStrategy('weighted'), from, 6), 'b c b b c b');
			assert.equal(names(startStrategy('weighted').rank(from, zero, 0)), 'b c a');
			assert.equal(turns(startStrategy('weighted'), candidates({ a: { weight } }), 2), 'a a');
		}
	});

	it('weighted: a key that was away gets no stored-up turns', () => {
		const strategy = startStrategy('weighted');
		const from = candidates({ a: { weight: 2 }, b: { weight: 1 } });
		turns(strategy, from.slice(0, 1), 50);
		assert.equal(turns(strategy, from, 6), 'a b a a b a');
	});

	it('primary-backup: the primaries in order, the backups from the current one on', () => {
		const strategy = startStrategy('primaryBackup');
		const from = candidates({ b: { role: 'backup' }, p: {}, c: { role: 'backup' }, q: {} });
		const [b, p, c] = from;
		assert.ok(b && p && c);
		assert.equal(names(strategy.rank(from, zero, 0)), 'p q b c');
		strategy.took(c, from);
		assert.equal(names(strategy.rank(from, zero, 0)), 'p q c b');
		strategy.took(p, from);
		assert.equal(names(strategy.rank([b, c], zero, 0)), 'c b');
		strategy.moved(['c', 'b'] as unknown as readonly KeyId[]);
		assert.equal(strategy.next([]), undefined);
	});

	it('health: draws without putting back, in proportion', () => {
		const strategy = startStrategy('healthScore');
		const from = candidates({ a: { record: { score: 60 } }, b: { record: { score: 40 } } });
		assert.equal(names(strategy.rank(from, () => 0.599, 0)), 'a b');
		assert.equal(names(strategy.rank(from, () => 0.6, 0)), 'b a');
		assert.equal(names(strategy.rank(from, () => 0.999_999, 0)), 'b a');
	});

	it('health: one due key at 0 goes first, the others at 0 are the last resort', () => {
		const at0 = (at: number): CandidatePlan => ({ record: { score: 0, probe: { at, waitMs: 1 } } });
		const from = candidates({ a: at0(100), b: at0(50), c: at0(50), d: {} });
		assert.equal(names(startStrategy('healthScore').rank(from, zero, 49)), 'd a b c');
		assert.equal(names(startStrategy('healthScore').rank(from, zero, 50)), 'b d a c');
	});
});
