import { fieldsOf, isObject, listOf } from '../../common/json';
import type { JsonObject } from '../../generation/options';
import { boundsOf } from './bounds';
import { intersect } from './intersect';
import { keptFormat } from './notes';
import { References } from './references';
import { asText, nodeOf, nodesOf, numberOf, SchemaFlaw, textsOf, typesOf } from './schemaNode';
import type { JsonType, SchemaNode } from './schemaNode';
import { textsFor, withTexts } from './texts';
import { unionOf, valuesOf } from './unions';

/** Nodes that are looked at, and levels: a larger schema is no description that a model reads. */
const maxNodes = 5_000;
const maxDepth = 60;

/** Where the conversion is: how deep, and through which references, of which none may lead to itself. */
interface Place {
	readonly depth: number;
	readonly references: readonly string[];
}

/** A node without references and `allOf`. */
interface Flat {
	readonly node: SchemaNode;
	readonly references: readonly string[];
	/** What it would go on into, where that holds itself. */
	readonly cycle?: string;
}

/**
 * Any node as the service takes it: references resolved, unions kept, and what it has no word for in descriptions. A value
 * that the tool takes passes.
 *
 * @throws SchemaFlaw where there is no such node
 */
export function convertNode(root: SchemaNode): JsonObject {
	return new Conversion(root).convert(root, { depth: 0, references: [] });
}

class Conversion {
	private readonly references: References;
	private nodes = 0;

	constructor(root: SchemaNode) {
		this.references = new References(root);
	}

	convert(schema: SchemaNode, { depth, references }: Place): SchemaNode {
		this.count(depth);
		const flat = this.flat(schema, references);
		const { node } = flat;
		const inside = { depth: depth + 1, references: flat.references };
		if (flat.cycle !== undefined)
			return { ...shapeIn(node), ...textsFor(node, `The same form again as ${flat.cycle}.`) };
		if (Array.isArray(node['anyOf'] ?? node['oneOf'])) return this.union(node, inside);
		const values = valuesOf(node);
		if (values !== undefined) return unionOf(values, textsFor(node));
		return withTexts(this.plain(node, inside), textsFor(node));
	}

	private count(depth: number): void {
		if (++this.nodes > maxNodes || depth > maxDepth) throw new SchemaFlaw('it is too large');
	}

	private flat(schema: SchemaNode, references: readonly string[]): Flat {
		this.count(references.length);
		const { $ref, allOf, const: constant, ...own } = schema;
		let flat: Flat = { node: constant === undefined ? own : intersect(own, { enum: [constant] }), references };
		const add = (other: SchemaNode, through: readonly string[]): void => {
			const more = this.flat(other, through);
			this.nodes += weightOf(flat.node);
			const cycle = flat.cycle ?? more.cycle;
			const reached = [...new Set([...flat.references, ...more.references])];
			flat = { node: intersect(flat.node, more.node), references: reached, ...(cycle !== undefined && { cycle }) };
		};
		if (typeof $ref === 'string') {
			const target = this.references.find($ref);
			if (references.includes($ref)) return { node: intersect(own, typeIn(target)), references, cycle: nameOf($ref) };
			add(target, [...references, $ref]);
		}
		for (const one of listOf(allOf)) {
			const part = nodeOf(one);
			if (part === undefined) throw new SchemaFlaw('a part of it lets no value pass');
			add(part, references);
		}
		return flat;
	}

	/** Each form says what holds for all of them as well: the service takes no type beside a union. */
	private union(node: SchemaNode, inside: Place): SchemaNode {
		const { anyOf, oneOf, title, description, default: unset, examples, ...shared } = node;
		const [forms, others] = Array.isArray(anyOf) ? [anyOf, oneOf] : [oneOf, undefined];
		const converted = nodesOf(forms).flatMap((form) => {
			const flat = this.flat(form, inside.references);
			const merged = mergedOrNone(flat.node, shared);
			if (merged === undefined) return [];
			if (flat.cycle !== undefined) return [this.convert(form, inside)];
			return [this.convert(merged, { ...inside, references: flat.references })];
		});
		if (converted.length === 0) throw new SchemaFlaw('no form of a union in it lets a value pass');
		const said = { title, description, default: unset, examples };
		return unionOf(
			converted,
			textsFor(said, ...(others === undefined ? [] : [`Must also match one of ${asText(others)}.`])),
		);
	}

