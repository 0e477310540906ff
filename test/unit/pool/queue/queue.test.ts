import assert from 'node:assert/strict';
import { usageOf } from '../../../support/pool/counts';
import type { BucketId, KeyId, QueueRecord, Transaction } from '../../../../src/pool/pool';
import type { LeaseChoice } from '../../../../src/pool/types/leaseRequest';
import { Queue } from '../../../../src/pool/queue/queue';
import { RequestRejected, type QueuedRequest } from '../../../../src/pool/queue/queuedRequest';
import type { Rejection, LeaseGrant } from '../../../../src/pool/types/leaseRequest';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const bucket = 'p/m' as BucketId;
const granted = { grant: { lease: 'x' } as unknown as LeaseGrant };

/** A queue, and requests whose luck the test decides. */
class Line {
	readonly clock = new VirtualClock();
	readonly store = new InMemoryStore(this.clock);
	readonly queue: Queue;
	/** Who asked, with the buckets that were kept from it. */
	readonly asked: string[] = [];
	readonly told: string[] = [];
	readonly ends: string[] = [];
	readonly places: boolean[] = [];
	/** What each is answered, by name; the others are denied for a minute. */
	luck: (name: string) => LeaseChoice | Promise<LeaseChoice> = () => this.denied();

	constructor(window?: string) {
		this.queue = new Queue(this.store, this.clock, () => 0, window);
	}

	denied(more: Partial<Rejection> = {}): LeaseChoice {
		return {
			rejection: {
				reason: 'rpm',
				retryAt: this.clock.wall() + 60_000,
				on: undefined,
				model: 'm',
				bucketId: bucket,
				...more,
			},
		};
	}

	seek(
		name: string,
		{ size = 100, ...more }: Omit<Partial<QueuedRequest>, 'size'> & { size?: number } = {},
		signal = new AbortController().signal,
	): void {
		const request: QueuedRequest = {
			id: name,
			priority: 'chat',
			kind: () => 'same',
			size: { bytes: size, tokens: 0 },
			attempt: async (held, place) => {
				this.asked.push(held.size > 0 ? `${name} without ${[...held].join()}` : name);
				this.places.push(place !== undefined);
				return this.luck(name);
			},
			toQueueRecord: () => ({ models: ['m'], size: { bytes: 1, tokens: 0 }, paid: false }),
			remainingWaitMs: () => 600_000,
			onWaiting: ({ reason, retryAt }, ahead) => this.told.push(`${name} ${reason} ${retryAt - start} ${ahead}`),
			release: () => this.ends.push(`${name} gives back`),
			...more,
		};
		const start = this.clock.wall();
		this.queue.acquire(request, signal).then(
			() => this.ends.push(`${name} granted`),
			(error: unknown) =>
				this.ends.push(`${name} ${error instanceof RequestRejected ? `refused ${error.tooLong}` : String(error)}`),
		);
	}

	/** Who has asked since the last look. */
	async news(): Promise<string> {
		await this.clock.settle();
		return this.asked.splice(0).join(', ');
	}

	/** Who is asked when all are tried anew. */
	async round(): Promise<string> {
		await this.news();
		this.queue.wake();
		return this.news();
	}

	write(step: (tx: Transaction, now: number) => void): Promise<void> {
		return this.store.transact(step);
	}
}

