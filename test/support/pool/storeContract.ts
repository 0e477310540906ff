import { usageOf } from './counts';
import assert from 'node:assert/strict';
import {
	nameOf,
	writesOf,
	type DocRef,
	type KeyId,
	type KeyRecord,
	type ProjectId,
	type StateStore,
	type Transaction,
} from '../../../src/pool/pool';
import { initialSpending } from '../../../src/pool/budget/spending';

/** Windows on one store, as a test has them. */
export interface Windows {
	/** Another window. The first `transact` may wait until the store is open. */
	open(): StateStore;
	/** Lets every window hear of what was written so far. */
	spread(): Promise<void>;
	/** Lets as much time pass as the promise needs. */
	until<T>(promise: Promise<T>): Promise<T>;
	/** ms since 1970 by the store's clock. */
	wall(): number;
	pass(ms: number): Promise<void>;
	close(): Promise<void>;
}

const a = 'a' as KeyId;
const b = 'b' as KeyId;

/** What every store must do, whatever it keeps its documents in: of one process, of a machine, of a team. */
export function storeContract(name: string, start: () => Windows): void {
	describe(`store contract: ${name}`, () => {
		let windows: Windows;
		let store: StateStore;
		beforeEach(async () => {
			windows = start();
			store = windows.open();
			await store.transact(() => undefined);
		});
		afterEach(() => windows.close());

		/** Another window that knows all. */
		const another = async (): Promise<StateStore> => {
			const other = windows.open();
			await other.transact(() => undefined);
			return other;
		};

		it('gives what the step answers, and a fresh document where none is', async () => {
			const score = await store.transact((tx) => tx.key(a).score);
			assert.equal(score, 100);
			assert.equal(store.replica().key.size, 0);
		});

		it('keeps what a step wrote, and shows it at once', async () => {
			await store.transact((tx) => addToScore(tx, a, -20));
			assert.equal(store.replica().key.get(a)?.score, 80);
			assert.equal(await store.transact((tx) => tx.key(a).score), 80);
		});

		it('a step sees all that was written before it, in its own view and in the replica', async () => {
			const other = await another();
			await other.transact((tx) => addToScore(tx, a, -20));
			const seen = await store.transact((tx) => [tx.key(a).score, store.replica().key.get(a)?.score]);
			assert.deepEqual(seen, [80, 80]);
		});

		it('a step reads its own writes', async () => {
			const score = await store.transact((tx) => {
				addToScore(tx, a, -20);
				addToScore(tx, a, -20);
				return tx.key(a).score;
			});
			assert.equal(score, 60);
			assert.equal(store.replica().key.get(a)?.score, 60);
		});

		it('writes all or nothing: a step that throws leaves no trace', async () => {
			await store.transact((tx) => addToScore(tx, a, -10));
			const failing = store.transact((tx) => {
				addToScore(tx, a, -20);
				addToScore(tx, b, -20);
				throw new Error('no');
			});
			await assert.rejects(failing, /no/);
			assert.equal(store.replica().key.get(a)?.score, 90);
			assert.equal(store.replica().key.has(b), false);
			const other = await another();
			assert.equal(await other.transact((tx) => tx.key(a).score), 90);
		});

		it('forgets what is dropped, in every window', async () => {
			const other = await another();
			await store.transact((tx) => addToScore(tx, a, -10));
			await windows.spread();
			assert.equal(other.replica().key.get(a)?.score, 90);
			await store.transact((tx) => tx.drop({ kind: 'key', id: a }));
			await windows.spread();
			assert.equal(store.replica().key.has(a), false);
			assert.equal(other.replica().key.has(a), false);
		});

		it('every kind of document arrives as it was written', async () => {
			const other = await another();
			await store.transact(writeOneOfEach);
			await windows.spread();
			const arrived = [...writesOf(other.replica())];
			assert.deepEqual(arrived, [...writesOf(store.replica())]);
			assert.deepEqual(
				arrived.map(({ kind }) => kind),
				[
					...['bucket', 'key', 'model', 'pool', 'usage', 'requestRecord', 'windowQueue', 'leader'],
					...['cooldown', 'client', 'spending', 'dailyCost', 'outbox'],
				],
			);
			assert.equal(other.replica().pool.paused?.reason, 'leaked');
			assert.equal(await other.transact((tx) => [...tx.windowQueues().keys()].join()), 'w');
			assert.equal(await other.transact((tx) => tx.leader('metrics')?.holder), 'w');
		});

		it('tells every window what changed, after it happened, and nothing where nothing did', async () => {
			const other = await another();
			const own = heard(store);
			const foreign = heard(other);
			await store.transact((tx) => addToScore(tx, a, -10));
			assert.deepEqual(own.splice(0), ['key a 90']);
			await windows.spread();
			assert.deepEqual(foreign.splice(0), ['key a 90']);
			await store.transact((tx) => tx.put({ kind: 'key', id: a, doc: tx.key(a) }));
			await store.transact((tx) => tx.drop({ kind: 'key', id: b }));
			await windows.spread();
			assert.deepEqual([own, foreign], [[], []]);
		});

		it('a listener that was taken off hears nothing', async () => {
			const refs: DocRef[] = [];
			store.onDidChange((changed) => refs.push(...changed))();
			await store.transact((tx) => addToScore(tx, a, -10));
			assert.deepEqual(refs, []);
		});

		it('a step sees what another window wrote, although nobody has told this one yet', async () => {
			const other = await another();
			await store.transact((tx) => addToScore(tx, a, -10));
			assert.equal(await other.transact((tx) => tx.key(a).score), 90);
			assert.equal(other.replica().key.get(a)?.score, 90);
		});

		it('steps of several windows at the same time lose nothing', async () => {
			const all = [store, await another(), await another(), await another()];
			const count = 25;
			const steps = Array.from({ length: count }, () =>
				all.map((one) => one.transact((tx) => tx.put(counted(tx)))),
			).flat();
			await windows.until(Promise.all(steps));
			const last = await store.transact((tx) => tx.key(a).success);
			assert.equal(last, count * all.length);
		});

		it('steps of one window run in the order they were given', async () => {
			const order: number[] = [];
			await windows.until(Promise.all([1, 2, 3].map((n) => store.transact(() => void order.push(n)))));
			assert.deepEqual(order, [1, 2, 3]);
		});

		it('what a listener writes is written', async () => {
			const done = new Promise<void>((resolve) => {
				store.onDidChange((refs) => {
					if (refs.some((ref) => nameOf(ref) === 'key a')) {
						void store.transact((tx) => addToScore(tx, b, -20)).then(resolve);
					}
				});
			});
			await store.transact((tx) => addToScore(tx, a, -10));
			await windows.until(done);
			assert.equal(store.replica().key.get(b)?.score, 80);
		});

		it('all windows have the store’s clock, and it goes on', async () => {
			const other = await another();
			const times: number[] = [];
			await store.transact((_, now) => void times.push(now));
			await windows.pass(1_000);
			await other.transact((_, now) => void times.push(now));
			assert.deepEqual(times, [windows.wall() - 1_000, windows.wall()]);
			assert.deepEqual([store.now(), other.now()], [windows.wall(), windows.wall()]);
		});

		it('a window that comes later finds what is known', async () => {
			await store.transact(writeOneOfEach);
			await store.close();
			const later = await another();
			assert.deepEqual(later.replica().pool, store.replica().pool);
			assert.equal(later.replica().bucket.size, 1);
		});

		it('a closed window hears nothing', async () => {
			const other = await another();
			const told = heard(other);
			await other.close();
			await store.transact((tx) => addToScore(tx, a, -10));
			await windows.spread();
			assert.deepEqual(told, []);
		});
	});
}

