import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withEdits } from '../../../../src/gateway/requests/jsonEdit';

describe('editing a JSON text', () => {
	it('sets a value and leaves every other byte: order, white space, numbers that JavaScript cannot hold', () => {
		const text = '{ "a" : 9007199254740993.0 ,\n"model":"x\\"y", "b":[1.10, {"model": "z"}] }';
		assert.equal(
			withEdits(text, [{ path: ['model'], value: '"new"' }]),
			'{ "a" : 9007199254740993.0 ,\n"model":"new", "b":[1.10, {"model": "z"}] }',
		);
	});

	it('makes what is missing on the way, in full and in empty objects', () => {
		const edit = { path: ['o', 'p', 'q'], value: '1' };
		assert.equal(withEdits('{}', [edit]), '{"o":{"p":{"q":1}}}');
		assert.equal(withEdits('{"a":1 }', [edit]), '{"a":1 ,"o":{"p":{"q":1}}}');
		assert.equal(withEdits('{"o":{"a":2},"b":3}', [edit]), '{"o":{"a":2,"p":{"q":1}},"b":3}');
	});

	it('takes null for missing, as clients write it that name every field', () => {
		const edit = { path: ['o', 'p', 'q'], value: '1' };
		assert.equal(withEdits('{"o": null ,"b":3}', [edit]), '{"o": {"p":{"q":1}} ,"b":3}');
		assert.equal(withEdits('{"o":{"p":null},"b":null}', [edit]), '{"o":{"p":{"q":1}},"b":null}');
		assert.equal(withEdits('null', [edit]), 'null');
	});

	it('finds its way through lists, and leaves those that are too short', () => {
		const edits = [
			{ path: ['m', 1, 'c', 0, 's'], value: '"S"' },
			{ path: ['m', 7, 's'], value: '"S"' },
		];
		assert.equal(
			withEdits('{"m":[{"c":[]},{"c":[{"i":"]"},{}]}]}', edits),
			'{"m":[{"c":[]},{"c":[{"i":"]","s":"S"},{}]}]}',
		);
	});

	it('sets a name that stands twice, however it is written, twice', () => {
		assert.equal(
			withEdits('{"model":"a","mod\\u0065l":"b"}', [{ path: ['model'], value: '"c"' }]),
			'{"model":"c","mod\\u0065l":"c"}',
		);
	});

	it('takes a member out with its comma, as often as its name stands there', () => {
		const gone = { path: ['k'] };
		const set = { path: ['m'], value: '1' };
		for (const [text, edited, both] of [
			['{"k":1}', '{}', '{"m":1}'],
			['{ "k" : {"a":","} , "b":2 }', '{"b":2 }', '{"b":2 ,"m":1}'],
			['{"a":1 , "k":[2]}', '{"a":1 }', '{"a":1 ,"m":1}'],
			['{"k":1,"k":2,"a":1,"\\u006b":"}","k":3,"m":0,"k":4}', '{"a":1,"m":0}', '{"a":1,"m":1}'],
			['{"a":{"k":1},"b":["k"]}', '{"a":{"k":1},"b":["k"]}', '{"a":{"k":1},"b":["k"],"m":1}'],
		] as const) {
			assert.equal(withEdits(text, [gone]), edited);
			assert.equal(withEdits(text, [gone, set]), both);
		}
	});

	it('does what parsing, setting and writing would do, for any JSON', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 0, max: 4 }), (body, indent) => {
				const text = JSON.stringify(body, undefined, indent);
				const edited = withEdits(text, [
					{ path: ['model'], value: '"m"' },
					{ path: ['options', 'usage'], value: 'true' },
				]);
				const { options } = body;
				const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
				const isMissing = !Object.hasOwn(body, 'options') || options === null;
				const expected = !isMissing && !isObject ? options : { ...(isObject ? options : {}), usage: true };
				assert.deepEqual(JSON.parse(edited), JSON.parse(JSON.stringify({ ...body, model: 'm', options: expected })));
			}),
			{ numRuns: 500 },
		);
	});
});
