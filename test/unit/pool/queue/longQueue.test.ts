import assert from 'node:assert/strict';
import { InMemoryStore } from '../../../../src/pool/pool';
import { Queue } from '../../../../src/pool/queue/queue';
import { VirtualClock } from '../../../support/virtualClock';
import type { LeaseGrant } from '../../../../src/pool/types/leaseRequest';

const length = 10_000;
const granted = { grant: { lease: 'x' } as unknown as LeaseGrant };

/** Ten thousand requests that wait for a minute, and how often the queue looks at them. */
class LongQueue {
	readonly clock = new VirtualClock();
	readonly queue = new Queue(new InMemoryStore(this.clock), this.clock, () => 0);
	readonly stops = Array.from({ length }, () => new AbortController());
	readonly ahead: number[] = [];
	readonly ends: string[] = [];
	readonly grantedTo: number[] = [];
	/** How often one was asked what it is, how long it waits, or was tried or told. */
	looks = 0;
	/** The most that one task of the window did. */
	most = 0;
	mayServe: (n: number) => boolean = () => false;
	private inTask = 0;

	/** @param patienceMs how long each may wait */
	constructor(private readonly patienceMs = 600_000) {
		for (let n = 0; n < length; n++) this.join(n);
	}

	private join(n: number): void {
		const look = (): void => {
			this.looks++;
			if (this.inTask++ === 0) setImmediate(() => (this.inTask = 0));
			this.most = Math.max(this.most, this.inTask);
		};
		const work = this.queue.acquire(
			{
				id: `r${n}`,
				priority: 'chat',
				kind: () => 'same',
				// The larger ones come first: each size is asked for itself.
				size: { bytes: length - Math.floor(n / 1_000), tokens: 0 },
				attempt: () => {
					look();
					const rejection = { reason: 'rpm', retryAt: this.clock.wall() + 60_000, on: undefined, model: 'm' } as const;
					return Promise.resolve(this.mayServe(n) ? granted : { rejection });
				},
				toQueueRecord: () => ({ models: ['m'], size: { bytes: 1, tokens: 0 }, paid: false }),
				remainingWaitMs: () => {
					// As it joins, all do.
					if (this.ahead.length > 0) look();
					return this.patienceMs - this.clock.monotonic();
				},
				onWaiting: (_, ahead) => {
					look();
					this.ahead[n] = ahead;
				},
				release: () => undefined,
			},
			this.stops[n]?.signal ?? new AbortController().signal,
		);
		work.then(
			() => this.grantedTo.push(n),
			(error: unknown) => this.ends.push(String(error)),
		);
	}
}

describe('a queue of ten thousand', () => {
	let long: LongQueue;
	beforeEach(async () => {
		long = new LongQueue();
		await long.clock.advance(1_000);
		long.looks = 0;
		long.most = 0;
	});

	it('has told each request how many are ahead, a part at a time', () => {
		assert.deepEqual(
			long.ahead,
			Array.from({ length }, (_, n) => n),
		);
	});

	it('looks at few for each that leaves, and tells the others within two seconds', async () => {
		for (let n = 0; n < 100; n++) {
			long.stops[n * 7]?.abort(new Error('gone'));
			await long.clock.settle();
		}
		assert.ok(long.looks / 100 < 1_000, `${long.looks / 100} looks for each`);
		assert.deepEqual([long.queue.length, long.ends.length], [length - 100, 100]);
		await long.clock.advance(2_000);
		assert.equal(long.ahead.at(-1), length - 101);
		assert.ok(long.most <= 1_000, `${long.most} looks in one task`);
	});

	it('looks at few for each time that it is woken', async () => {
		for (let n = 0; n < 100; n++) {
			long.queue.wake();
			await long.clock.settle();
		}
		assert.ok(long.looks / 100 < 500, `${long.looks / 100} looks for each`);
	});

	it('serves those that can be served, wherever they stand, and leaves other work its turn', async () => {
		long.mayServe = (n) => n === 9_000;
		await long.clock.advance(2_000);
		assert.deepEqual(long.grantedTo, [9_000]);
		long.mayServe = () => true;
		long.queue.wake();
		await long.clock.advance(2_000);
		assert.deepEqual(
			long.grantedTo.slice(1),
			Array.from({ length }, (_, n) => n).filter((n) => n !== 9_000),
		);
		assert.ok(long.most <= 1_000, `${long.most} looks in one task`);
	});

	it('lets nobody wait longer than it may, wherever it stands', async () => {
		long = new LongQueue(62_500);
		await long.clock.advance(5_000);
		assert.deepEqual([long.queue.length, long.ends.length], [0, length]);
	});
});
