import { StoreError, within, type Clock } from '../pool/pool';

/** The object stores. `documents` has rows by kind and id, `head` one record, `secrets` what tabs know of each other's changes. */
export type StoreName = 'documents' | 'head' | 'secrets';

/** Counts the layouts of the database; a tab of an earlier one cannot open a later one. */
const version = 1;

/** ms. A browser can leave a database unopened without a word; one that has much to do takes a tenth of it. */
const maxOpenMs = 10_000;

/** Why a database was closed without being asked to. */
export type ClosedBy = 'newerTab' | 'browser';

/** An open IndexedDB database of ours. Throws `StoreError` alone. */
export class Database {
	/** Called once where the browser, or a newer version in another tab, takes the database away. */
	onClosed: (by: ClosedBy) => void = () => undefined;

	private constructor(private readonly db: IDBDatabase) {
		db.onversionchange = ({ newVersion }) => {
			db.close();
			// None: it is deleted.
			this.onClosed(newVersion === null ? 'browser' : 'newerTab');
		};
		db.onclose = () => this.onClosed('browser');
	}

	/** @param factory may throw: a browser that blocks storage does so at the mere look */
	static async open(
		name: string,
		clock: Pick<Clock, 'after'>,
		factory: () => IDBFactory = () => indexedDB,
	): Promise<Database> {
		try {
			const opening = factory().open(name, version);
			opening.onupgradeneeded = () => {
				const { result: db } = opening;
				db.createObjectStore('documents', { keyPath: ['kind', 'id'] }).createIndex('rev', 'rev');
				db.createObjectStore('head');
				db.createObjectStore('secrets');
			};
			return new Database(await opened(opening, clock));
		} catch (error) {
			throw asStoreError(error, 'blocked');
		}
	}

	/**
	 * Runs `work` in one transaction, and resolves once that is written. `work` may await requests of the transaction and nothing
	 * else. Where it throws, nothing is written, and its error comes out.
	 */
	async transaction<T>(
		mode: 'readonly' | 'readwrite',
		stores: readonly StoreName[],
		work: (of: (store: StoreName) => IDBObjectStore) => Promise<T>,
	): Promise<T> {
		try {
			// The service repeats what a power cut loses, so that nobody waits for the disk.
			const transaction = this.db.transaction([...stores], mode, { durability: 'relaxed' });
			const written = completed(transaction);
			try {
				const result = await work((store) => transaction.objectStore(store));
				await written;
				return result;
			} catch (error) {
				written.catch(() => undefined);
				abort(transaction);
				throw error;
			}
		} catch (error) {
			if (error instanceof DOMException) throw asStoreError(error, 'unreachable');
			throw error;
		}
	}

	close(): void {
		this.db.close();
	}
}

/** The database that a request opens; one that comes too late is closed again. */
async function opened(opening: IDBOpenDBRequest, clock: Pick<Clock, 'after'>): Promise<IDBDatabase> {
	const opens = resultOf(opening);
	const db = await within(clock, maxOpenMs, opens);
	if (db !== 'late') return db;
	opens.then(
		(late) => late.close(),
		() => undefined,
	);
	throw new StoreError('unreachable');
}

/** A database that stays open for all callers, and is opened again after the browser has closed it. */
export function keptOpen(open: () => Promise<Database>): () => Promise<Database> {
	let kept: Promise<Database> | undefined;
	const opening = async (): Promise<Database> => {
		try {
			const database = await open();
			database.onClosed = () => (kept = undefined);
			return database;
		} catch (error) {
			kept = undefined;
			throw error;
		}
	};
	return () => (kept ??= opening());
}

/** The result of one request. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new DOMException('The request failed', 'UnknownError'));
	});
}

function completed(transaction: IDBTransaction): Promise<void> {
	return new Promise((resolve, reject) => {
		transaction.oncomplete = () => resolve();
		transaction.onabort = () =>
			reject(transaction.error ?? new DOMException('The transaction was aborted', 'AbortError'));
	});
}

function abort(transaction: IDBTransaction): void {
	try {
		transaction.abort();
	} catch {
		// It has ended already.
	}
}

/** The store's error for an error of the browser. */
export function asStoreError(error: unknown, otherwise: StoreError['reason']): StoreError {
	if (error instanceof StoreError) return error;
	const name = error instanceof DOMException ? error.name : '';
	return new StoreError(reasons[name] ?? otherwise, { cause: error });
}

const reasons: Readonly<Partial<Record<string, StoreError['reason']>>> = {
	QuotaExceededError: 'full',
	VersionError: 'newer',
	SecurityError: 'blocked',
	TimeoutError: 'locked',
};
