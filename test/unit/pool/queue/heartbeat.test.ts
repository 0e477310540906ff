import assert from 'node:assert/strict';
import type { QueueRecord } from '../../../../src/pool/pool';
import { isAlive, QueueHeartbeat } from '../../../../src/pool/queue/sharedQueue';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const waiter = (id: string): QueueRecord => ({
	...{ id, priority: 'chat', since: 0, reason: 'rpm', models: ['m'], size: { bytes: 1, tokens: 0 }, paid: false },
});

describe('what a window tells of those that wait in it', () => {
	let clock: VirtualClock;
	let store: InMemoryStore;
	let queue: QueueRecord[];
	let heartbeat: QueueHeartbeat;
	let writes: number;
	beforeEach(() => {
		clock = new VirtualClock();
		store = new InMemoryStore(clock);
		queue = [];
		heartbeat = new QueueHeartbeat(
			store,
			clock,
			'mine',
			() => [...queue],
			() => queue.length,
		);
		writes = 0;
		store.onDidChange(() => writes++);
	});
	const told = () => store.replica().windowQueue.get('mine');
	const update = async (...ids: readonly string[]): Promise<void> => {
		queue = ids.map(waiter);
		heartbeat.update();
		await clock.settle();
	};

	it('is nothing while nobody waits', async () => {
		await update();
		await clock.advance(10_000);
		assert.deepEqual([writes, told(), clock.pending], [0, undefined, 0]);
	});

	it('is written when somebody comes or goes, not when all is as it was, and is gone with the last one', async () => {
		for (const [ids, count] of [
			[['a'], 1],
			[['a'], 1],
			[['a', 'b'], 2],
			[['b'], 3],
		] as const) {
			await update(...ids);
			assert.deepEqual([told()?.requests.map(({ id }) => id), writes], [ids, count]);
		}
		await update();
		assert.deepEqual([told(), clock.pending], [undefined, 0]);
		await clock.advance(10_000);
		assert.equal(writes, 4);
	});

	it('is true as long as they wait, each second anew', async () => {
		await update('a');
		for (let n = 0; n < 20; n++) {
			await clock.advance(500);
			const now = told();
			assert.ok(now && isAlive(now, clock.wall() + 1_000), `after ${n} half seconds`);
		}
		queue = [waiter('a'), waiter('late')];
		await clock.advance(1_000);
		assert.equal(told()?.requests.length, 2, 'as they are by then');
		heartbeat.dispose();
		assert.equal(clock.pending, 0);
	});

	it('keeps how many chats have passed a batch, also when the last one has left', async () => {
		const doc = { v: 2, heartbeatAt: clock.wall(), requests: [], chatStreak: 3 } as const;
		await store.transact((tx) => tx.put({ kind: 'windowQueue', id: 'mine', doc }));
		await update('a');
		assert.equal(told()?.chatStreak, 3);
		await update();
		assert.deepEqual([told()?.chatStreak, told()?.requests], [3, []]);
	});
});
