import assert from 'node:assert/strict';
import { SharedStore, StoreError, type KeyId, type StateStore } from '../../../../src/pool/pool';
import { MemoryPlace } from '../../../support/store/memoryPlace';
import { VirtualClock } from '../../../support/virtualClock';

const a = 'a' as KeyId;

describe('a store of several windows that goes out of reach', () => {
	let clock: VirtualClock;
	let place: MemoryPlace;
	let said: string[];
	let causes: unknown[];
	let errors: unknown[];
	beforeEach(() => {
		clock = new VirtualClock();
		place = new MemoryPlace();
		said = [];
		causes = [];
		errors = [];
	});

	const window = (): SharedStore =>
		new SharedStore({
			backend: place,
			clock,
			random: () => 0.5,
			onStoreError: (reason, cause) => {
				said.push(reason);
				causes.push(cause);
			},
			onError: (error) => errors.push(error),
		});
	/** One more success of the key; answers how many there are. */
	const count = (store: StateStore): Promise<number> =>
		clock.until(
			store.transact((tx) => {
				const record = tx.key(a);
				tx.put({ kind: 'key', id: a, doc: { ...record, success: record.success + 1 } });
				return record.success + 1;
			}),
		);
	const stored = (): number | undefined => place.content.docs.key.get(a)?.success;

	it('is tried again ten seconds later by a new connection, and the old one is closed', async () => {
		const store = window();
		await count(store);
		const cause = new Error('no space');
		place.fails.commit = new StoreError('full', { cause });
		assert.deepEqual([await count(store), said, causes], [2, ['full'], [cause]]);
		assert.deepEqual([place.connections, errors], [0, []]);
		delete place.fails.commit;
		await clock.advance(9_900);
		assert.deepEqual([place.asked.open, stored()], [1, 1]);
		await clock.advance(100);
		assert.deepEqual([place.asked.open, place.connections, stored()], [2, 1, 2]);
		assert.equal(await count(store), 3);
		assert.equal(stored(), 3);
	});

	it('is tried again for as long as it takes, and said once', async () => {
		place.fails.open = new StoreError('unreachable');
		const store = window();
		await count(store);
		await clock.advance(60_000);
		assert.deepEqual([said, stored()], [['unreachable'], undefined]);
		delete place.fails.open;
		await clock.advance(10_000);
		assert.deepEqual([stored(), place.connections], [1, 1]);
	});

	it('because its lock is held keeps its connection, and is tried again each second', async () => {
		const store = window();
		await count(store);
		place.content.isLocked = true;
		assert.deepEqual([await count(store), said], [2, ['locked']]);
		const tried = place.asked.begin;
		await clock.advance(3_000);
		assert.deepEqual([place.asked.open, place.connections, stored()], [1, 1, 1]);
		place.content.isLocked = false;
		await clock.advance(1_000);
		assert.deepEqual([place.asked.open, place.connections, stored()], [1, 1, 2]);
		assert.equal(place.asked.begin - tried, 4);
		assert.deepEqual(said, ['locked']);
	});

	it('while it is opened and busy leaves no connection open but one', async () => {
		place.content.isLocked = true;
		const store = window();
		await clock.advance(100);
		assert.deepEqual([place.connections, said], [0, []]);
		place.content.isLocked = false;
		assert.equal(await count(store), 1);
		assert.deepEqual([place.connections, said], [1, []]);
	});

	it('that stays busy while it is opened is waited for a second and a half, then counts as locked', async () => {
		place.content.isLocked = true;
		const store = window();
		const began = clock.monotonic();
		await count(store);
		const waited = clock.monotonic() - began;
		assert.ok(waited >= 1_500 && waited < 1_550, String(waited));
		assert.deepEqual([said, place.connections], [['locked'], 1]);
		place.content.isLocked = false;
		await clock.advance(1_000);
		assert.deepEqual([stored(), place.connections], [1, 1]);
	});

	it('and is damaged, as it turns out then, is set aside and begun anew after a while', async () => {
		const store = window();
		await count(store);
		place.fails.commit = new StoreError('full');
		await count(store);
		place.content.isDamaged = true;
		delete place.fails.commit;
		await clock.advance(10_000);
		assert.deepEqual([said, place.asked.setAside, place.connections], [['full', 'damaged'], 1, 0]);
		await clock.advance(9_900);
		assert.equal(stored(), undefined, 'not at once: on a broken disk the next is damaged, too');
		await clock.advance(100);
		assert.equal(stored(), 2);
	});

	it('because it was damaged is set aside and begun anew at once, with what is known', async () => {
		const store = window();
		await count(store);
		place.content.isDamaged = true;
		assert.deepEqual([await count(store), said], [2, ['damaged']]);
		await clock.settle();
		assert.deepEqual([place.asked.setAside, stored(), place.connections], [1, 2, 1]);
	});

	it('because it was deleted is written anew at once, with what is known', async () => {
		const store = window();
		await count(store);
		place.replace();
		place.validity = 'deleted';
		await clock.advance(1_000);
		assert.deepEqual([said, stored(), place.connections], [['deleted'], 1, 1]);
		place.validity = 'current';
		assert.equal(await count(store), 2);
	});

	it('because another has replaced it is no trouble: the window goes over, and brings what it knows', async () => {
		const store = window();
		await count(store);
		place.replace();
		place.validity = 'superseded';
		await clock.advance(1_000);
		place.validity = 'current';
		assert.deepEqual([said, place.asked.open, place.connections], [[], 2, 1]);
		assert.equal(await count(store), 2);
		assert.equal(stored(), 2);
	});

	it('is looked at four times a second, and once whether it is the current one', async () => {
		const store = window();
		await count(store);
		const { changesSince, validity } = place.asked;
		await clock.advance(4_000);
		assert.deepEqual([place.asked.changesSince - changesSince, place.asked.validity - validity], [16, 4]);
	});

	it('that is busy when it is looked at is looked at again', async () => {
		const [store, other] = [window(), window()];
		await count(store);
		await count(other);
		place.fails.changesSince = new StoreError('busy');
		await count(other);
		await clock.advance(1_000);
		assert.deepEqual([store.replica().key.get(a)?.success, said], [1, []]);
		delete place.fails.changesSince;
		await clock.advance(250);
		assert.equal(store.replica().key.get(a)?.success, 3);
	});

	it('cannot be seen: what waits runs from memory', async () => {
		const store = window();
		await count(store);
		place.fails.changesSince = new StoreError('unreachable');
		await clock.advance(250);
		assert.deepEqual([said, place.connections], [['unreachable'], 0]);
		assert.equal(await count(store), 2);
	});

	it('and whose fault is none that a store may throw is unreachable, and the fault is reported', async () => {
		const store = window();
		await count(store);
		const fault = new Error('a bug');
		place.fails.begin = fault;
		assert.equal(await count(store), 2);
		assert.deepEqual([said, causes, errors], [['unreachable'], [fault], [fault]]);
	});

	it('is left as it was found where it cannot be joined', async () => {
		place.fails.commit = new StoreError('readOnly');
		const store = window();
		await count(store);
		assert.deepEqual([said, place.content.isLocked, place.connections], [['readOnly'], false, 0]);
	});
});

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
