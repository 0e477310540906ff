import { isObject } from '../../common/json';
import { nodeOf, SchemaFlaw, type SchemaNode } from './schemaNode';

/** Finds what a `$ref` within a schema points at. */
export class References {
	constructor(private readonly root: SchemaNode) {}

	/** Throws `SchemaFlaw` where it points at nothing in this schema. */
	find(reference: string): SchemaNode {
		const found = reference.startsWith('#')
			? /^#(?:\/|$)/.test(reference)
				? pointedAt(this.root, reference.slice(1))
				: named(this.root, '$anchor', reference.slice(1))
			: named(this.root, '$id', reference);
		const node = found === undefined ? undefined : nodeOf(found);
		if (node === undefined) throw new SchemaFlaw(`it refers to ${JSON.stringify(reference)}, which is not in it`);
		return node;
	}
}

/** By a JSON pointer (RFC 6901), which may be percent-encoded. */
function pointedAt(root: SchemaNode, pointer: string): unknown {
	let at: unknown = root;
	for (const token of pointer.split('/').slice(1)) {
		const name = decoded(token).replaceAll('~1', '/').replaceAll('~0', '~');
		if (Array.isArray(at)) at = (at as readonly unknown[])[Number(name)];
		else if (isObject(at) && Object.hasOwn(at, name)) at = at[name];
		else return undefined;
	}
	return at;
}

function decoded(token: string): string {
	try {
		return decodeURIComponent(token);
	} catch {
		return token;
	}
}

/** The nearest node that has this name by that keyword. */
function named(root: SchemaNode, keyword: '$anchor' | '$id', name: string): SchemaNode | undefined {
	const waiting: unknown[] = [root];
	for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
		if (isObject(at) && at[keyword] === name) return at;
		if (typeof at === 'object' && at !== null) {
			for (const one of Object.values<unknown>({ ...at })) if (typeof one === 'object') waiting.push(one);
		}
	}
	return undefined;
}
