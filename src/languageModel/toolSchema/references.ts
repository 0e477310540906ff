import { uriDecoded } from '../../common/decodedText';
import { isObject } from '../../common/json';
import { nodeOf, SchemaFlaw, type SchemaNode } from './schemaNode';

/** Finds what a `$ref` within a schema points at. */
export class References {
	private byName: ReadonlyMap<string, SchemaNode> | undefined;

	constructor(private readonly root: SchemaNode) {}

	/** Throws `SchemaFlaw` where it points at nothing in this schema. */
	find(reference: string): SchemaNode {
		const found = /^#(?:\/|$)/.test(reference)
			? pointedAt(this.root, reference.slice(1))
			: (this.byName ??= namesIn(this.root)).get(reference);
		const node = found === undefined ? undefined : nodeOf(found);
		if (node === undefined) throw new SchemaFlaw(`it refers to ${JSON.stringify(reference)}, which is not in it`);
		return node;
	}
}

/** By a JSON pointer (RFC 6901), which may be percent-encoded. */
function pointedAt(root: SchemaNode, pointer: string): unknown {
	let at: unknown = root;
	for (const token of pointer.split('/').slice(1)) {
		const name = uriDecoded(token).replaceAll('~1', '/').replaceAll('~0', '~');
		if (Array.isArray(at)) at = (at as readonly unknown[])[Number(name)];
		else if (isObject(at) && Object.hasOwn(at, name)) at = at[name];
		else return undefined;
	}
	return at;
}

/** All nodes that have a name, as references name them; of two of one name the nearest. Read once: any number may refer to one. */
function namesIn(root: SchemaNode): ReadonlyMap<string, SchemaNode> {
	const found = new Map<string, SchemaNode>();
	const all: unknown[] = [root];
	// The loop adds to `all` while it runs.
	for (const at of all) {
		if (typeof at !== 'object' || at === null) continue;
		if (isObject(at)) {
			const { $id: id, $anchor: anchor } = at;
			for (const name of [id, typeof anchor === 'string' && `#${anchor}`]) {
				if (typeof name === 'string' && !found.has(name)) found.set(name, at);
			}
		}
		for (const one of Object.values<unknown>({ ...at })) all.push(one);
	}
	return found;
}
