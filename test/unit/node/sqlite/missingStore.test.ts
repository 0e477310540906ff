import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBackend } from '../../../../src/node/sqlite/sqliteBackend';
import { lazyStoreBackend } from '../../../../src/node/storeBackend';
import { SharedStore, type KeyId, type StoreErrorReason } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';

describe('an editor that has no shared store', () => {
	it('has nothing to erase of it', async () => {
		await new SqliteBackend(path.join(tmpdir(), 'keypool-that-nobody-made')).eraseRemains();
	});

	it('is served from memory, with one notice, and is not asked again', async () => {
		const clock = new VirtualClock();
		const troubles: StoreErrorReason[] = [];
		const store = new SharedStore({
			backend: lazyStoreBackend(undefined),
			clock,
			random: () => 0,
			onStoreError: (trouble) => troubles.push(trouble),
			onError: (error) => {
				throw error;
			},
		});
		const key = 'a' as KeyId;
		await store.transact((tx) => tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), score: 40 } }));
		assert.equal(store.replica().key.get(key)?.score, 40);
		assert.equal(store.now(), clock.wall());
		await clock.advance(3_600_000);
		assert.deepEqual(troubles, ['missing']);
		assert.equal(clock.pending, 0);
		clock.jump(3_600_000);
		assert.equal(await store.transact((_, now) => now), clock.wall());
		await store.close();
		await assert.rejects(
			store.transact(() => undefined),
			{ reason: 'storeUnavailable' },
		);
	});
});
