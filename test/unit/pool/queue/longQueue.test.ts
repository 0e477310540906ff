import assert from 'node:assert/strict';
import { Queue } from '../../../../src/pool/queue/queue';
import { VirtualClock } from '../../../support/virtualClock';
import type { LeaseGrant } from '../../../../src/pool/types/leaseRequest';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const granted = { grant: { lease: 'x' } as unknown as LeaseGrant };

/** Requests that wait for a minute, and how often the queue looks at them. */
class LongQueue {
	readonly clock = new VirtualClock();
	readonly queue = new Queue(new InMemoryStore(this.clock), this.clock, () => 0);
	readonly stops: readonly AbortController[];
	readonly ahead: number[] = [];
	readonly ends: string[] = [];
	/** Who has ended without a grant, and who with one. */
	readonly endedAs: number[] = [];
	readonly grantedTo: number[] = [];
	/** How often one was asked what it is, how long it waits, or was tried or told. */
	looks = 0;
	/** The most that one task of the window did; and the most that ended, or were granted, in one. */
	most = 0;
	mostEnds = 0;
	mayServe: (n: number) => boolean = () => false;
	/** When a key is free again, if ever. */
	retryAt = (): number => this.clock.wall() + 60_000;
	/** What requests are, by their numbers. */
	kind: (n: number) => string = () => 'same';
	private inTask = 0;
	private endsInTask = 0;

	/** @param patienceMs how long each may wait */
	constructor(
		private readonly length = 10_000,
		private readonly patienceMs = 600_000,
	) {
		this.stops = Array.from({ length }, () => new AbortController());
		for (let n = 0; n < length; n++) this.join(n);
	}

	private join(n: number): void {
		const { length } = this;
		const look = (): void => {
			this.looks++;
			if (this.inTask++ === 0) setImmediate(() => (this.inTask = 0));
			this.most = Math.max(this.most, this.inTask);
		};
		const end = (): void => {
			if (this.endsInTask++ === 0) setImmediate(() => (this.endsInTask = 0));
			this.mostEnds = Math.max(this.mostEnds, this.endsInTask);
		};
		const work = this.queue.acquire(
			{
				id: `r${n}`,
				priority: 'chat',
				kind: () => {
					if (this.ahead.length > 0) look();
					return this.kind(n);
				},
				// The larger ones come first: each size is asked for itself.
				size: { bytes: length - Math.floor((10 * n) / length), tokens: 0 },
				attempt: () => {
					look();
					const rejection = { reason: 'rpm', retryAt: this.retryAt(), on: undefined, model: 'm' } as const;
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
			() => {
				end();
				this.grantedTo.push(n);
			},
			(error: unknown) => {
				end();
				this.ends.push(String(error));
				this.endedAs.push(n);
			},
		);
	}
}

const length = 10_000;

/** They wait, and were told so. */
async function waiting(count = length): Promise<LongQueue> {
	const long = new LongQueue(count);
	await long.clock.advance(1_000);
	long.looks = long.most = long.mostEnds = 0;
	return long;
}

describe('a queue of ten thousand', () => {
	let long: LongQueue;
	beforeEach(async () => {
		long = await waiting();
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
		long = new LongQueue(length, 62_500);
		await long.clock.advance(5_000);
		assert.deepEqual([long.queue.length, long.ends.length], [0, length]);
	});

	it('has no more to do for each that leaves than one of a thousand has', async () => {
		const short = await waiting(1_000);
		for (const of of [short, long]) {
			for (let n = 0; n < 1_000; n += 10) {
				of.stops[n]?.abort(new Error('gone'));
				await of.clock.advance(1);
			}
			await of.clock.settle();
		}
		assert.equal(short.ends.length, 100);
		// Within the second, each is told once how many are ahead by now.
		const [few, many] = [short.looks - 1_000, long.looks - length];
		assert.ok(many <= few, `${many} looks where ${few} were enough`);
		assert.ok(many / 100 < 60, `${many / 100} looks for each`);
	});

	it('ends half of them at once, a part at a time and in the order in which they left', async () => {
		const gone = Array.from({ length: length / 2 }, (_, n) => 2 * n);
		for (const n of gone) long.stops[n]?.abort(new Error('gone'));
		assert.equal(long.queue.length, length / 2, 'none of them waits any more');
		long.mayServe = () => true;
		long.queue.wake();
		await long.clock.advance(2_000);
		assert.deepEqual(long.endedAs, gone);
		assert.equal(long.grantedTo.length, length / 2);
		assert.ok(
			long.grantedTo.every((n) => n % 2 === 1),
			'who has left gets nothing',
		);
		assert.ok(long.mostEnds <= 300, `${long.mostEnds} ends in one task`);
	});

	it('ends all of them, a part at a time, when no key can serve any more', async () => {
		long.retryAt = () => Infinity;
		long.queue.wake();
		await long.clock.advance(2_000);
		assert.equal(long.ends.length, length);
		assert.ok(long.mostEnds <= 150, `${long.mostEnds} ends in one task`);
		assert.equal(long.clock.pending, 0);
	});

	it('looks at one for each whose model is changed, and at the front for all', async () => {
		for (let n = 0; n < 1_000; n++) long.queue.changed(`r${n * 10}`);
		await long.clock.settle();
		assert.ok(long.looks < 3_500, `${long.looks} looks`);
	});

	it('leaves other work its turn where each request has to be tried for itself', async () => {
		long.kind = (n) => `own ${n}`;
		for (let n = 0; n < length; n++) long.queue.changed(`r${n}`);
		await long.clock.advance(1_000);
		long.most = 0;
		long.retryAt = () => long.clock.wall() + 30_000;
		long.queue.wake();
		await long.clock.advance(5_000);
		assert.ok(long.most <= 1_200, `${long.most} looks in one task`);
	});
});
