import assert from 'node:assert/strict';
import { SharedStore, StoreError, type Change, type KeyId, type StoreConnection } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';

const key = 'a' as KeyId;

/** A store that this process has alone, and when it looks at what has come. */
class Alone {
	readonly commits: (readonly Change[])[] = [];
	/** What the next commit throws. */
	trouble: StoreError | undefined;
	private readonly due: (() => void)[] = [];
	private rev = 0;
	readonly store = new SharedStore({
		backend: { open: () => Promise.resolve(this.connection()), setAside: () => Promise.resolve() },
		clock: new VirtualClock(),
		soon: (run) => void this.due.push(run),
		random: () => 0,
		onStoreError: () => undefined,
		onError: (error) => {
			throw error;
		},
	});

	look(): void {
		for (const run of this.due.splice(0)) run();
	}

	score(by: number): Promise<number> {
		return this.store.transact((tx) => {
			const doc = { ...tx.key(key), score: tx.key(key).score + by };
			tx.put({ kind: 'key', id: key, doc });
			return doc.score;
		});
	}

	private connection(): StoreConnection {
		return {
			begin: () => ({ rev: this.rev, store: 'alone', stamp: undefined, isComplete: false, changes: [] }),
			commit: (changes) => {
				if (this.trouble) throw this.trouble;
				if (changes.length > 0) this.commits.push(changes);
				return ++this.rev;
			},
			rollback: () => undefined,
			changesSince: () => undefined,
			validity: () => Promise.resolve('current'),
			close: () => undefined,
		};
	}
}

async function opened(): Promise<Alone> {
	const alone = new Alone();
	const first = alone.store.transact(() => undefined);
	alone.look();
	await first;
	return alone;
}

describe('steps that come together', () => {
	it('are written at once, and each sees what those before it wrote', async () => {
		const alone = await opened();
		let told = 0;
		alone.store.onDidChange(() => told++);
		const scores = Promise.all([alone.score(-10), alone.score(-20), alone.score(-30)]);
		assert.equal(alone.commits.length, 0);
		alone.look();
		assert.deepEqual(await scores, [90, 70, 40]);
		assert.equal(alone.commits.length, 1);
		assert.equal(alone.commits[0]?.length, 1);
		assert.equal(alone.store.replica().key.get(key)?.score, 40);
		assert.equal(told, 1);
		await alone.store.close();
	});

	it('one that throws writes nothing, and the others are written', async () => {
		const alone = await opened();
		const before = alone.score(-10);
		const broken = alone.store.transact((tx) => {
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), score: 1 } });
			throw new Error('no');
		});
		const after = alone.score(-20);
		alone.look();
		await assert.rejects(broken, /no/);
		assert.deepEqual([await before, await after], [90, 70]);
		assert.equal(alone.store.replica().key.get(key)?.score, 70);
		await alone.store.close();
	});

	it('are run anew from memory, once, where they could not be written', async () => {
		const alone = await opened();
		alone.trouble = new StoreError('full');
		const scores = Promise.all([alone.score(-10), alone.score(-20)]);
		alone.look();
		assert.deepEqual(await scores, [90, 70]);
		assert.equal(alone.store.replica().key.get(key)?.score, 70);
		await alone.store.close();
	});

	it('are written before the store is closed', async () => {
		const alone = await opened();
		const score = alone.score(-10);
		await alone.store.close();
		assert.equal(await score, 90);
		assert.equal(alone.commits.length, 1);
	});
});
