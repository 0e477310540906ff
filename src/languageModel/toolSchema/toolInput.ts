import { fieldsOf, isObject } from '../../common/json';
import type { JsonObject } from '../../generation/options';
import { convertNode } from './convert';
import { nodeOf, nodesOf, SchemaFlaw, textsOf, typesOf, type SchemaNode } from './schemaNode';
import { unionOf } from './unions';

/**
 * The schema of a tool's input as the service takes it: an object at the top, with no union beside it. Undefined where the
 * tool takes no input.
 *
 * @throws SchemaFlaw where there is none
 */
export function toolInput(schema: unknown): JsonObject | undefined {
	if (schema === undefined || schema === null) return undefined;
	const root = nodeOf(schema);
	if (root === undefined) throw new SchemaFlaw('it lets no input pass');
	const converted = withoutUnion(convertNode(root));
	const { properties, additionalProperties, description } = converted;
	const isEmpty = !isObject(properties) || Object.keys(properties).length === 0;
	return isEmpty && !isObject(additionalProperties) && description === undefined ? undefined : converted;
}

/** Forms of an input become one, with the properties of all and what all require. */
function withoutUnion(node: JsonObject): JsonObject {
	if (!Array.isArray(node['anyOf'])) return asObject(node);
	const { anyOf, description, ...rest } = node;
	const forms = nodesOf(anyOf).filter(isForObjects);
	if (forms.length === 0) throw new SchemaFlaw('its input is no object');
	const variants = new Map<string, SchemaNode[]>();
	for (const { properties } of forms) {
		for (const [name, property] of Object.entries(fieldsOf(properties))) {
			variants.set(name, [...(variants.get(name) ?? []), nodeOf(property) ?? {}]);
		}
	}
	const [first = [], ...others] = forms.map(({ required }) => textsOf(required));
	const required = first.filter((name) => others.every((names) => names.includes(name)));
	return {
		...rest,
		type: 'object',
		description: [description, formsInWords([first, ...others])].filter(Boolean).join(' '),
		properties: Object.fromEntries([...variants].map(([name, nodes]) => [name, unionOf(nodes, {})])),
		...(required.length > 0 && { required }),
	};
}

function formsInWords(required: readonly (readonly string[])[]): string {
	const forms = required.map((names) => (names.length === 0 ? '(nothing)' : `(${names.join(', ')})`));
	return `The input has one of several forms, which require: ${[...new Set(forms)].join(' or ')}.`;
}

function asObject(node: JsonObject): JsonObject {
	if (!isForObjects(node)) throw new SchemaFlaw('its input is no object');
	return { ...node, type: 'object' };
}

function isForObjects(node: SchemaNode): boolean {
	return typesOf(node)?.includes('object') ?? true;
}
