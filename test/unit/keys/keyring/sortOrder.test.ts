import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	evenSortOrders,
	keysToMove,
	sortOrderAfter,
	sortOrderBetween,
	sortOrderRule,
} from '../../../../src/keys/keyring/sortOrder';
import { accepts } from '../../../../src/settings/accepts';

const isSortOrder = (text: string): boolean => accepts(sortOrderRule, text);
const sortOrders = fc.stringMatching(/^[0-9A-Za-z]{0,6}[1-9A-Za-z]$/);

describe('sort orders', () => {
	it('leave room between any two, before the first and after the last', () => {
		fc.assert(
			fc.property(fc.option(sortOrders, { nil: undefined }), fc.option(sortOrders, { nil: undefined }), (a, b) => {
				const [low, high] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b];
				const between = sortOrderBetween(low, high);
				if (low !== undefined && low === high) {
					assert.equal(between, undefined);
				} else {
					assert.ok(between !== undefined && isSortOrder(between));
					assert.ok(low === undefined || low < between, `${low} ${between}`);
					assert.ok(high === undefined || between < high, `${between} ${high}`);
				}
			}),
		);
	});

	it('grow at the end without growing long', () => {
		let last: string | undefined;
		for (let n = 0; n < 2_000; n += 1) {
			const next = sortOrderAfter(last);
			assert.ok(next !== undefined && isSortOrder(next) && next.length <= 3 && (last === undefined || next > last));
			last = next;
		}
		assert.equal(sortOrderAfter('zzz'), undefined);
	});

	it('spread evenly, in order, all different', () => {
		for (const count of [0, 1, 2, 61, 1_000]) {
			const spread = evenSortOrders(count);
			assert.ok(spread.every(isSortOrder));
			assert.deepEqual([...new Set(spread)].sort(), spread);
			assert.equal(spread.length, count);
		}
	});
});

const named = (name: string, sortOrder: string) => ({ name, sortOrder });

describe('keys in a new sequence', () => {
	it('are written only if they moved, whichever way', () => {
		const [a, b, c, d] = [named('a', '1'), named('b', '2'), named('c', '3'), named('d', '4')];
		assert.deepEqual(keysToMove([a, b, c, d]), []);
		for (const [sequence, moved] of [
			[[d, a, b, c], 'd'],
			[[b, c, d, a], 'a'],
		] as const) {
			assert.equal(
				keysToMove(sequence)
					?.map(({ name }) => name)
					.join(''),
				moved,
			);
		}
	});

	it('stand in it afterwards, whatever their sort orders were', () => {
		const short = fc.stringMatching(/^[0-9a-z]{0,2}[1-9a-z]$/);
		fc.assert(
			fc.property(fc.array(short, { maxLength: 12 }), (before) => {
				const sequence = before.map((text, n) => named(String(n), text));
				const moved = keysToMove(sequence);
				if (moved === undefined) return;
				const after = sequence.map((key) => (moved.find(({ name }) => name === key.name) ?? key).sortOrder);
				assert.deepEqual(after, [...new Set(after)].sort());
			}),
		);
	});
});
