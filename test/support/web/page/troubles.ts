import assert from 'node:assert/strict';
import type { KeyId, StateStore, Transaction } from '../../../../src/pool/pool';
import { Database } from '../../../../src/web/database';
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
		});

		it('sets a damaged document aside, and goes on with what this tab knows', async () => {
			const store = tabs.open();
			await spend(store);
			const database = await Database.open(tabs.name);
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

/** Makes a function of the browser throw until it is given back. */
function failing<T extends object>(prototype: T, name: keyof T & string, error: DOMException): () => void {
	const before: unknown = Reflect.get(prototype, name);
	Reflect.set(prototype, name, () => {
		throw error;
	});
	return () => void Reflect.set(prototype, name, before);
}
