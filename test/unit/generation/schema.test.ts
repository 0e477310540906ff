import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import manifest from '../../../package.json';
import { generationEntries, generationOptions } from '../../../src/generation/schema';
import { accepts } from '../../../src/settings/accepts';
import { generalOptions } from '../../support/generation/everyOption';

const rule = manifest.contributes.configuration.properties['keypool.generation'];
const names = Object.keys(generationEntries);

/** Values about the edges of what some option takes. */
const value = fc.oneof(
	fc.constantFrom<unknown>(
		...[-3, -2.01, -2, -1, -0.5, 0, 0.5, 1, 1.01, 2, 2.01, 1_000_000, 1_000_001, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)],
		...['', 'low', 'xhigh', 'HIGH', 'ultra', 'text/plain', 'application/json', 'text/x.enum', 'flex', 'priority'],
		...[true, false, null, [], {}, ['END'], [''], [5], ['1', '2', '3', '4', '5', '6'], { level: 'low' }],
		[{ category: 'A', threshold: 'B' }],
		[{ category: 'a', threshold: 'B' }],
		[{ category: 'A' }],
		[{ category: 'A', threshold: 'B', method: 'C' }],
		{ type: 'object', properties: { a: { type: 'string' } } },
	),
	fc.constantFrom(...Object.values(generalOptions).map((sample): unknown => sample.value)),
	fc.anything(),
);

describe('options of an answer that come in from outside', () => {
	it('are judged alike by the manifest and by the schema', () => {
		const both = (options: object): void => {
			const taken = v.safeParse(generationOptions, options).success;
			assert.equal(accepts(rule, options), taken, JSON.stringify(options));
		};
		for (const name of [...names, 'httpOptions', 'labels']) {
			fc.assert(fc.property(value, (one) => both({ [name]: one })));
		}
		fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names, 'abortSignal'), value), both));
	});

	it('are the same ones in the manifest, the schema and the table of tests', () => {
		assert.deepEqual(Object.keys(rule.properties).sort(), [...names].sort());
		assert.deepEqual(Object.keys(generalOptions).sort(), [...names].sort());
	});
});