	private plain(node: SchemaNode, inside: Place): SchemaNode {
		const types = typesOf(node) ?? impliedTypes(node);
		const has = (type: JsonType): boolean => types?.includes(type) ?? false;
		const format = keptFormat(node);
		return {
			...(types !== undefined && { type: types.length === 1 ? types[0] : types }),
			...(format !== undefined && { format }),
			...((has('number') || has('integer')) && boundsOf(node, !has('number'))),
			...(has('array') && this.array(node, inside)),
			...(has('object') && this.object(node, inside)),
		};
	}

	private array(node: SchemaNode, inside: Place): SchemaNode {
		const { items, prefixItems, additionalItems } = node;
		// Older drafts have the first items in `items`.
		const isTuple = Array.isArray(items);
		const first = isTuple ? items : prefixItems;
		const others = isTuple ? additionalItems : items;
		const other = others === undefined ? undefined : nodeOf(others);
		const least = numberOf(node['minItems']);
		const most = numberOf(node['maxItems']) ?? (others === false && Array.isArray(first) ? first.length : undefined);
		return {
			...(Array.isArray(first) && { prefixItems: nodesOf(first).map((one) => this.convert(one, inside)) }),
			// Of any kind: the service misses the word where a list of anything lacks it.
			...(other === undefined && !Array.isArray(first) && { items: {} }),
			...(other !== undefined && { items: this.convert(other, inside) }),
			...(least !== undefined && { minItems: least }),
			...(most !== undefined && { maxItems: most }),
		};
	}

	private object(node: SchemaNode, inside: Place): SchemaNode {
		const { properties, patternProperties } = node;
		const converted = Object.entries(fieldsOf(properties)).flatMap(([name, property]) => {
			const one = nodeOf(property);
			return one === undefined ? [] : [[name, this.convert(one, inside)] as const];
		});
		const names = new Set(converted.map(([name]) => name));
		const required = [...new Set(textsOf(node['required']))].filter((name) => names.has(name));
		// Those whose names match a pattern are others than the listed ones, and none to which this applies.
		const others = patternProperties === undefined ? node['additionalProperties'] : undefined;
		const other = others === undefined ? undefined : nodeOf(others);
		return {
			...(isObject(properties) && { properties: Object.fromEntries(converted) }),
			...(required.length > 0 && { required }),
			...(others === false && { additionalProperties: false }),
			...(isObject(others) && other !== undefined && { additionalProperties: this.convert(other, inside) }),
		};
	}
}

/** What it costs to merge a part into it, as so many nodes. */
function weightOf(node: SchemaNode): number {
	const sizes = Object.values(node).map((value) => (isObject(value) ? Object.keys(value) : listOf(value)).length);
	return Math.floor(sizes.reduce((sum, size) => sum + size, 0) / 100);
}

function mergedOrNone(form: SchemaNode, shared: SchemaNode): SchemaNode | undefined {
	try {
		return intersect(form, shared);
	} catch (error) {
		if (error instanceof SchemaFlaw) return undefined;
		throw error;
	}
}

/** `#/$defs/Node` is called Node. */
function nameOf(reference: string): string {
	return reference.split(/[/#]/).findLast((name) => name !== '' && name !== '$defs') ?? 'the whole input';
}

function shapeIn(node: SchemaNode): SchemaNode {
	const shape = typeIn(node);
	return { ...shape, ...(shape['type'] === 'array' && { items: {} }) };
}

function typeIn({ type }: SchemaNode): SchemaNode {
	return typeof type === 'string' ? { type: typesOf({ type })?.[0] } : {};
}

/** Keywords that speak of one type alone mean it, where none is named. */
function impliedTypes(node: SchemaNode): readonly JsonType[] | undefined {
	const says = (...keywords: readonly string[]): boolean => keywords.some((keyword) => node[keyword] !== undefined);
	if (says('properties', 'required', 'additionalProperties', 'patternProperties')) return ['object'];
	if (says('items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems')) return ['array'];
	if (says('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return ['number'];
	return says('pattern', 'minLength', 'maxLength', 'format') ? ['string'] : undefined;
}
