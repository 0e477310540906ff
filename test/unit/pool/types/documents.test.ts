import assert from 'node:assert/strict';
import {
	DocMaps,
	DocsTransaction,
	nameOf,
	refOf,
	storedDocument,
	type DocRef,
	type NamedRef,
	type Transaction,
	type Write,
} from '../../../../src/pool/pool';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { VirtualClock } from '../../../support/virtualClock';
import { writeOneOfEach } from '../../../support/pool/storeContract';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const now = new VirtualClock().wall();

function filled(): DocMaps {
	const docs = new DocMaps();
	const tx = new DocsTransaction(docs, now);
	writeOneOfEach(tx, now);
	for (const change of tx.changes) docs.apply(change);
	return docs;
}

const named = (docs: DocMaps): readonly Exclude<Write, { kind: 'pool' }>[] =>
	[...docs.writes()].flatMap((write) => (write.kind === 'pool' ? [] : [write]));

/** What a step reads under a name. */
function read(tx: Transaction, ref: DocRef): unknown {
	switch (ref.kind) {
		case 'bucket':
			return tx.bucket(ref.id);
		case 'key':
			return tx.key(ref.id);
		case 'model':
			return tx.model(ref.id);
		case 'usage':
			return tx.usage(ref.id);
		case 'leader':
			return tx.leader(ref.id);
		case 'cooldown':
			return tx.cooldown(ref.id);
		case 'client':
			return tx.client(ref.id);
		case 'spending':
			return tx.spending(ref.id);
		case 'dailyCost':
			return tx.dailyCost(ref.id);
		case 'windowQueue':
			return tx.windowQueues().get(ref.id);
		case 'pool':
			return tx.pool();
		case 'requestRecord':
		case 'outbox':
			return undefined;
	}
}

describe('documents', () => {
	it('of every kind have a name of their own, and are told by it', () => {
		const docs = filled();
		assert.deepEqual([...docs.writes()].map(nameOf), [
			'bucket p/m',
			'key a',
			'model m',
			'pool',
			'usage 1 a',
			'requestRecord r1',
			'windowQueue w',
			'leader metrics',
			'cooldown p/m',
			'client tool',
			'spending pool',
			'dailyCost d',
			'outbox o',
		]);
		for (const write of docs.writes()) {
			assert.equal(storedDocument(docs, write), write.doc);
			assert.equal(refOf(write), write);
		}
		const ref: NamedRef = { kind: 'windowQueue', id: 'w' };
		assert.equal(refOf({ kind: 'drop', ref }), ref);
		assert.deepEqual(new DocMaps().pool, { v: 2 });
	});

	it('of every kind can be forgotten', () => {
		const docs = filled();
		for (const ref of named(docs)) {
			docs.apply({ kind: 'drop', ref });
			assert.equal(storedDocument(docs, ref), undefined, ref.kind);
		}
		assert.deepEqual([...docs.writes()].map(nameOf), ['pool']);
	});
});

describe('a step', () => {
	const docs = filled();
	const fresh: Readonly<Record<string, unknown>> = {
		bucket: initialBucket(now),
		key: initialKeyRecord,
		model: initialModelRecord,
	};

	it('reads what is stored, what it wrote, and a fresh one of what it dropped', () => {
		const other = filled();
		for (const write of [...other.writes()]) {
			if (write.kind === 'requestRecord' || write.kind === 'outbox') continue;
			const tx = new DocsTransaction(docs, now);
			assert.equal(read(tx, write), storedDocument(docs, write), write.kind);
			tx.put(write);
			assert.equal(read(tx, write), write.doc, `${write.kind} written`);
			if (write.kind === 'pool') continue;
			tx.drop(write);
			assert.deepEqual(read(tx, write), fresh[write.kind], `${write.kind} dropped`);
			assert.deepEqual(tx.changes, [{ kind: 'drop', ref: write }]);
		}
	});

	it('changes nothing by writing back what it read, nor by dropping what is not there', () => {
		const tx = new DocsTransaction(docs, now);
		for (const write of docs.writes()) if (write.kind !== 'requestRecord') tx.put(write);
		tx.drop({ kind: 'windowQueue', id: 'nobody' });
		tx.drop({ kind: 'usage', id: 'nothing' });
		assert.deepEqual(tx.changes, []);
		tx.put({ kind: 'windowQueue', id: 'new', doc: { v: 2, heartbeatAt: now, requests: [], chatStreak: 0 } });
		tx.drop({ kind: 'windowQueue', id: 'new' });
		assert.deepEqual(
			tx.changes.map(({ kind }) => kind),
			['drop'],
			'what it wrote itself',
		);
	});

	it('sees the line of every window, with its own changes', () => {
		const tx = new DocsTransaction(docs, now);
		assert.equal(tx.windowQueues(), docs.windowQueue);
		tx.put({ kind: 'windowQueue', id: 'x', doc: { v: 2, heartbeatAt: now, requests: [], chatStreak: 2 } });
		assert.deepEqual([...tx.windowQueues().keys()], ['w', 'x']);
		tx.drop({ kind: 'windowQueue', id: 'w' });
		tx.drop({ kind: 'usage', id: '1 a' });
		assert.deepEqual([...tx.windowQueues().keys()], ['x']);
		assert.deepEqual([...docs.windowQueue.keys()], ['w']);
	});
});

describe('the store in memory', () => {
	it('gives what decides, and begins from it', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		await store.transact(writeOneOfEach);
		const data = store.export();
		assert.deepEqual(Object.keys(data), ['bucket', 'key', 'model', 'pool']);
		assert.deepEqual(
			[data.bucket.length, data.key.length, data.model.length, data.pool.paused?.reason],
			[1, 1, 1, 'leaked'],
		);
		assert.deepEqual(new InMemoryStore(clock, data).export(), data);
		assert.deepEqual(new InMemoryStore(clock).export(), { bucket: [], key: [], model: [], pool: { v: 2 } });
	});

	it('tells of a step once, and rejects with what it threw', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const told: (readonly DocRef[])[] = [];
		store.onDidChange((refs) => told.push(refs));
		await store.transact(writeOneOfEach);
		await store.transact(() => undefined);
		assert.deepEqual(
			told.map(({ length }) => length),
			[13],
		);
		const thrown = new Error('mine');
		await assert.rejects(
			store.transact(() => {
				throw thrown;
			}),
			thrown,
		);
		await assert.rejects(
			store.transact(() => {
				// eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the point
				throw 'words';
			}),
			/^Error: words$/,
		);
		await store.close();
		await store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2 } }));
		assert.equal(told.length, 1);
	});
});
