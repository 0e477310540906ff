import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLooseJson } from '../../../../src/gemini/errors/looseJson';

const python = { code: 429, ok: true, not: false, none: undefined };
const escaped = '\n\r\t\b\f"\\/\'q';

describe('gemini: loose JSON', () => {
	it('reads all that is strict as JSON.parse does', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat({ max: 4 }), (value, space) => {
				const text = JSON.stringify(value, undefined, space);
				// A word that is no value, `null` among them, reads as nothing.
				assert.deepEqual(readLooseJson(text), withoutNull(JSON.parse(text)));
			}),
			{ seed: 1, numRuns: 300 },
		);
	});

	const cases: readonly (readonly [name: string, text: string, value: unknown])[] = [
		['the quotes of Python', `{'code': 429, 'ok': True, 'not': False, 'none': None}`, python],
		['a quote inside the other kind', `{"a": "it's", 'b': 'say "x"'}`, { a: "it's", b: 'say "x"' }],
		['commas that end a list', '{"a": [1, 2,], "b": {"c": 3,},}', { a: [1, 2], b: { c: 3 } }],
		['a cut list', '{"a": [1, 2', { a: [1, 2] }],
		['a cut text', '{"a": "on', { a: 'on' }],
		['a cut escape', '{"a": "on\\', { a: 'on' }],
		['a cut name', '{"a": 1, "b', { a: 1 }],
		['a cut value', '{"a": 1, "b":', { a: 1, b: undefined }],
		['a name without a value', '{"a" "b": 2, 7: 3}', { b: 2 }],
		['every escape', String.raw`["\n\r\t\b\f\"\\\/\'\q", "\u00e9\u00C9", "\u00g9"]`, [escaped, 'éÉ', 'u00g9']],
		['numbers', '[-1, 0.5, 1e3, 1E-2, -2.5e+1]', [-1, 0.5, 1000, 0.01, -25]],
		['words that are no value', '[yes, 1.2.3, -, 0x10, 5s]', Array(5).fill(undefined)],
		['a word behind the end', '{"a": 1} and more', { a: 1 }],
		['space around it', ' \n\t{"a" : [ ] }', { a: [] }],
		['nothing', '', undefined],
		['space alone', '  ', undefined],
		['a bracket of the other kind', '{"a": [1}, 2]}', { a: [1, undefined, 2] }],
	];
	for (const [name, text, value] of cases) {
		it(`reads ${name}`, () => assert.deepEqual(readLooseJson(text), value));
	}

	it('goes 24 levels deep, and no further', () => {
		const deep = (levels: number): unknown => readLooseJson('['.repeat(levels) + '7' + ']'.repeat(levels));
		const inner = (value: unknown): unknown => (Array.isArray(value) ? inner(value[0]) : value);
		assert.equal(inner(deep(24)), 7);
		assert.equal(inner(deep(25)), undefined);
	});

	it('reads 5,000 values, and no more', () => {
		const list = readLooseJson(`[${'1,'.repeat(6000)}]`);
		assert.ok(Array.isArray(list));
		assert.equal(list.filter((item) => item === 1).length, 4999);
	});
});

function withoutNull(value: unknown): unknown {
	if (value === null) return undefined;
	if (Array.isArray(value)) return value.map(withoutNull);
	if (typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutNull(item)]));
}
