import assert from 'node:assert/strict';
import type { WindowQueue, QueueRecord } from '../../../../src/pool/pool';
import { ahead, isAlive, updateFairness } from '../../../../src/pool/queue/sharedQueue';
import type { QueueTicket } from '../../../../src/pool/types/leaseRequest';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const now = 1_000_000;

/** Who waits, from `chat 5` (came 5 ms after the beginning) and the like. */
function waiter(text: string): QueueRecord {
	const [priority = '', since = ''] = text.split(' ');
	return {
		id: text,
		priority: priority === 'batch' ? 'batch' : 'chat',
		since: Number(since),
		reason: 'rpm',
		models: ['m'],
		size: { bytes: 1, tokens: 0 },
		paid: false,
	};
}

function line(waiters: readonly string[], { chatStreak = 0, heartbeatAt = now } = {}): WindowQueue {
	return { v: 2, heartbeatAt, requests: waiters.map(waiter), chatStreak };
}

const lines = (windows: Readonly<Record<string, WindowQueue>>): ReadonlyMap<string, WindowQueue> =>
	new Map(Object.entries(windows));

const me = (text: string): QueueTicket => {
	const { id, priority, since } = waiter(text);
	return { id, priority, since, window: 'mine' };
};

const before = (text: string, windows: Readonly<Record<string, WindowQueue>>): readonly string[] =>
	ahead(lines(windows), me(text), now).map(({ id }) => id);

describe('the line of all windows', () => {
	it('is first come first served, chat before batch, in whichever window', () => {
		const windows = { b: line(['chat 30', 'batch 1']), a: line(['batch 2', 'chat 10', 'chat 50']) };
		assert.deepEqual(before('chat 40', windows), ['chat 10', 'chat 30']);
		assert.deepEqual(before('chat 5', windows), []);
		assert.deepEqual(before('batch 3', windows), ['chat 10', 'chat 30', 'chat 50', 'batch 1', 'batch 2']);
	});

	it('knows nobody twice: the own window stands in its own queue', () => {
		assert.deepEqual(before('chat 40', { mine: line(['chat 1', 'chat 2']) }), []);
		assert.deepEqual(before('chat 40', {}), []);
		assert.deepEqual(before('chat 40', { a: line([]) }), []);
	});

	it('decides between two of the same moment by name, alike in every window', () => {
		const at = (id: string): QueueRecord => ({ ...waiter('chat 7'), id });
		const with7 = (id: string): readonly QueueRecord[] =>
			ahead(
				lines({ a: { ...line([]), requests: [at('r5')] } }),
				{ id, priority: 'chat', since: 7, window: 'mine' },
				now,
			);
		assert.equal(with7('r6').length, 1);
		assert.equal(with7('r4').length, 0);
	});

	it('lets the oldest batch request go first after four chats in a row, counted over all windows', () => {
		const chats = (streak: number): Readonly<Record<string, WindowQueue>> => ({
			a: line(['chat 1.5', 'chat 10', 'batch 3'], { chatStreak: streak }),
			b: line(['batch 2'], { chatStreak: 2 }),
		});
		assert.deepEqual(before('chat 40', chats(1)), ['chat 1.5', 'chat 10']);
		assert.deepEqual(before('chat 40', chats(2)), ['batch 2', 'chat 1.5', 'chat 10']);
		assert.deepEqual(before('batch 1', chats(2)), [], 'it is the oldest itself');
		assert.deepEqual(before('batch 2.5', chats(2)), ['batch 2', 'chat 1.5', 'chat 10']);
	});

	it('waits for no window that has been silent for 3 s, or whose clock is ahead', () => {
		for (const [heartbeatAt, alive] of [
			[now - 2_999, true],
			[now - 3_000, false],
			[now + 4_999, true],
			[now + 5_000, false],
		] as const) {
			assert.equal(isAlive(line([], { heartbeatAt }), now), alive);
			assert.equal(before('chat 40', { a: line(['chat 1'], { heartbeatAt }) }).length, alive ? 1 : 0);
		}
		const asleep = line(['batch 1'], { chatStreak: 4, heartbeatAt: now - 3_000 });
		assert.deepEqual(before('chat 40', { a: asleep, b: line(['batch 2', 'chat 1']) }), ['chat 1']);
	});

	it('counts chats that pass a waiting batch, and forgets them when a batch was served', async () => {
		const clock = new VirtualClock(now);
		const store = new InMemoryStore(clock);
		const serve = (text: string): Promise<void> => store.transact((tx) => updateFairness(tx, me(text), now));
		const streaks = (): unknown => [...store.replica().windowQueue].map(([id, { chatStreak }]) => [id, chatStreak]);
		await serve('chat 1');
		await store.transact((tx) => tx.put({ kind: 'windowQueue', id: 'a', doc: line(['chat 3']) }));
		await serve('chat 1');
		assert.deepEqual(streaks(), [['a', 0]], 'no batch was passed');
		await store.transact((tx) => tx.put({ kind: 'windowQueue', id: 'a', doc: line(['batch 2']) }));
		await serve('chat 1');
		await serve('chat 1');
		assert.deepEqual(streaks(), [
			['a', 0],
			['mine', 2],
		]);
		const own = store.replica().windowQueue.get('mine');
		assert.deepEqual([own?.heartbeatAt, own?.requests], [now, []]);
		await serve('batch 2');
		assert.deepEqual(streaks(), [
			['a', 0],
			['mine', 0],
		]);
	});
});
