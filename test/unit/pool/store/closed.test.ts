import assert from 'node:assert/strict';
import { SharedStore, StoreError } from '../../../../src/pool/pool';
import { MemoryPlace } from '../../../support/store/memoryPlace';
import { VirtualClock } from '../../../support/virtualClock';

describe('a store of several windows that is closed', () => {
	const open = (place: MemoryPlace, clock: VirtualClock): SharedStore =>
		new SharedStore({
			backend: place,
			clock,
			random: () => 0.5,
			onStoreError: () => undefined,
			onError: assert.ifError,
		});
	const unavailable = { reason: 'storeUnavailable' };

	it('leaves no connection and no timer, whatever it was at', async () => {
		const states: readonly ((place: MemoryPlace) => void)[] = [
			() => undefined,
			(place) => (place.fails.commit = new StoreError('full')),
			(place) => (place.content.isLocked = true),
			(place) => (place.fails.open = new StoreError('unreachable')),
		];
		for (const [n, trouble] of states.entries()) {
			for (const ms of [0, 20, 2_000]) {
				const clock = new VirtualClock();
				const place = new MemoryPlace();
				const store = open(place, clock);
				await clock.settle();
				trouble(place);
				const step = store
					.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: n } }))
					.catch(() => undefined);
				await clock.advance(ms);
				await store.close();
				await step;
				await clock.settle();
				assert.deepEqual([place.connections, clock.pending], [0, 0], `${n} after ${ms} ms`);
				await assert.rejects(
					store.transact(() => undefined),
					unavailable,
				);
			}
		}
	});

	it('has written what was counted out of its reach, where it is back by then', async () => {
		const troubles: readonly ((place: MemoryPlace) => () => void)[] = [
			(place) => {
				place.fails.commit = new StoreError('full');
				return () => delete place.fails.commit;
			},
			(place) => {
				place.content.isLocked = true;
				return () => (place.content.isLocked = false);
			},
		];
		for (const [n, begin] of troubles.entries()) {
			const clock = new VirtualClock();
			const place = new MemoryPlace();
			const store = open(place, clock);
			await clock.settle();
			const end = begin(place);
			const step = store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 7 } }));
			await clock.advance(2_000);
			await step;
			end();
			await store.close();
			assert.equal(place.content.docs.pool.forgottenAt, 7, `${n}`);
			assert.deepEqual([place.connections, clock.pending], [0, 0]);
		}
	});

	it('is waited for by whoever closes it once more, as a window that is disposed of before it has left', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		const store = open(place, clock);
		await clock.settle();
		place.fails.commit = new StoreError('full');
		await store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 7 } }));
		delete place.fails.commit;
		place.ready = new Promise((resolve) => void clock.after(100, resolve));
		void store.close();
		await clock.until(store.close());
		assert.equal(place.content.docs.pool.forgottenAt, 7);
		assert.deepEqual([place.connections, clock.pending], [0, 0]);
	});

	it('while it is opened closes what it gets then, and writes nothing', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		let ready: () => void = () => undefined;
		place.ready = new Promise((resolve) => (ready = resolve));
		const store = open(place, clock);
		const step = assert.rejects(
			store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 1 } })),
			unavailable,
		);
		const closed = store.close();
		await step;
		ready();
		await closed;
		assert.deepEqual([place.asked.open, place.connections, place.asked.commit, clock.pending], [1, 0, 0, 0]);
	});

	it('while it is opened says nothing of what fails then', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		let ready: () => void = () => undefined;
		place.ready = new Promise((resolve) => (ready = resolve));
		place.fails.open = new StoreError('unreachable');
		const said: string[] = [];
		const store = new SharedStore({
			...{ backend: place, clock, random: () => 0.5, onError: assert.ifError },
			onStoreError: (reason) => said.push(reason),
		});
		const closed = store.close();
		ready();
		await closed;
		assert.deepEqual([said, clock.pending], [[], 0]);
	});

	it('while a damaged one is set aside writes what was asked into the next one', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		const store = open(place, clock);
		await clock.settle();
		place.content.isDamaged = true;
		const written = store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 1 } }));
		await store.close();
		await written;
		assert.equal(place.content.docs.pool.forgottenAt, 1);
		assert.deepEqual([place.asked.open, place.connections, clock.pending], [2, 0, 0]);
	});

	it('hears nothing of whether it was the current one', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		const store = open(place, clock);
		let answer: () => void = () => undefined;
		place.answers = new Promise((resolve) => (answer = resolve));
		await clock.advance(1_000);
		await store.close();
		place.validity = 'superseded';
		answer();
		await clock.settle();
		assert.deepEqual([place.asked.open, place.asked.close, clock.pending], [1, 1, 0]);
	});

	it('tells nobody any more', async () => {
		const clock = new VirtualClock();
		const place = new MemoryPlace();
		const [store, other] = [open(place, clock), open(place, clock)];
		await clock.settle();
		let told = 0;
		store.onDidChange(() => told++);
		await store.close();
		await other.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 1 } }));
		await clock.advance(1_000);
		assert.equal(told, 0);
		await other.close();
	});
});
