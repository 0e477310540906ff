import assert from 'node:assert/strict';
import { SharedStore, nameOf, type Clock, type StateStore } from '../../../../src/pool/pool';
import { MemoryPlace } from '../../../support/store/memoryPlace';
import { VirtualClock } from '../../../support/virtualClock';

describe('a store of several windows', () => {
	let clock: VirtualClock;
	let place: MemoryPlace;
	beforeEach(() => {
		clock = new VirtualClock();
		place = new MemoryPlace();
	});

	const window = (own: Clock = clock): SharedStore =>
		new SharedStore({
			...{ backend: place, clock: own, random: () => 0.5 },
			...{ onStoreError: (reason: string) => assert.fail(reason), onError: assert.ifError },
		});
	const write = (store: StateStore, id: string): Promise<void> =>
		store.transact((tx, now) => {
			const day = { endsAt: now, requests: 1, input: 1, output: 1 };
			tx.put({ kind: 'client', id, doc: { v: 2, lastUsedAt: now, day } });
		});
	/** What a window is told, a line each time. */
	const heard = (store: StateStore): string[] => {
		const told: string[] = [];
		store.onDidChange((refs) => told.push(refs.map(nameOf).join(' ')));
		return told;
	};

	it('tells a window that opens it what it holds', async () => {
		const first = window();
		await write(first, 'a');
		const told = heard(window());
		await clock.settle();
		assert.deepEqual(told, ['pool client a']);
	});

	it('is not written by a step that writes nothing, and nobody is told of it', async () => {
		const store = window();
		await write(store, 'a');
		const told = heard(store);
		const { commit } = place.asked;
		assert.equal(await store.transact(() => 7), 7);
		assert.deepEqual([place.asked.commit, place.content.isLocked, told], [commit, false, []]);
	});

	it('takes 64 steps at once, and lets go of its lock in between', async () => {
		const store = window();
		await Promise.all(Array.from({ length: 130 }, (_, n) => write(store, `${n}`)));
		assert.deepEqual(
			place.content.commits.map(({ length }) => length).filter((length) => length > 0),
			[64, 64, 2],
		);
	});

	it('has one clock for all windows, whose own may differ', async () => {
		const first = window();
		await write(first, 'a');
		const late = window({ monotonic: clock.monotonic, after: clock.after, wall: () => clock.wall() + 30_000 });
		assert.equal(await late.transact((_, now) => now), clock.wall());
		assert.equal(late.now(), first.now());
	});

	it('follows the machine’s clock when it was set, once for all windows, even if nothing is written', async () => {
		const [one, two] = [window(), window()];
		await write(one, 'a');
		await write(two, 'b');
		await clock.advance(250);
		const { commit } = place.asked;
		clock.jump(3_600_000);
		await clock.advance(500);
		assert.equal(place.asked.commit - commit, 1);
		assert.deepEqual([one.now(), two.now()], [clock.wall(), clock.wall()]);
	});
});
