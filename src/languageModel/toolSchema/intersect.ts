import { listOf } from '../../common/json';
import { asText, nodeOf, numberOf, SchemaFlaw, textsOf, typesOf, type JsonType, type SchemaNode } from './schemaNode';
import { joinedTexts } from './texts';

/**
 * One node that a value meets if it meets both. What the words of one node cannot say together, such as two unions, stands
 * in its description.
 */
export function intersect(a: SchemaNode, b: SchemaNode): SchemaNode {
	const merged = new Map(Object.entries(a));
	const rest = new Map<string, unknown>();
	for (const [keyword, value] of Object.entries(b)) {
		const join = Object.hasOwn(joined, keyword) ? joined[keyword] : undefined;
		if (!merged.has(keyword) || isSame(a[keyword], value)) merged.set(keyword, value);
		else if (join !== undefined) merged.set(keyword, join(a[keyword], value));
		else if (!ours.has(keyword)) rest.set(keyword, value);
	}
	if ('type' in a && 'type' in b) merged.set('type', commonTypes(a, b));
	if (rest.size > 0) {
		const note = `Must also match ${asText(Object.fromEntries(rest))}.`;
		merged.set('description', joinedTexts(merged.get('description'), note));
	}
	return Object.fromEntries(merged);
}

/** To write both down would cost more with each part that is merged into one of them. What lies deeper than `levels` differs. */
function isSame(a: unknown, b: unknown, levels = 200): boolean {
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
	const [mine, other] = [Object.entries(a), Object.entries(b)];
	const isAlike = Array.isArray(a) === Array.isArray(b) && mine.length === other.length;
	if (!isAlike || levels === 0) return false;
	return mine.every(([name, value], n) => name === other[n]?.[0] && isSame(value, other[n][1], levels - 1));
}

/** What two values of one keyword say together. */
const joined: Readonly<Record<string, (a: unknown, b: unknown) => unknown>> = {
	type: (a) => a,
	title: (a) => a,
	description: joinedTexts,
	properties: (a, b) => bothProperties(recordOf(a), recordOf(b)),
	required: (a, b) => [...new Set([...textsOf(a), ...textsOf(b)])],
	enum: (a, b) => commonValues(listOf(a), listOf(b)),
	items: (a, b) => (Array.isArray(a) || Array.isArray(b) ? a : bothOrNone(a, b)),
	additionalProperties: (a, b) => bothOrNone(a, b),
	minimum: largest,
	exclusiveMinimum: largest,
	minLength: largest,
	minItems: largest,
	minProperties: largest,
	maximum: smallest,
	exclusiveMaximum: smallest,
	maxLength: smallest,
	maxItems: smallest,
	maxProperties: smallest,
	allOf: (a, b) => [...listOf(a), ...listOf(b)],
	nullable: (a, b) => a === true && b === true,
	$defs: (a) => a,
	definitions: (a) => a,
};

/** Keywords of which the first one's value stays. */
const ours: ReadonlySet<string> = new Set(['$id', '$schema', '$anchor', '$comment', 'default', 'examples', 'example']);

function commonTypes(a: SchemaNode, b: SchemaNode): readonly JsonType[] | undefined {
	const [mine, other] = [typesOf(a), typesOf(b)];
	if (mine === undefined || other === undefined) return mine ?? other;
	const common = mine.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number')));
	if (mine.includes('number') && other.includes('integer') && !common.includes('number')) common.push('integer');
	if (common.length === 0) throw new SchemaFlaw(`no value is both ${mine.join(' or ')} and ${other.join(' or ')}`);
	return common;
}

function commonValues(a: readonly unknown[], b: readonly unknown[]): readonly unknown[] {
	const others = new Set(b.map((value) => JSON.stringify(value)));
	const common = a.filter((value) => others.has(JSON.stringify(value)));
	if (common.length === 0) throw new SchemaFlaw('two lists of values that must both hold have none in common');
	return common;
}

function bothProperties(a: SchemaNode, b: SchemaNode): SchemaNode {
	const merged = new Map(Object.entries(a));
	for (const [name, value] of Object.entries(b))
		merged.set(name, merged.has(name) ? bothOrNone(merged.get(name), value) : value);
	// Not by assignment: a property can be called `__proto__`.
	return Object.fromEntries(merged);
}

/** `false` where one of them lets nothing pass. References stay, side by side. */
function bothOrNone(a: unknown, b: unknown): unknown {
	const [mine, other] = [nodeOf(a), nodeOf(b)];
	if (mine === undefined || other === undefined) return false;
	return { allOf: [mine, other] };
}

/** A flag, as older drafts have it, gives way to a number. */
function largest(a: unknown, b: unknown): unknown {
	const [mine, other] = [numberOf(a), numberOf(b)];
	return mine !== undefined && other !== undefined ? Math.max(mine, other) : (mine ?? other ?? a);
}

function smallest(a: unknown, b: unknown): unknown {
	const [mine, other] = [numberOf(a), numberOf(b)];
	return mine !== undefined && other !== undefined ? Math.min(mine, other) : (mine ?? other ?? a);
}

function recordOf(value: unknown): SchemaNode {
	return nodeOf(value ?? {}) ?? {};
}