function addToScore(tx: Transaction, id: KeyId, by: number): void {
	const record = tx.key(id);
	tx.put({ kind: 'key', id, doc: { ...record, score: record.score + by } });
}

function counted(tx: Transaction): { kind: 'key'; id: KeyId; doc: KeyRecord } {
	const record = tx.key(a);
	return { kind: 'key', id: a, doc: { ...record, success: record.success + 1 } };
}

function heard(store: StateStore): string[] {
	const told: string[] = [];
	store.onDidChange((refs) => {
		for (const ref of refs) {
			const score = ref.kind === 'key' ? ` ${String(store.replica().key.get(ref.id)?.score)}` : '';
			told.push(nameOf(ref) + score);
		}
	});
	return told;
}

/** A document of each kind, with text that a store could spoil. */
export function writeOneOfEach(tx: Transaction, now: number): void {
	const bucket = 'p/m' as Parameters<Transaction['bucket']>[0];
	tx.put({ kind: 'bucket', id: bucket, doc: { ...tx.bucket(bucket), minute: [[now - 5, now, 2, 70.5]] } });
	tx.put({ kind: 'key', id: a, doc: { ...tx.key(a), score: 0 } });
	tx.put({ kind: 'model', id: 'm', doc: { ...tx.model('m'), resolvesTo: { model: 'm-001', from: 'quota' } } });
	const serviceMessage = 'Đã bị lộ — "\u0000\u2028😀" \'; DROP TABLE doc;';
	tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: a, since: now, serviceMessage } } });
	const sent = { client: 'gateway:"😀"', servedModel: 'm-001', tier: 'free', sends: 1, input: 2, output: 3 } as const;
	tx.put(usageOf({ minute: 61, key: a, outcome: 'answered', ...sent }));
	const record = { request: 'r1', origin: 'chat', endedAt: now, outcome: 'answered', attempts: [] } as const;
	tx.put({ kind: 'requestRecord', id: 'r1', doc: record });
	const size = { bytes: 1, tokens: 0 };
	const waiter = { id: 'r2', priority: 'chat', since: now, reason: 'rpm', models: ['m'], size, paid: false } as const;
	tx.put({ kind: 'windowQueue', id: 'w', doc: { v: 2, heartbeatAt: now, requests: [waiter], chatStreak: 0 } });
	tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'w', expiresAt: now + 1_000 } });
	tx.put({ kind: 'cooldown', id: bucket, doc: { v: 2, spans: [{ reason: 'rpm', from: now - 5, until: now }] } });
	const day = { endsAt: now + 3_600_000, requests: 2, input: 30, output: 4 };
	tx.put({ kind: 'client', id: 'tool', doc: { v: 2, lastUsedAt: now, day } });
	const spent = initialSpending(now);
	tx.put({ kind: 'spending', id: 'pool', doc: { ...spent, month: { ...spent.month, cost: 70 } } });
	const sums = { sends: 1, input: 2, cached: 0, output: 3, thoughts: 0, cost: 70, listCost: 70 };
	const group = { key: a, project: 'p' as ProjectId, client: 'gateway:"😀"', model: 'm-001', tier: 'paid' } as const;
	const { day: ofDay, month } = spent;
	const ends = { dayEndsAt: ofDay.endsAt, monthEndsAt: month.endsAt };
	tx.put({ kind: 'dailyCost', id: 'd', doc: { v: 2, ...ends, ...group, ...sums } });
	const base = [{ kind: 'pool', id: '', body: serviceMessage }];
	const told = { owner: 'o', team: 't', base, ours: [{ kind: 'bucket', id: bucket, body: null }], commits: [] };
	tx.put({ kind: 'outbox', id: 'o', doc: { v: 2, at: now, ...told } });
}
