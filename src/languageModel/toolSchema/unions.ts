import { isObject } from '../../common/json';
import { asText, nodesOf, SchemaFlaw, textsOf, typesOf, type JsonType, type SchemaNode } from './schemaNode';
import { withTexts, type Texts } from './texts';

/** A union of converted forms, or no union where there is one form, or one and null. */
export function unionOf(forms: readonly SchemaNode[], texts: Texts): SchemaNode {
	const inner = distinct(forms.flatMap((form) => (isBareUnion(form) ? nodesOf(form['anyOf']) : [form])));
	const [one = {}, ...others] = inner.filter((form) => !isNull(form));
	const isNullable = inner.length === 2 && others.length === 0;
	if (inner.length === 1) return withTexts(inner[0] ?? {}, texts);
	if (isNullable && typeof one['type'] === 'string' && one['enum'] === undefined) {
		// A null that says something is one beside a bare null as well.
		return withTexts({ ...one, type: one['type'] === 'null' ? 'null' : [one['type'], 'null'] }, texts);
	}
	return { anyOf: inner, ...texts };
}

function distinct(forms: readonly SchemaNode[]): readonly SchemaNode[] {
	return [...new Map(forms.map((form) => [JSON.stringify(form), form])).values()];
}

function isBareUnion(form: SchemaNode): boolean {
	return Array.isArray(form['anyOf']) && Object.keys(form).length === 1;
}

function isNull(form: SchemaNode): boolean {
	return form['type'] === 'null' && Object.keys(form).length === 1;
}

/** The forms of a list of values: the service lists texts and numbers alone. Undefined where there is no list, or an empty one. */
export function valuesOf(node: SchemaNode): readonly SchemaNode[] | undefined {
	const { enum: values } = node;
	if (!Array.isArray(values) || values.length === 0) return undefined;
	const allowed = typesOf(node);
	const fits = values.filter((value: unknown) => allowed === undefined || isOfType(value, allowed));
	const texts = textsOf(fits);
	const numbers = fits.filter((value: unknown) => typeof value === 'number');
	const others = fits
		.filter((value: unknown) => typeof value === 'boolean' || typeof value === 'object')
		.filter((value: unknown) => value !== null);
	const forms: SchemaNode[] = [
		...(texts.length > 0 ? [listOfTexts(texts)] : []),
		...(numbers.length > 0 ? [{ type: numbers.every(Number.isInteger) ? 'integer' : 'number', enum: numbers }] : []),
		...(others.length > 0 ? [describedValues(others)] : []),
		...(fits.includes(null) ? [{ type: 'null' }] : []),
	];
	if (forms.length === 0) throw new SchemaFlaw('none of a list of values in it has its type');
	return forms;
}

/** With an empty text among them the service refuses the list: it stands in words. */
function listOfTexts(texts: readonly string[]): SchemaNode {
	return texts.includes('') ? describedValues(texts) : { type: 'string', enum: texts };
}

function describedValues(values: readonly unknown[]): SchemaNode {
	const types = [...new Set(values.map(typeOf))];
	const type = types.length === 1 ? types[0] : types;
	return { type, ...(types.includes('array') && { items: {} }), description: oneOf(values) };
}

/** For the model, so in English. */
function oneOf(values: readonly unknown[]): string {
	return `One of ${asText(values)}.`;
}

function typeOf(value: unknown): JsonType {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (isObject(value)) return 'object';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value === 'boolean' ? 'boolean' : 'string';
}

function isOfType(value: unknown, types: readonly JsonType[]): boolean {
	const type = typeOf(value);
	return types.includes(type) || (type === 'integer' && types.includes('number'));
}
