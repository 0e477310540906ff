import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SchemaFlaw } from '../../../../src/languageModel/toolSchema/schemaNode';
import { toolInput } from '../../../../src/languageModel/toolSchema/toolInput';
import { accepts, flawsOf } from '../../../support/languageModel/serviceSchema';

type Json = Readonly<Record<string, unknown>>;

/** A schema, and a value that it lets pass. */
type Case = readonly [schema: Json, value: unknown];

const { schema: cases } = fc.letrec<{ schema: Case; leaf: Case }>((tie) => ({
	leaf: fc.oneof(
		fc.tuple(fc.constant({ type: 'string', minLength: 0 }), fc.string()),
		fc.integer({ min: -5, max: 5 }).map((n): Case => [{ type: 'integer', exclusiveMinimum: n - 1, maximum: n + 1 }, n]),
		fc.integer({ min: -5, max: 5 }).map((n): Case => [{ type: 'number', minimum: n, exclusiveMaximum: n + 0.5 }, n]),
		fc.jsonValue().map((value): Case => [{ const: value }, value]),
		fc
			.tuple(fc.array(fc.jsonValue({ maxDepth: 0 })), fc.jsonValue({ maxDepth: 0 }))
			.map(([others, value]): Case => [{ enum: [...others, value] }, value]),
		fc.jsonValue().map((value): Case => [{}, value]),
		fc.constant<Case>([{ type: 'string', nullable: true }, null]),
		fc.constant<Case>([{ $ref: '#/$defs/Text' }, 'text']),
	),
	schema: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		tie('leaf'),
		fc
			.array(tie('schema'), { maxLength: 3 })
			.map((items): Case => [
				{ type: 'array', prefixItems: items.map(([schema]) => schema), items: true, minItems: items.length },
				items.map(([, value]) => value),
			]),
		fc.dictionary(fc.string({ maxLength: 5 }), tie('schema'), { maxKeys: 3 }).map((properties): Case => [
			{
				type: 'object',
				properties: Object.fromEntries(Object.entries(properties).map(([name, [schema]]) => [name, schema])),
				required: Object.keys(properties),
				additionalProperties: false,
			},
			Object.fromEntries(Object.entries(properties).map(([name, [, value]]) => [name, value])),
		]),
		fc
			.tuple(fc.array(tie('schema'), { maxLength: 2 }), tie('schema'), fc.constantFrom('anyOf', 'oneOf'), fc.boolean())
			.map(([others, [schema, value], word, isFirst]): Case => {
				const rest = others.map(([other]) => other);
				return [{ [word]: isFirst ? [schema, ...rest] : [...rest, schema], description: 'x' }, value];
			}),
		tie('schema').map(([schema, value]): Case => [
			{ allOf: [schema, { description: 'y' }, schema], title: 't' },
			value,
		]),
	),
}));

const $defs = { Text: { type: 'string', pattern: 'e' } };

describe('any schema of a tool', () => {
	it('becomes one that the service takes, and lets pass what it let pass', () => {
		fc.assert(
			fc.property(cases, ([schema, value]) => {
				const converted = toolInput({ type: 'object', properties: { p: schema }, required: ['p'], $defs });
				assert.ok(converted);
				assert.deepEqual(flawsOf(converted), []);
				assert.ok(accepts(converted, { p: value }), JSON.stringify(converted));
			}),
			{ numRuns: 2_000 },
		);
	});

	it('stays as it is once it has been converted', () => {
		fc.assert(
			fc.property(cases, ([schema]) => {
				const once = toolInput({ type: 'object', properties: { p: schema }, $defs });
				assert.deepEqual(toolInput(once), once);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is converted or refused, whatever it is', () => {
		const words = fc.constantFrom(
			'type',
			'properties',
			'items',
			'anyOf',
			'allOf',
			'$ref',
			'enum',
			'const',
			'required',
			'minimum',
			'$defs',
			'a',
		);
		const { any } = fc.letrec<{ any: unknown }>((tie) => ({
			any: fc.oneof(
				{ maxDepth: 5 },
				fc.jsonValue({ maxDepth: 1 }),
				fc.constantFrom('object', 'array', 'string', '#', '#/$defs/a', '#/properties/a'),
				fc.array(tie('any'), { maxLength: 3 }),
				fc.dictionary(words, tie('any'), { maxKeys: 4 }),
			),
		}));
		fc.assert(
			fc.property(any, (schema) => {
				try {
					const converted = toolInput(schema);
					if (converted !== undefined) assert.deepEqual(flawsOf(converted), []);
				} catch (error) {
					assert.ok(error instanceof SchemaFlaw, String(error));
				}
			}),
			{ numRuns: 5_000 },
		);
	});
});