describe('the queue', () => {
	it('asks for one of a kind, and again only for those that are smaller', async () => {
		const line = new Line();
		line.seek('big');
		line.seek('bigger', { size: 101 });
		line.seek('alike', { size: 100 });
		line.seek('small', { size: 99 });
		line.seek('other', { kind: () => 'another' });
		assert.equal(await line.round(), 'big, small, other');
		assert.deepEqual(
			line.told.map((text) => text.split(' ')[0]),
			['big', 'bigger', 'alike', 'small', 'other'],
			'everybody is told',
		);
	});

	it('keeps the bucket whose tokens do not suffice from those behind, and no other', async () => {
		const line = new Line();
		line.luck = (name) => (name === 'first' ? line.denied({ reason: 'tpm' }) : line.denied());
		line.seek('first');
		line.seek('second', { size: 5 });
		line.seek('third', { size: 4 });
		assert.equal(await line.round(), 'first, second without p/m, third without p/m');
		const minute = new Line();
		minute.seek('first');
		minute.seek('second', { size: 5 });
		assert.equal(await minute.round(), 'first, second');
		const model = new Line();
		model.luck = () => {
			const { rejection } = model.denied({ reason: 'tpm' }) as { rejection: Rejection };
			const { bucketId, ...rest } = rejection;
			return { rejection: rest };
		};
		model.seek('first');
		model.seek('second', { size: 5 });
		assert.equal(await model.round(), 'first, second');
	});

	it('tells each of what it waits for, again only when that moves', async () => {
		const line = new Line();
		let retryAt = line.clock.wall() + 60_000;
		line.luck = () => line.denied({ retryAt });
		line.seek('a');
		line.seek('b');
		await line.news();
		assert.deepEqual(line.told.splice(0), ['a rpm 60000 0', 'b rpm 60000 1']);
		line.queue.wake();
		await line.news();
		assert.deepEqual(line.told, []);
		retryAt += 5;
		line.queue.wake();
		await line.news();
		assert.deepEqual(line.told.splice(0), ['a rpm 60005 0', 'b rpm 60005 1']);
		line.luck = () => line.denied({ retryAt, reason: 'overloaded' });
		line.queue.wake();
		await line.news();
		assert.deepEqual(line.told.splice(0), ['a overloaded 60005 0', 'b overloaded 60005 1']);
		line.luck = (name) => (name === 'a' ? granted : line.denied({ retryAt, reason: 'overloaded' }));
		line.queue.wake();
		await line.news();
		assert.deepEqual([line.told, line.ends], [['b overloaded 60005 0'], ['a granted']]);
	});

	it('looks again at the time it was told, and when its patience ends', async () => {
		const line = new Line();
		line.seek('a');
		await line.news();
		await line.clock.advance(59_999);
		assert.equal(await line.news(), '');
		await line.clock.advance(1);
		assert.equal(await line.news(), 'a');
		const patient = new Line();
		let patience = 70_000;
		patient.seek('a', { remainingWaitMs: () => patience });
		await patient.news();
		patience = 0;
		await patient.clock.advance(60_000);
		await patient.news();
		assert.deepEqual(patient.ends, ['a refused true']);
	});

	it('ends a wait when its patience does, also where that has become shorter while it was told what others were', async () => {
		const line = new Line();
		line.luck = () => line.denied({ mayRetryEarlier: true });
		let endsAt = 70_000;
		line.seek('a');
		line.seek('b', { remainingWaitMs: () => endsAt - line.clock.monotonic() });
		assert.equal(await line.news(), 'a, a');
		endsAt = 5_000;
		line.queue.wake();
		assert.equal(await line.news(), 'a, b');
		await line.clock.advance(5_000);
		assert.deepEqual(line.ends, ['b refused true']);
	});

	it('does not take a wait that was over long ago for a sleep of the machine, which others would wait on top', async () => {
		const line = new Line();
		line.seek('waits');
		await line.clock.settle();
		line.seek('over', { remainingWaitMs: () => -30_000 });
		await line.clock.advance(2);
		assert.deepEqual(line.ends, ['over refused true']);
		assert.equal(line.queue.awake(), line.clock.monotonic());
	});

	it('refuses what never helps, and a wait known to be too long unless it may end sooner', async () => {
		const outcome = async (rejection: Partial<Rejection>, patienceMs: number): Promise<string> => {
			const line = new Line();
			line.luck = () => line.denied(rejection);
			line.seek('a', { remainingWaitMs: () => patienceMs });
			await line.news();
			return line.ends.join() || 'waits';
		};
		assert.equal(await outcome({ retryAt: Infinity }, 5), 'a refused false');
		assert.equal(await outcome({}, 60_000), 'waits');
		assert.equal(await outcome({}, 59_999), 'a refused true');
		assert.equal(await outcome({ mayRetryEarlier: true }, 1), 'waits');
		assert.equal(await outcome({ mayRetryEarlier: true }, 0), 'a refused true');
	});

	it('is woken by what may free somebody: a bucket, a key, a model, the pool, and by nothing else', async () => {
		const line = new Line('mine');
		line.seek('a');
		await line.news();
		const woken = async (step: (tx: Transaction, now: number) => void): Promise<boolean> => {
			await line.write(step);
			return (await line.news()) === 'a';
		};
		const key = 'k' as KeyId;
		const beats = (id: string) => (tx: Transaction, now: number) =>
			tx.put({ kind: 'windowQueue', id, doc: { v: 2, heartbeatAt: now, requests: [], chatStreak: 1 } });
		assert.ok(
			await woken((tx, now) =>
				tx.put({ kind: 'bucket', id: bucket, doc: { ...tx.bucket(bucket), minute: [[now, now, 1, 1]] } }),
			),
		);
		assert.ok(await woken((tx, now) => tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), lastUsed: now } })));
		assert.ok(
			await woken((tx, now) => tx.put({ kind: 'model', id: 'm', doc: { ...tx.model('m'), overloadedUntil: now } })),
		);
		assert.ok(await woken((tx) => tx.put({ kind: 'pool', doc: { v: 2 } })));
		assert.ok(await woken(beats('other')));
		assert.ok(!(await woken(beats('mine'))));
		const count = { minute: 1, key, outcome: 'answered', sends: 1 } as const;
		assert.ok(!(await woken((tx) => tx.put(usageOf(count)))));
		assert.ok(
			await woken((tx, now) => {
				tx.put(usageOf(count, count));
				tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), lastUsed: now + 1 } });
			}),
			'one of several is enough',
		);
	});

	it('gives back a place that came after its request had left', async () => {
		const line = new Line();
		const stop = new AbortController();
		let come: (choice: LeaseChoice) => void = () => undefined;
		line.luck = () => new Promise((resolve) => (come = resolve));
		line.seek('a', {}, stop.signal);
		await line.clock.settle();
		stop.abort(new Error('mine'));
		await line.clock.settle();
		come(granted);
		await line.clock.settle();
		assert.deepEqual(
			line.ends,
			['Error: mine', 'a gives back'].map((end, at) => (at === 0 ? `a ${end}` : end)),
		);
		assert.equal(line.queue.length, 0);
	});

	it('takes nobody in who has left already, and passes on what an attempt throws', async () => {
		const line = new Line();
		line.seek('a', {}, AbortSignal.abort(new Error('before')));
		await line.news();
		assert.deepEqual([line.ends.splice(0), line.asked, line.queue.length], [['a Error: before'], [], 0]);
		line.luck = () => Promise.reject(new Error('broken'));
		line.seek('b');
		await line.news();
		assert.deepEqual(line.ends, ['b Error: broken']);
	});

	it('denies nobody who left in the meantime', async () => {
		const line = new Line();
		const stop = new AbortController();
		line.luck = (name) => {
			if (name === 'a') stop.abort(new Error('gone'));
			return line.denied();
		};
		line.seek('a', {}, stop.signal);
		line.seek('b', {}, stop.signal);
		line.seek('c', { size: 5 });
		assert.equal(await line.news(), 'a, c');
		assert.deepEqual(line.told, ['c rpm 60000 0']);
	});

	it('yields to other windows for 3 s without a break, and then no more', async () => {
		const line = new Line('mine');
		line.luck = () => line.denied({ behind: true, retryAt: line.clock.wall() + 500 });
		line.seek('a');
		await line.clock.advance(6000);
		assert.deepEqual(line.places.slice(0, 8), [true, true, true, true, true, true, true, false]);
		const broken = new Line('mine');
		let n = 0;
		broken.luck = () =>
			broken.denied({ ...(n++ % 4 === 3 ? {} : { behind: true }), retryAt: broken.clock.wall() + 1000 });
		broken.seek('a');
		await broken.clock.advance(20_000);
		assert.ok(broken.places.every(Boolean), 'each break begins anew');
		const alone = new Line();
		alone.seek('a');
		await alone.news();
		assert.deepEqual(alone.places, [false], 'one window alone need not yield');
	});

	it('a chat that goes first elsewhere holds up batch, not the chats here', async () => {
		const line = new Line('mine');
		line.luck = (name) => (name === 'a' ? line.denied({ behind: true }) : line.denied());
		line.seek('a', { priority: 'chat' });
		line.seek('b', { priority: 'chat' });
		line.seek('c', { priority: 'batch' });
		assert.equal(await line.round(), 'a, c');
	});

	it('tells each how many are ahead in all windows, before a batch request all that wait for an answer in a chat', async () => {
		const line = new Line('mine');
		const elsewhere = (id: string, priority: 'chat' | 'batch', since: number): QueueRecord => ({
			...{ id, priority, since, reason: 'rpm', models: ['m'], size: { bytes: 1, tokens: 0 }, paid: false },
		});
		await line.write((tx, now) => {
			const requests = [
				elsewhere('x', 'chat', now - 5),
				elsewhere('y', 'chat', now + 5),
				elsewhere('z', 'batch', now - 5),
			];
			tx.put({ kind: 'windowQueue', id: 'other', doc: { v: 2, heartbeatAt: now, requests, chatStreak: 0 } });
		});
		line.seek('a');
		line.seek('b');
		line.seek('c', { priority: 'batch' });
		await line.news();
		assert.deepEqual(line.told, ['a rpm 60000 1', 'b rpm 60000 2', 'c rpm 60000 5']);
	});

	it('tells the other windows which bucket is kept for whom', async () => {
		const line = new Line('mine');
		line.luck = (name) => line.denied({ reason: name === 'a' ? 'tpm' : 'rpm' });
		line.seek('a');
		line.seek('b', { size: 5 });
		await line.news();
		const told = line.store
			.replica()
			.windowQueue.get('mine')
			?.requests.map(({ id, holds }) => [id, holds]);
		assert.deepEqual(told, [
			['a', bucket],
			['b', undefined],
		]);
	});

	it('leaves no timer and hears nothing once it is over', async () => {
		const line = new Line('mine');
		line.seek('a');
		await line.news();
		line.queue.dispose();
		await line.clock.settle();
		assert.equal(line.clock.pending, 0);
		await line.write((tx) => tx.put({ kind: 'pool', doc: { v: 2 } }));
		assert.equal(await line.news(), '');
	});
});
