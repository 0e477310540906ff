import { isDocument } from './shapes';
import type { BucketId, Change, DocTypes, KeyId, NamedRef, Role, SpendingScope, StoredRow } from '../pool/pool';

export function rowOf(change: Change): StoredRow {
	if (change.kind === 'drop') return { kind: change.ref.kind, id: change.ref.id, body: null };
	return { kind: change.kind, id: change.kind === 'pool' ? '' : change.id, body: JSON.stringify(change.doc) };
}

/** Undefined for a kind that this version does not know. Throws `SyntaxError` if the body is not a valid document. */
export function changeOf({ kind, id, body }: StoredRow): Change | undefined {
	switch (kind) {
		case 'bucket':
			return body === null ? drop({ kind, id: id as BucketId }) : { kind, id: id as BucketId, doc: parse(kind, body) };
		case 'cooldown':
			return body === null ? drop({ kind, id: id as BucketId }) : { kind, id: id as BucketId, doc: parse(kind, body) };
		case 'key':
			return body === null ? drop({ kind, id: id as KeyId }) : { kind, id: id as KeyId, doc: parse(kind, body) };
		case 'leader':
			return body === null ? drop({ kind, id: id as Role }) : { kind, id: id as Role, doc: parse(kind, body) };
		case 'model':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'usage':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'requestRecord':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'windowQueue':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'client':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'dailyCost':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'outbox':
			return body === null ? drop({ kind, id }) : { kind, id, doc: parse(kind, body) };
		case 'spending': {
			const scope = id as SpendingScope;
			return body === null ? drop({ kind, id: scope }) : { kind, id: scope, doc: parse(kind, body) };
		}
		case 'pool':
			return body === null ? undefined : { kind, doc: parse(kind, body) };
		default:
			return undefined;
	}
}

function drop(ref: NamedRef): Change {
	return { kind: 'drop', ref };
}

function parse<K extends keyof DocTypes>(kind: K, body: string): DocTypes[K] {
	const doc: unknown = JSON.parse(body);
	if (!isDocument(kind, doc)) throw new SyntaxError(`no ${kind}`);
	return doc;
}
