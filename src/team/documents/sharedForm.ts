import {
	DocMaps,
	type Bucket,
	type Change,
	type EpochMs,
	type KeyRecord,
	type LeaseId,
	type ModelRecord,
	type SpendingRecord,
	type Write,
} from '../../pool/pool';
import { isDocument } from '../../storedDocuments/shapes';
import { withAdditions } from './additions';
import { bounded } from './bounds';
import type { Identity } from './identity';

/**
 * The body of a document as the team sees it: no text of the service, no id of a request or a window, no counts of a person.
 * Undefined where it was deleted.
 */
export function sharedBody(change: Change, identity: Identity): string | undefined {
	if (change.kind === 'drop') return undefined;
	return JSON.stringify(sharedDocument(change, identity));
}

function sharedDocument(write: Write, identity: Identity): unknown {
	const alias = (lease: LeaseId): LeaseId => identity.alias('lease', lease) as LeaseId;
	switch (write.kind) {
		case 'bucket':
			return sharedBucket(write.doc, alias);
		case 'key':
			return sharedKey(write.doc);
		case 'model':
			return withModelLease(write.doc, alias);
		case 'spending':
			return withLeases(write.doc, alias);
		default:
			return write.doc;
	}
}

function sharedBucket(doc: Bucket, alias: (lease: LeaseId) => LeaseId): unknown {
	const status = 'serviceMessage' in doc.status ? { ...doc.status, serviceMessage: undefined } : doc.status;
	return {
		...doc,
		status: status.state === 'halfOpen' ? { ...status, lease: alias(status.lease) } : status,
		leases: doc.leases.map(({ holder: _, ...lease }) => ({ ...lease, id: alias(lease.id) })),
	};
}

function sharedKey({ status, success: _, fail: __, tokens: ___, ...doc }: KeyRecord): unknown {
	return { ...doc, status: { ...status, serviceMessage: undefined } };
}

function withModelLease(doc: ModelRecord, alias: (lease: LeaseId) => LeaseId): ModelRecord {
	return doc.probe ? { ...doc, probe: { ...doc.probe, lease: alias(doc.probe.lease) } } : doc;
}

function withLeases(doc: SpendingRecord, alias: (lease: LeaseId) => LeaseId): SpendingRecord {
	return { ...doc, reservations: doc.reservations.map((one) => ({ ...one, lease: alias(one.lease) })) };
}

/**
 * The local documents of a row: none where this machine has no such key, several where it has two projects of one number.
 * One that cannot be read counts as absent.
 */
export function localChanges(
	name: string,
	body: string | undefined,
	identity: Identity,
	now: EpochMs,
): readonly Change[] {
	return identity.refsOf(name).map((ref): Change => {
		const fit = body === undefined ? undefined : parsed({ ...ref, doc: undefined }, body, now);
		return fit ? withLocalLeases(fit, identity) : { kind: 'drop', ref };
	});
}

/** The body as a document of its kind within its bounds, if it is one. */
function parsed(target: Omit<Write, 'doc'> & { doc: undefined }, body: string, now: EpochMs): Write | undefined {
	try {
		const [first = '', ...added] = body.split('\n');
		const value: unknown = JSON.parse(first);
		const doc: unknown = target.kind === 'key' && isObject(value) ? { ...value, ...noCounts } : value;
		if (!isDocument(target.kind, doc)) return undefined;
		const write = withAdditions({ ...target, doc } as Write, added, now);
		return isFlat(write.doc, maxDepth) ? bounded(write, now) : undefined;
	} catch {
		return undefined;
	}
}

/** Far more than any document needs. What is nested without end can be read, but never written. */
const maxDepth = 32;

function isFlat(value: unknown, depth: number): boolean {
	if (typeof value !== 'object' || value === null) return true;
	return depth > 0 && Object.values(value).every((one) => isFlat(one, depth - 1));
}

/** They are of the machine. */
const noCounts = { success: 0, fail: 0, tokens: { input: 0, output: 0 } };

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All documents with the leases of this machine by their own names. One that is in both is one in both results. */
export function withLocalNames(all: readonly DocMaps[], identity: Identity): readonly DocMaps[] {
	const named = new Map<unknown, Write['doc']>();
	return all.map((docs) => {
		const result = new DocMaps();
		for (const write of docs.writes()) {
			const doc = named.get(write.doc) ?? withLocalLeases(write, identity).doc;
			named.set(write.doc, doc);
			result.apply({ ...write, doc } as Write);
		}
		return result;
	});
}

/** Leases of this machine get their own ids back. */
function withLocalLeases(write: Write, identity: Identity): Write {
	const local = (lease: LeaseId): LeaseId => (identity.local('lease', lease) ?? lease) as LeaseId;
	switch (write.kind) {
		case 'bucket': {
			const { status } = write.doc;
			const doc: Bucket = {
				...write.doc,
				status: status.state === 'halfOpen' ? { ...status, lease: local(status.lease) } : status,
				leases: write.doc.leases.map((lease) => ({ ...lease, id: local(lease.id) })),
			};
			return { ...write, doc };
		}
		case 'model':
			return { ...write, doc: withModelLease(write.doc, local) };
		case 'spending':
			return { ...write, doc: withLeases(write.doc, local) };
		default:
			return write;
	}
}
