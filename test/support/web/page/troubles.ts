import assert from 'node:assert/strict';
import { StoreError, type KeyId, type StateStore, type Transaction } from '../../../../src/pool/pool';
import { Database, resultOf } from '../../../../src/web/database';
import { Tabs } from './tabs';

const a = 'a' as KeyId;

/** What a browser can do to its database, and what the store makes of it. */
export function browserTroubles(): void {
	describe('the store of a browser', () => {
		let tabs: Tabs;
		beforeEach(() => {
			tabs = new Tabs();
		});
		afterEach(() => tabs.close());

		const spend = (store: StateStore) => store.transact((tx) => addSuccess(tx));
		const spent = (store: StateStore) => store.transact((tx) => tx.key(a).success);

		it('goes on in memory where the browser blocks storage, says so once, and catches up when it may', async () => {
			let isBlocked = true;
			const store = tabs.open(() => {
				if (isBlocked) throw new DOMException('no', 'SecurityError');
				return indexedDB;
			});
			await spend(store);
			assert.equal(await spent(store), 1);
			await tabs.pass(60_000);
			assert.deepEqual(tabs.troubles, ['blocked']);
			isBlocked = false;
			const other = tabs.open();
			await tabs.eventually('the count in another tab', async () => (await spent(other)) === 1);
			assert.deepEqual(tabs.troubles, ['blocked']);
		});

		it('goes on in memory where the database is full, and loses nothing that was spent', async () => {
			const store = tabs.open();
			await spend(store);
			const giveBack = failing(IDBObjectStore.prototype, 'put', new DOMException('full', 'QuotaExceededError'));
			try {
				await spend(store);
				await spend(store);
				assert.equal(await spent(store), 3);
				assert.deepEqual(tabs.troubles, ['full']);
			} finally {
				giveBack();
			}
			const other = tabs.open();
			await tabs.eventually('the count in another tab', async () => (await spent(other)) === 3);
		});

		it('loses nothing that is spent at the very moment at which the database is back', async () => {
			let isBlocked = true;
			const store = tabs.open(() => {
				if (isBlocked) throw new DOMException('no', 'SecurityError');
				return indexedDB;
			});
			await spend(store);
			isBlocked = false;
			// What happened here is on its way into the database, and not yet there.
			const spending: Promise<unknown>[] = [];
			const giveBack = beforeFirst(IDBObjectStore.prototype, 'put', () => spending.push(spend(store)));
			try {
				await tabs.eventually('a step on its way', () => Promise.resolve(spending.length > 0));
			} finally {
				giveBack();
			}
			await Promise.all(spending);
			assert.equal(await spent(store), 2);
			const other = tabs.open();
			await tabs.eventually('both in another tab', async () => (await spent(other)) === 2);
		});

		it('goes on without a database that is never opened, and leaves one that comes too late', async () => {
			const silent = { open: () => ({}) } as unknown as IDBFactory;
			const isUnreachable = (error: unknown): boolean => error instanceof StoreError && error.reason === 'unreachable';
			const failed = assert.rejects(
				Database.open(tabs.name, tabs.clock, () => silent),
				isUnreachable,
			);
			await tabs.pass(10_000);
			await failed;
			const db = await resultOf(indexedDB.open(tabs.name, 1));
			const request: { result: IDBDatabase; onsuccess?: () => void } = { result: db };
			const slow = { open: () => request } as unknown as IDBFactory;
			const failedToo = assert.rejects(
				Database.open(tabs.name, tabs.clock, () => slow),
				isUnreachable,
			);
			await tabs.pass(10_000);
			await failedToo;
			request.onsuccess?.();
			// It is closed again: nothing keeps the person from deleting the site's data.
			await resultOf(indexedDB.deleteDatabase(tabs.name));
		});

		it('counts what several tabs spent without the database once it is back', async () => {
			const [one, two] = [tabs.open(), tabs.open()];
			await spend(one);
			await tabs.spread();
			const giveBack = failing(IDBDatabase.prototype, 'transaction', new DOMException('gone', 'UnknownError'));
			try {
				await spend(one);
				await spend(two);
			} finally {
				giveBack();
			}
			assert.deepEqual(tabs.troubles, ['unreachable', 'unreachable']);
			await tabs.eventually('both counts', async () => (await spent(one)) + (await spent(two)) >= 6);
			await tabs.pass(60_000);
			assert.deepEqual([await spent(one), await spent(two)], [3, 3]);
		});

		it('begins anew where the person has deleted the site’s data', async () => {
			const store = tabs.open();
			await spend(store);
			await new Promise<void>((resolve, reject) => {
				const request = indexedDB.deleteDatabase(tabs.name);
				request.onsuccess = () => resolve();
				request.onerror = () => reject(new Error('not deleted'));
			});
			const other = tabs.open();
			await tabs.eventually('the count in another tab', async () => (await spent(other)) === 1);
			assert.equal(await spent(store), 1);
			assert.deepEqual(tabs.troubles, ['deleted']);
		});

		it('sets a damaged document aside, and goes on with what this tab knows', async () => {
			const store = tabs.open();
			await spend(store);
			const database = await Database.open(tabs.name, tabs.clock);
			await database.transaction('readwrite', ['documents', 'head'], (of) => {
				of('documents').put({ kind: 'key', id: 'b', rev: 50, body: '{"v":2' });
				of('head').get('head').onsuccess = (event) => {
					const { result } = event.target as IDBRequest<object>;
					of('head').put({ ...result, rev: 50 }, 'head');
				};
				return Promise.resolve();
			});
			database.close();
			await spend(store);
			assert.deepEqual(tabs.troubles, ['damaged']);
			const other = tabs.open();
			await tabs.eventually('the count in another tab', async () => (await spent(other)) === 2);
		});

		it('leaves a database of a later version alone', async () => {
			await new Promise<void>((resolve) => {
				const opening = indexedDB.open(tabs.name, 99);
				opening.onsuccess = () => {
					opening.result.close();
					resolve();
				};
			});
			const store = tabs.open();
			await spend(store);
			assert.equal(await spent(store), 1);
			assert.deepEqual(tabs.troubles, ['newer']);
		});
	});
}

function addSuccess(tx: Transaction): void {
	const record = tx.key(a);
	tx.put({ kind: 'key', id: a, doc: { ...record, success: record.success + 1 } });
}

/** Does something before a function of the browser runs for the first time. */
function beforeFirst<T extends object>(prototype: T, name: keyof T & string, act: () => void): () => void {
	const before = Reflect.get(prototype, name) as (...given: unknown[]) => unknown;
	let isFirst = true;
	Reflect.set(prototype, name, function (this: unknown, ...given: unknown[]) {
		if (isFirst) {
			isFirst = false;
			act();
		}
		return before.apply(this, given);
	});
	return () => void Reflect.set(prototype, name, before);
}

/** Makes a function of the browser throw until it is given back. */
export function failing<T extends object>(prototype: T, name: keyof T & string, error: DOMException): () => void {
	const before: unknown = Reflect.get(prototype, name);
	Reflect.set(prototype, name, () => {
		throw error;
	});
	return () => void Reflect.set(prototype, name, before);
}
