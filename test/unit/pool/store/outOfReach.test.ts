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
		clock.jump(3_600_000);
		assert.equal(await store.transact((_, now) => now), clock.wall(), 'the clock is still followed');
	});

	it('and whose fault is none that a store may throw is unreachable, and the fault is reported', async () => {
		const store = window();
		await count(store);
		const fault = new Error('a bug');
		place.fails.begin = fault;
		assert.equal(await count(store), 2);
		assert.deepEqual([said, causes, errors], [['unreachable'], [fault], [fault]]);
	});

	it('that is busy for a moment now and then is no trouble', async () => {
		place.content.isLocked = true;
		const store = window();
		const busyFor = async (ms: number): Promise<void> => {
			place.content.isLocked = true;
			clock.after(ms, () => (place.content.isLocked = false));
			await count(store);
		};
		clock.after(1_000, () => (place.content.isLocked = false));
		await clock.advance(1_100);
		await busyFor(1_000);
		await busyFor(1_000);
		assert.deepEqual([stored(), said], [2, []]);
	});

	it('that cannot even be opened while it is busy is waited for', async () => {
		place.fails.open = new StoreError('busy');
		const store = window();
		clock.after(500, () => delete place.fails.open);
		assert.equal(await count(store), 1);
		assert.deepEqual([stored(), said, errors], [1, [], []]);
	});

	it('that no editor like this one has is not asked for again', async () => {
		place.fails.open = new StoreError('missing');
		const store = window();
		assert.equal(await count(store), 1);
		await clock.advance(3_600_000);
		assert.deepEqual([said, clock.pending], [['missing'], 0]);
		clock.jump(3_600_000);
		assert.equal(await store.transact((_, now) => now), clock.wall(), 'time goes on without it');
	});

	it('does not keep a window from hearing of what it does itself', async () => {
		place.fails.open = new StoreError('unreachable');
		const store = window();
		await count(store);
		let told = 0;
		store.onDidChange(() => told++);
		await count(store);
		assert.equal(told, 1);
	});

	it('was out of reach for a while: what its older connection says late concerns nobody', async () => {
		const store = window();
		await count(store);
		let answer: () => void = () => undefined;
		place.answers = new Promise((resolve) => (answer = resolve));
		await clock.advance(1_000);
		place.fails.commit = new StoreError('full');
		await count(store);
		delete place.fails.commit;
		place.validity = 'superseded';
		answer();
		await clock.settle();
		assert.deepEqual([place.asked.open, place.asked.close], [1, 1], 'out of reach');
		place.validity = 'current';
		place.answers = new Promise((resolve) => (answer = resolve));
		await clock.advance(11_000);
		place.fails.commit = new StoreError('full');
		await count(store);
		delete place.fails.commit;
		await clock.advance(10_000);
		place.validity = 'deleted';
		answer();
		await clock.settle();
		assert.deepEqual([place.asked.open, place.connections, said], [3, 1, ['full', 'full']], 'and back');
	});

	it('does not get back what others have dropped meanwhile', async () => {
		const [store, other] = [window(), window()];
		await count(store);
		await other.transact(() => undefined);
		place.fails.commit = new StoreError('full');
		await store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 1 } }));
		delete place.fails.commit;
		await other.transact((tx) => tx.drop({ kind: 'key', id: a }));
		await clock.advance(10_000);
		assert.deepEqual([place.content.docs.pool.forgottenAt, stored()], [1, undefined]);
		assert.equal(store.replica().key.has(a), false);
	});

	it('is left as it was found where it cannot be joined', async () => {
		place.fails.commit = new StoreError('readOnly');
		const store = window();
		await count(store);
		assert.deepEqual([said, place.content.isLocked, place.connections], [['readOnly'], false, 0]);
	});
});
