import { fieldsOf, textOf } from '../../common/json';
import { notesOn } from './notes';
import { numberOf, textsOf, typesOf, type SchemaNode } from './schemaNode';

/** Title and description. */
export interface Texts {
	readonly title?: string;
	readonly description?: string;
}

/** What a node says in words, with what the service's schemas cannot say of it. */
export function textsFor(node: SchemaNode, ...more: readonly string[]): Texts {
	const { title, description } = node;
	const text = joinedTexts(description, ...notesOn(node), ...exclusiveBounds(node), ...undeclared(node), ...more);
	return { ...(typeof title === 'string' && title !== '' && { title }), ...(text !== '' && { description: text }) };
}

/** The node with these texts, and its own after them. */
export function withTexts(node: SchemaNode, { title, description }: Texts): SchemaNode {
	const text = description === node['description'] ? description : joinedTexts(description, node['description']);
	return {
		...node,
		...(title !== undefined && { title }),
		...(text !== undefined && text !== '' && { description: text }),
	};
}

/** Those that say something, one behind the other. */
export function joinedTexts(...texts: readonly unknown[]): string {
	return texts.filter(textOf).join(' ');
}

/** The service takes inclusive bounds alone; of whole numbers they say it all. */
function exclusiveBounds(node: SchemaNode): readonly string[] {
	if (!(typesOf(node) ?? ['number']).includes('number')) return [];
	const { exclusiveMinimum: above, exclusiveMaximum: below } = node;
	const least = numberOf(above) ?? (above === true ? numberOf(node['minimum']) : undefined);
	const most = numberOf(below) ?? (below === true ? numberOf(node['maximum']) : undefined);
	return [
		...(least === undefined ? [] : [`More than ${least}.`]),
		...(most === undefined ? [] : [`Less than ${most}.`]),
	];
}

/** Properties that are required and have no schema: the service knows none of them. */
function undeclared({ required, properties }: SchemaNode): readonly string[] {
	const declared = fieldsOf(properties);
	const names = textsOf(required).filter((name) => !Object.hasOwn(declared, name));
	return names.length === 0 ? [] : [`Also required: ${names.join(', ')}.`];
}
