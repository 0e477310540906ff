/** What the service takes of a schema, by its documentation, and which values such a schema lets pass. */

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const keywords = new Set([
	...['type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems', 'minItems', 'maxItems'],
	...['minimum', 'maximum', 'anyOf', 'properties', 'additionalProperties', 'required'],
]);

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const schemasIn = (value: unknown): readonly Schema[] => listOf(value).filter(isObject);

/** What is wrong with a schema, by where it stands. */
export function flawsOf(schema: unknown, at = '#'): readonly string[] {
	if (!isObject(schema)) return [`${at} is no object`];
	const properties = isObject(schema['properties']) ? schema['properties'] : {};
	const named = Array.isArray(schema['type']) ? schema['type'] : schema['type'] === undefined ? [] : [schema['type']];
	const isUnion = schema['anyOf'] !== undefined;
	return [
		...Object.keys(schema)
			.filter((word) => !keywords.has(word))
			.map((word) => `${at} has ${word}`),
		...named.filter((type) => !types.includes(String(type))).map((type) => `${at} is of type ${String(type)}`),
		...(new Set(named).size < named.length ? [`${at} names a type twice`] : []),
		...listOf(schema['enum'])
			.filter((one) => one === '' || (typeof one !== 'string' && typeof one !== 'number'))
			.map(() => `${at}/enum`),
		...(isUnion && Object.keys(schema).some((word) => !['anyOf', 'title', 'description'].includes(word))
			? [`${at} has something beside anyOf`]
			: []),
		...listOf(schema['required'])
			.filter((name) => !Object.hasOwn(properties, String(name)))
			.map(() => `${at}/required`),
		...Object.entries(properties).flatMap(([name, one]) => flawsOf(one, `${at}/${name}`)),
		...schemasIn(schema['anyOf']).flatMap((one, n) => flawsOf(one, `${at}/anyOf/${n}`)),
		...schemasIn(schema['prefixItems']).flatMap((one, n) => flawsOf(one, `${at}/prefixItems/${n}`)),
		...(schema['items'] === undefined ? [] : flawsOf(schema['items'], `${at}/items`)),
		...(isObject(schema['additionalProperties']) ? flawsOf(schema['additionalProperties'], `${at}/others`) : []),
	];
}

/** Whether a value passes. */
export function accepts(schema: Schema, value: unknown): boolean {
	const { type, enum: values, anyOf, minimum, maximum, minItems, maxItems, prefixItems, items } = schema;
	if (anyOf !== undefined) return schemasIn(anyOf).some((one) => accepts(one, value));
	if (type !== undefined && !(Array.isArray(type) ? type : [type]).some((one) => isOfType(value, String(one))))
		return false;
	if (values !== undefined && !listOf(values).includes(value)) return false;
	if (typeof value === 'number') {
		return !(typeof minimum === 'number' && value < minimum) && !(typeof maximum === 'number' && value > maximum);
	}
	if (Array.isArray(value)) {
		const first = schemasIn(prefixItems);
		const fits = value.every((one, n) => {
			const own = first[n] ?? (isObject(items) ? items : {});
			return accepts(own, one);
		});
		return fits && !(value.length < Number(minItems ?? 0)) && !(value.length > Number(maxItems ?? Infinity));
	}
	if (!isObject(value)) return true;
	const properties = isObject(schema['properties']) ? schema['properties'] : {};
	const others = schema['additionalProperties'];
	return (
		listOf(schema['required']).every((name) => Object.hasOwn(value, String(name))) &&
		Object.entries(value).every(([name, one]) => {
			const own = Object.hasOwn(properties, name) ? properties[name] : others;
			return own === false ? false : !isObject(own) || accepts(own, one);
		})
	);
}

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'null':
			return value === null;
		case 'array':
			return Array.isArray(value);
		case 'object':
			return isObject(value);
		case 'integer':
			return Number.isInteger(value);
		default:
			return typeof value === type;
	}
}
