import assert from 'node:assert/strict';
import fc from 'fast-check';
import { accepts } from '../../../src/settings/accepts';

const named = { type: 'object', properties: { rpm: { type: 'integer' } }, additionalProperties: false };

describe('what a rule of the manifest accepts', () => {
	const takes: readonly (readonly [rule: object, good: readonly unknown[], bad: readonly unknown[]])[] = [
		[{ type: 'boolean' }, [true, false], [0, 'true', null, undefined]],
		[{ type: 'integer', minimum: 1, maximum: 10 }, [1, 10], [0, 11, 1.5, '1', NaN, 2 ** 53]],
		[{ type: 'number', minimum: 0.1, maximum: 30 }, [0.1, 30], [0.09, 30.01, NaN, Infinity, '1']],
		[{ type: 'string', enum: ['a', 'b'] }, ['a', 'b'], ['c', '', 1, ['a']]],
		[{ type: 'string', maxLength: 3, pattern: '^x' }, ['x', 'xyz'], ['', 'y', 'xyzz', 5]],
		[
			{ type: 'array', maxItems: 2, items: { type: 'string' } },
			[[], ['a', 'b']],
			[['a', 'b', 'c'], [1], 'a', { 0: 'a' }],
		],
		[named, [{}, { rpm: 1 }], [{ rpm: 'x' }, { tpm: 1 }, { toString: 1 }, [], null, 'rpm']],
		[{ type: 'object', maxProperties: 1, additionalProperties: named }, [{ a: {} }], [{ a: {}, b: {} }, { a: 1 }]],
		[
			{ type: 'object', propertyNames: { type: 'string', maxLength: 1 }, additionalProperties: true },
			[{}, { a: 1 }],
			[{ ab: 1 }],
		],
		[{ type: 'string', minLength: 1 }, ['a'], ['']],
		[{ type: 'object', additionalProperties: true }, [{}, { a: { b: [1] } }], [[], 'a', null]],
		[
			{
				oneOf: [
					{ type: 'string', enum: ['low'] },
					{ type: 'integer', minimum: -1 },
				],
			},
			['low', 0, -1],
			['high', 0.5, -2, null, ['low'], { level: 'low', budget: 1 }],
		],
		[{ ...named, required: ['rpm'] }, [{ rpm: 1 }], [{}, { tpm: 1 }, { rpm: 'x' }]],
	];
	for (const [rule, good, bad] of takes) {
		it(JSON.stringify(rule), () => {
			for (const value of good) assert.ok(accepts(rule, value), JSON.stringify(value));
			for (const value of bad) assert.ok(!accepts(rule, value), JSON.stringify(value));
		});
	}

	it('nothing, if the rule is invalid', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				for (const rule of [undefined, false, {}, { type: 'text' }, []]) assert.ok(!accepts(rule, value));
			}),
		);
	});
});
