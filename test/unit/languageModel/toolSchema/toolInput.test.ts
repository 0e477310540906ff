import assert from 'node:assert/strict';
import { SchemaFlaw } from '../../../../src/languageModel/toolSchema/schemaNode';
import { toolInput } from '../../../../src/languageModel/toolSchema/toolInput';
import { flawsOf } from '../../../support/languageModel/serviceSchema';

type Json = Readonly<Record<string, unknown>>;

/** What becomes of one property. */
function property(schema: unknown, rest: Json = {}): unknown {
	const converted = toolInput({ type: 'object', properties: { p: schema }, ...rest });
	assert.deepEqual(flawsOf(converted), []);
	return (converted?.['properties'] as Json | undefined)?.['p'];
}

const refuses = (schema: unknown, why: RegExp): void =>
	assert.throws(
		() => toolInput(schema),
		(error) => error instanceof SchemaFlaw && why.test(error.message),
	);

describe('the schema of a tool', () => {
	it('stays as it is where the service takes it', () => {
		const schema = {
			type: 'object',
			description: 'Finds files.',
			properties: {
				query: { type: 'string', title: 'Query', description: 'What to look for' },
				at: { type: 'array', items: { type: 'number', minimum: 0, maximum: 9.5 }, minItems: 1, maxItems: 2 },
				kind: { type: 'string', enum: ['file', 'folder'] },
				when: { type: 'string', format: 'date-time' },
				deep: { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'], additionalProperties: false },
				map: { type: 'object', additionalProperties: { type: 'integer' } },
				pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }] },
				either: {
					description: 'One or many',
					anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
				},
				maybe: { type: ['string', 'null'] },
			},
			required: ['query'],
			additionalProperties: false,
		};
		assert.deepEqual(toolInput(schema), schema);
	});

	it('is left out where there is no input', () => {
		for (const schema of [
			undefined,
			{},
			true,
			{ type: 'object' },
			{ type: 'object', properties: {}, additionalProperties: false },
		]) {
			assert.equal(toolInput(schema), undefined);
		}
	});

	it('has its references resolved: pointers, anchors, ids, those beside other words, and through others', () => {
		const $defs = {
			Name: { type: 'string', description: 'A name' },
			'a/b~c': { $ref: '#/$defs/Name' },
			Anchored: { $anchor: 'here', type: 'integer' },
			Named: { $id: 'https://example.test/named', type: 'boolean' },
		};
		const resolved = ($ref: string, more: Json = {}) => property({ $ref, ...more }, { $defs });
		assert.deepEqual(resolved('#/$defs/Name'), { type: 'string', description: 'A name' });
		assert.deepEqual(resolved('#/$defs/Name', { description: 'Of whom' }), {
			type: 'string',
			description: 'Of whom A name',
		});
		assert.deepEqual(resolved('#/$defs/a~1b~0c'), { type: 'string', description: 'A name' });
		assert.deepEqual(resolved('#/%24defs/Name'), { type: 'string', description: 'A name' });
		assert.deepEqual(resolved('#here'), { type: 'integer' });
		assert.deepEqual(resolved('https://example.test/named'), { type: 'boolean' });
		assert.deepEqual(
			toolInput({
				type: 'object',
				properties: { headers: { type: 'object' }, all: { type: 'array', items: { $ref: '#/properties/headers' } } },
			})?.['properties'],
			{ headers: { type: 'object' }, all: { type: 'array', items: { type: 'object' } } },
		);
	});

	it('ends where it holds itself, and says so', () => {
		const $defs = {
			Node: {
				type: 'object',
				properties: { value: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
			},
		};
		assert.deepEqual(property({ $ref: '#/$defs/Node' }, { $defs }), {
			type: 'object',
			properties: {
				value: { type: 'string' },
				children: { type: 'array', items: { type: 'object', description: 'The same form again as Node.' } },
			},
		});
		refuses({ type: 'object', properties: { p: { $ref: '#/$defs/Gone' } } }, /refers to "#\/\$defs\/Gone"/);
		refuses({ type: 'object', properties: { p: { $ref: 'https://elsewhere.test/x' } } }, /elsewhere/);
	});

	it('keeps unions, with what stands beside them in each form', () => {
		assert.deepEqual(property({ oneOf: [{ type: 'string' }, { type: 'integer' }] }), {
			anyOf: [{ type: 'string' }, { type: 'integer' }],
		});
		assert.deepEqual(
			property({ anyOf: [{ minimum: 1 }, { maximum: -1 }], type: 'integer', description: 'Not 0', default: 1 }),
			{
				anyOf: [
					{ type: 'integer', minimum: 1 },
					{ type: 'integer', maximum: -1 },
				],
				description: 'Not 0 Default: 1.',
			},
		);
		assert.deepEqual(property({ anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Maybe' }), {
			type: ['string', 'null'],
			title: 'Maybe',
		});
		assert.deepEqual(property({ type: 'string', nullable: true }), { type: ['string', 'null'] });
		assert.deepEqual(property({ anyOf: [{ const: null }, { type: 'null', title: 'N' }] }), {
			type: 'null',
			title: 'N',
		});
		assert.deepEqual(property({ anyOf: [{ type: 'string' }, { type: 'number' }], type: 'string' }), { type: 'string' });
	});

	it('joins what must hold together', () => {
		const both = {
			allOf: [
				{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
				{ properties: { b: { type: 'integer', minimum: 1 } }, required: ['b'] },
			],
		};
		assert.deepEqual(property(both), {
			type: 'object',
			properties: { a: { type: 'string' }, b: { type: 'integer', minimum: 1 } },
			required: ['a', 'b'],
		});
		assert.deepEqual(
			property({
				allOf: [
					{ type: 'number', minimum: 1 },
					{ type: 'integer', minimum: 3, maximum: 9 },
				],
			}),
			{
				type: 'integer',
				minimum: 3,
				maximum: 9,
			},
		);
		assert.deepEqual(property({ allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] }), {
			type: 'string',
			enum: ['b'],
		});
		refuses(
			{ type: 'object', properties: { p: { allOf: [{ type: 'string' }, { type: 'object' }] } } },
			/both string and object/,
		);
	});

	it('is for whole numbers where one part of it is, and another for any number', () => {
		const [whole, any] = [{ type: 'integer' }, { type: 'number', minimum: 1 }];
		for (const allOf of [
			[whole, any],
			[any, whole],
		])
			assert.deepEqual(property({ allOf }), { type: 'integer', minimum: 1 });
	});

	it('has constants and lists of values of every kind', () => {
		assert.deepEqual(property({ const: 'on' }), { type: 'string', enum: ['on'] });
		assert.deepEqual(property({ enum: [1, 2.5] }), { type: 'number', enum: [1, 2.5] });
		assert.deepEqual(property({ enum: [1, 2.5], type: 'integer' }), { type: 'integer', enum: [1] });
		assert.deepEqual(property({ enum: [1, 2.5], type: 'number' }), { type: 'number', enum: [1, 2.5] });
		assert.deepEqual(property({ enum: ['a', null] }), { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] });
		assert.deepEqual(property({ const: true, description: 'Yes' }), {
			type: 'boolean',
			description: 'Yes One of [true].',
		});
		assert.deepEqual(property({ enum: ['a', 1], type: 'string' }), { type: 'string', enum: ['a'] });
		// The service refuses a list with an empty text in it.
		assert.deepEqual(property({ enum: ['all', ''] }), { type: 'string', description: 'One of ["all",""].' });
		refuses({ type: 'object', properties: { p: { enum: [1], type: 'string' } } }, /list of values/);
	});

	it('says of a list of values that has none so far that it has none: what a server offers can come later', () => {
		assert.deepEqual(property({ enum: [], type: 'string' }), { type: 'string', description: 'One of [].' });
		assert.deepEqual(property({ enum: [], description: 'A room.' }), { description: 'A room. One of [].' });
	});

	it('says in words what the service has no word for', () => {
		assert.deepEqual(
			property({ type: 'string', description: 'A mail', format: 'email', minLength: 3, pattern: '^a', default: 'a@b' }),
			{
				type: 'string',
				description:
					'A mail Default: "a@b". At least 3 characters. Matches the regular expression "^a". Format: "email".',
			},
		);
		assert.deepEqual(property({ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 }), {
			type: 'integer',
			minimum: 1,
			maximum: 9,
		});
		assert.deepEqual(property({ type: 'number', exclusiveMinimum: 0 }), {
			type: 'number',
			minimum: 0,
			description: 'More than 0.',
		});
		assert.deepEqual(property({ type: 'number', minimum: 0, exclusiveMinimum: true }), {
			type: 'number',
			minimum: 0,
			description: 'More than 0.',
		});
		assert.deepEqual(
			property({ type: 'array', items: [{ type: 'string' }], additionalItems: false, uniqueItems: true }),
			{
				type: 'array',
				prefixItems: [{ type: 'string' }],
				maxItems: 1,
				description: 'No item twice.',
			},
		);
		assert.deepEqual(property({ type: 'object', required: ['x'] }), {
			type: 'object',
			description: 'Also required: x.',
		});
		assert.deepEqual(property({ not: { type: 'null' } }), { description: 'Must not match {"type":"null"}.' });
	});

	it('names a type where a word means one, and takes Google’s own spelling', () => {
		assert.deepEqual(property({ properties: { a: {} } }), { type: 'object', properties: { a: {} } });
		assert.deepEqual(property({ items: { type: 'STRING' } }), { type: 'array', items: { type: 'string' } });
		assert.deepEqual(property({ minimum: 2 }), { type: 'number', minimum: 2 });
		assert.deepEqual(property({ type: 'any', description: 'Whatever' }), { description: 'Whatever' });
		refuses({ type: 'object', properties: { p: { type: 'date' } } }, /no type "date"/);
	});

	it('is an object at the top: forms of an input become one', () => {
		assert.deepEqual(
			toolInput({
				anyOf: [
					{ type: 'object', properties: { id: { type: 'integer' }, all: { type: 'boolean' } }, required: ['id'] },
					{
						type: 'object',
						properties: { id: { type: 'string' }, name: { type: 'string' } },
						required: ['id', 'name'],
					},
				],
			}),
			{
				type: 'object',
				description: 'The input has one of several forms, which require: (id) or (id, name).',
				properties: {
					id: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
					all: { type: 'boolean' },
					name: { type: 'string' },
				},
				required: ['id'],
			},
		);
		assert.deepEqual(
			toolInput({
				type: 'object',
				properties: { a: { type: 'string' }, b: { type: 'string' } },
				anyOf: [{ required: ['a'] }, { required: ['b'] }],
			}),
			{
				type: 'object',
				description: 'The input has one of several forms, which require: (a) or (b).',
				properties: { a: { type: 'string' }, b: { type: 'string' } },
			},
		);
		for (const schema of [
			{ type: 'string' },
			{ anyOf: [{ type: 'string' }, { type: 'array' }] },
			false,
			'object',
			[],
		]) {
			refuses(schema, /no object|neither an object|no input/);
		}
	});

	it('keeps a property whose name is that of no property', () => {
		const schema = JSON.parse(
			'{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
		) as Json;
		assert.deepEqual(toolInput({ allOf: [schema, { properties: { constructor: { type: 'null' } } }] }), {
			...schema,
			properties: Object.fromEntries([
				['__proto__', { type: 'string' }],
				['constructor', { type: 'null' }],
			]),
		});
	});

	it('is refused where it is too large', () => {
		let deep: unknown = { type: 'string' };
		for (let n = 0; n < 100; n++) deep = { type: 'array', items: deep };
		let deeper: unknown = {};
		for (let n = 0; n < 3_000; n++) deeper = { items: deeper };
		const twice = [deeper, deeper].map((a) => ({ properties: { a } }));
		refuses({ type: 'object', allOf: twice }, /too large/);
		refuses({ type: 'object', properties: { deep } }, /too large/);
		const names = Array.from({ length: 12 }, (_, n) => `N${n}`);
		const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
		const $defs = Object.fromEntries(names.map((name) => [name, { type: 'object', properties }]));
		refuses({ type: 'object', properties, $defs }, /too large/);
		const many = Array.from({ length: 4_000 }, (_, n) => ({ required: [`p${n}`] }));
		refuses({ type: 'object', allOf: many }, /too large/);
	});

	it('forbids no property whose name matches a pattern, by what holds for the rest', () => {
		for (const rest of [false, { type: 'integer' }]) {
			const schema = { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: rest };
			assert.equal(toolInput({ ...schema, properties: { a: {} } })?.['additionalProperties'], undefined);
		}
	});
});
