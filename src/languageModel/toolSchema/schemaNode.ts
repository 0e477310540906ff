import { isObject } from '../../common/json';
import type { JsonObject } from '../../generation/options';

/** Why a schema cannot be made acceptable to the service. English: it is for the author of the tool. */
export class SchemaFlaw extends Error {
	override readonly name = 'SchemaFlaw';
}

/** A JSON Schema that is an object; `true` is one without a word. */
export type SchemaNode = JsonObject;

/** Undefined for `false`, which no value meets. */
export function nodeOf(schema: unknown): SchemaNode | undefined {
	if (schema === false) return undefined;
	if (schema === true) return {};
	if (isObject(schema)) return schema;
	throw new SchemaFlaw('a schema in it is neither an object nor a boolean');
}

export function nodesOf(value: unknown): readonly SchemaNode[] {
	return Array.isArray(value) ? value.map(nodeOf).filter((node) => node !== undefined) : [];
}

export function textsOf(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const jsonTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const;
export type JsonType = (typeof jsonTypes)[number];

/** The types that a node names, in lower case; undefined where it names none, so that all are allowed. */
export function typesOf({ type, nullable }: SchemaNode): readonly JsonType[] | undefined {
	if (type === undefined || type === 'any') return undefined;
	const names = (Array.isArray(type) ? type : [type]).map((name: unknown) => {
		const known = jsonTypes.find((one) => typeof name === 'string' && one === name.toLowerCase());
		if (known === undefined) throw new SchemaFlaw(`there is no type ${JSON.stringify(name)}`);
		return known;
	});
	return [...new Set<JsonType>([...names, ...(nullable === true ? (['null'] as const) : [])])];
}

/** The longest text that is added to a description, in UTF-16 units. */
const maxNote = 1_000;

export function asText(value: unknown): string {
	const text = JSON.stringify(value);
	return text.length <= maxNote ? text : `${text.slice(0, maxNote)}…`;
}
