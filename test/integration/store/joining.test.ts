import assert from 'node:assert/strict';
import type { KeyId, StateStore, SharedStore } from '../../../src/pool/pool';
import { FaultyPlace } from '../../support/store/faults';
import { Files } from '../../support/store/files';

const a = 'a' as KeyId;

describe('coming to a record of quotas that is not ready', () => {
	let files: Files;
	let faulty: FaultyPlace;
	beforeEach(() => {
		files = new Files();
		faulty = new FaultyPlace(files.place());
	});
	afterEach(() => files.close());

	/** One more success of the key. */
	const count = (store: StateStore): Promise<void> =>
		store.transact((tx) => {
			const record = tx.key(a);
			tx.put({ kind: 'key', id: a, doc: { ...record, success: record.success + 1 } });
		});
	const successes = (store: StateStore): number | undefined => store.replica().key.get(a)?.success;
	/** What a window that comes now reads. */
	const stored = async (): Promise<number | undefined> => {
		const store = files.open();
		await files.until(store.transact(() => undefined));
		return successes(store);
	};
	const pass = async (ms: number): Promise<void> => {
		for (let passed = 0; passed < ms; passed += 50) {
			await files.disk(() => false, 30);
			await files.clock.advance(50);
		}
	};

	it('waits where it is busy for a moment, and says nothing', async () => {
		faulty.beginning = 'busy';
		const store = files.open(faulty);
		const counted = count(store);
		let isCounted = false;
		void counted.then(() => (isCounted = true));
		await pass(1_000);
		assert.equal(isCounted, false);
		faulty.beginning = undefined;
		await files.until(counted);
		assert.deepEqual([await stored(), files.troubles], [1, []]);
	});

	it('goes on by itself where it stays busy, says that it is locked, and brings what it did later', async () => {
		faulty.beginning = 'busy';
		const store = files.open(faulty);
		await files.until(count(store));
		assert.deepEqual([successes(store), files.troubles], [1, ['locked']]);
		const other = files.open();
		await files.until(count(other));
		faulty.beginning = undefined;
		await files.eventually(() => successes(store) === 2 && successes(other) === 2);
		assert.deepEqual(files.troubles, ['locked']);
	});

	it('lets go of what it cannot write to, so that the others can', async () => {
		faulty.committing = 'full';
		const store = files.open(faulty);
		await files.until(count(store));
		assert.deepEqual(files.troubles, ['full']);
		const other = files.open();
		await files.until(count(other));
		assert.equal(await stored(), 1);
		faulty.committing = undefined;
		await files.eventually(() => successes(store) === 2);
	});

	it('goes on by itself where it cannot see what the others do, and joins them again', async () => {
		const store = files.open(faulty);
		await files.until(count(store));
		const cause = new Error('the disk is gone');
		faulty.looking = cause;
		await pass(500);
		assert.deepEqual([files.troubles, files.errors.splice(0)], [['unreachable'], [cause]]);
		await files.until(count(store));
		faulty.looking = undefined;
		const other = files.open();
		await files.until(count(other));
		await files.eventually(() => successes(store) === 3 && successes(other) === 3);
	});

	it('a step that fails fails alone, with the record and without', async () => {
		const fails = (store: SharedStore): Promise<unknown> =>
			store.transact(() => {
				throw new Error('no such key');
			});
		faulty.opening = 'readOnly';
		for (const store of [files.open(), files.open(faulty)]) {
			await files.until(store.transact(() => undefined));
			await assert.rejects(files.until(fails(store)), /no such key/);
			await files.until(count(store));
			assert.equal(successes(store), 1);
		}
	});

	it('a listener that fails is reported, and the others are told', async () => {
		const store = files.open();
		let told = 0;
		store.onDidChange(() => {
			throw new Error('mine');
		});
		store.onDidChange(() => told++);
		await files.until(count(store));
		assert.ok(told > 0);
		assert.ok(files.errors.splice(0).every((error) => String(error) === 'Error: mine'));
	});
});
