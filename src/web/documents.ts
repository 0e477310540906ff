import { StoreError, type Change, type StoredRow } from '../pool/pool';
import { changeOf, rowOf } from '../storedDocuments/rows';
import { resultOf, type StoreName } from './database';

type Stores = (store: StoreName) => IDBObjectStore;

/** Deletions are kept for so many revisions; a tab that is further behind reads everything. */
const keptRevisions = 1_000;

/** What a commit leaves beside the documents. */
export interface Head {
	/** Named anew whenever the database begins anew. */
	readonly store: string;
	/** Counts commits. */
	readonly rev: number;
	/** Deletions up to this revision are forgotten. */
	readonly forgotten: number;
}

/** What a reader has not seen yet. */
export interface Page {
	readonly head: Head;
	/** True: `changes` is all that there is. */
	readonly isComplete: boolean;
	readonly changes: readonly Change[];
}

interface RowAt extends StoredRow {
	readonly rev: number;
}

/** The changes after a revision of a store; -1 reads all. Throws `damaged` where a row is no document. */
export async function readSince(of: Stores, since: number, store: string | undefined): Promise<Page> {
	const head = ((await resultOf(of('head').get('head'))) as Head | undefined) ?? { store: '', rev: 0, forgotten: 0 };
	const isComplete = since < head.forgotten || head.store !== store;
	if (!isComplete && head.rev === since) return { head, isComplete, changes: [] };
	const range = isComplete ? null : IDBKeyRange.lowerBound(since, true);
	const rows = (await resultOf(of('documents').index('rev').getAll(range))) as RowAt[];
	try {
		const changes = rows.flatMap((row) => (isComplete && row.body === null ? [] : (changeOf(row) ?? [])));
		return { head, isComplete, changes };
	} catch (error) {
		throw new StoreError('damaged', { cause: error });
	}
}

/** Writes changes as the revision after `head`; answers the new head. */
export async function write(
	of: Stores,
	{ store, rev: last, forgotten }: Head,
	changes: readonly Change[],
): Promise<Head> {
	const rev = last + 1;
	const mustForget = rev % keptRevisions === 0;
	const next = { store, rev, forgotten: mustForget ? rev - keptRevisions : forgotten };
	const rows = changes.map((change) => of('documents').put({ ...rowOf(change), rev } satisfies RowAt));
	const written = [...rows, of('head').put(next, 'head')].map(resultOf<IDBValidKey>);
	if (mustForget) written.push(forget(of('documents'), next.forgotten));
	await Promise.all(written);
	return next;
}

/** Drops deletions that every tab has seen, or will read everything instead. */
async function forget(documents: IDBObjectStore, upTo: number): Promise<IDBValidKey> {
	const rows = (await resultOf(documents.index('rev').getAll(IDBKeyRange.upperBound(upTo)))) as RowAt[];
	const old = rows.filter(({ body }) => body === null);
	await Promise.all(old.map(({ kind, id }) => resultOf(documents.delete([kind, id]))));
	return old.length;
}

/** Begins anew. */
export async function clear(of: Stores, store: string): Promise<void> {
	await resultOf(of('documents').clear());
	await resultOf(of('head').put({ store, rev: 0, forgotten: 0 } satisfies Head, 'head'));
}
