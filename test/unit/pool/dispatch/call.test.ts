import assert from 'node:assert/strict';
import { Failure, type Chunk, type KeyId, type FailureAction } from '../../../../src/pool/pool';
import { Call, leaseMsOf, renewAfterMs } from '../../../../src/pool/dispatch/call';
import { VirtualClock } from '../../../support/virtualClock';

const firstMs = 60_000;
const betweenMs = 30_000;
const wholeMs = 15 * 60_000;
/** What most calls of these tests are given. */
const usual = { on: { key: 'a' as KeyId, model: 'm' }, written: [], firstMs, betweenMs, totalMs: wholeMs };

/** One call and what became of it. The far side is pushed by the test: pieces, an end, or an error. */
class Played {
	readonly clock = new VirtualClock();
	readonly stop = new AbortController();
	readonly got: string[] = [];
	own: AbortSignal | undefined;
	written: readonly string[] = [];
	error: unknown;
	ended: Promise<void> = Promise.resolve();
	private readonly waiting: PromiseWithResolvers<IteratorResult<Chunk<string>>>[] = [];
	private readonly ready: Promise<IteratorResult<Chunk<string>>>[] = [];

	start(): this {
		this.ended = this.read();
		return this;
	}

	async push(chunk: Chunk<string>): Promise<void> {
		this.next().resolve({ done: false, value: chunk });
		await this.clock.settle();
	}

	async end(): Promise<void> {
		this.next().resolve({ done: true, value: undefined });
		await this.clock.settle();
	}

	async fail(error: Error): Promise<void> {
		this.next().reject(error);
		await this.clock.settle();
	}

	/** How it ended: nothing where it is whole. */
	get how(): string | undefined {
		return this.error instanceof Failure ? this.error.action.reason : this.error === undefined ? undefined : 'thrown';
	}

	private next(): PromiseWithResolvers<IteratorResult<Chunk<string>>> {
		const waits = this.waiting.shift();
		if (waits) return waits;
		const later = promiseWithResolvers<IteratorResult<Chunk<string>>>();
		this.ready.push(later.promise);
		return later;
	}

	private async read(): Promise<void> {
		const call = new Call<string>(this.clock, {
			open: (on, signal) => {
				this.own = signal;
				this.written = on.written;
				return { [Symbol.asyncIterator]: () => ({ next: () => this.pull() }) };
			},
			...usual,
			written: ['before'],
			signal: this.stop.signal,
		});
		try {
			for (let chunk = await call.read(); chunk; chunk = await call.read()) {
				this.got.push(chunk.output ?? chunk.finishReason ?? '-');
			}
		} catch (error) {
			this.error = error;
		} finally {
			call.end();
		}
	}

	private pull(): Promise<IteratorResult<Chunk<string>>> {
		const ready = this.ready.shift();
		if (ready) return ready;
		const waits = promiseWithResolvers<IteratorResult<Chunk<string>>>();
		this.waiting.push(waits);
		return waits.promise;
	}
}

interface PromiseWithResolvers<T> {
	readonly promise: Promise<T>;
	resolve(value: T): void;
	reject(error: unknown): void;
}

function promiseWithResolvers<T>(): PromiseWithResolvers<T> {
	let resolve: (value: T) => void = () => undefined;
	let reject: (error: unknown) => void = () => undefined;
	const promise = new Promise<T>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	return { promise, resolve, reject };
}

describe('one call', () => {
	it('hands its chunks on, and is whole once a finish reason came', async () => {
		const played = new Played().start();
		await played.push({ output: 'x' });
		await played.push({ finishReason: 'STOP' });
		await played.end();
		assert.deepEqual([played.got, played.how, played.written], [['x', 'STOP'], undefined, ['before']]);
		assert.equal(played.clock.pending, 0);
	});

	it('is an empty answer without output, a cut one after it', async () => {
		const empty = new Played().start();
		await empty.push({});
		await empty.end();
		assert.equal(empty.how, 'emptyAnswer');
		const cut = new Played().start();
		await cut.push({ output: 'x' });
		await cut.end();
		assert.equal(cut.how, 'cutStream');
		for (const { error } of [empty, cut]) {
			assert.ok(error instanceof Failure);
			assert.deepEqual([error.sent, error.serviceMessage], [true, '']);
			assert.deepEqual(error.action, {
				...{
					type: 'retrySameKey',
					reason: error.action.reason,
					scope: 'request',
					maxRetries: 2,
					afterRetries: 'otherKeyThenModel',
				},
			});
		}
	});

	it('is whole although the connection breaks after the finish reason', async () => {
		const played = new Played().start();
		await played.push({ output: 'x', finishReason: 'STOP' });
		await played.fail(new Error('reset'));
		assert.equal(played.how, undefined);
	});

	it('waits a minute for the first output and half of one for the next, however many chunks say nothing', async () => {
		const first = new Played().start();
		await first.clock.advance(20_000);
		await first.push({});
		await first.clock.advance(firstMs - 1);
		assert.equal(first.how, undefined);
		await first.clock.advance(1);
		await first.clock.until(first.ended);
		assert.equal(first.how, 'idle');
		assert.ok(first.own?.aborted);
		const next = new Played().start();
		await next.push({ output: 'x' });
		await next.clock.advance(betweenMs - 1);
		assert.equal(next.how, undefined);
		await next.clock.advance(1);
		await next.clock.until(next.ended);
		assert.equal(next.how, 'idle');
		assert.equal(next.clock.pending, 0);
	});

	it('ends a stream that drips for ever, and what came stays', async () => {
		const dripping = new Played().start();
		for (let minutes = 0; minutes < 14; minutes += 1) {
			for (const half of [0, 1]) {
				await dripping.clock.advance(betweenMs - 1);
				await dripping.push(half === 0 ? { output: 'x' } : {});
			}
		}
		await dripping.clock.advance(betweenMs - 1);
		await dripping.push({ output: 'y' });
		assert.equal(dripping.how, undefined);
		await dripping.clock.advance(betweenMs - 1);
		await dripping.push({});
		await dripping.clock.advance(29);
		assert.equal(dripping.how, undefined);
		await dripping.clock.advance(1);
		await dripping.clock.settle();
		assert.equal(dripping.how, 'answerTooLong');
		const { error } = dripping;
		assert.ok(error instanceof Failure && dripping.own?.aborted === true);
		assert.deepEqual([error.action, error.sent], [{ type: 'fail', reason: 'answerTooLong' }, true]);
		assert.equal(dripping.got.filter((output) => output !== '-').join(''), `${'x'.repeat(14)}y`);
		assert.equal(dripping.clock.pending, 0);
	});

	it('is whole although what comes after the finish reason never ends', async () => {
		const played = new Played().start();
		await played.push({ output: 'x', finishReason: 'STOP' });
		for (let pieces = 0; pieces < 31; pieces += 1) {
			await played.push({});
			await played.clock.advance(betweenMs - 1);
		}
		await played.clock.until(played.ended);
		assert.equal(played.how, undefined);
	});

	it('counts only the time that it waits for the service', async () => {
		const clock = new VirtualClock();
		const call = new Call<string>(clock, {
			open: async function* () {
				yield await Promise.resolve({ output: 'x' });
				yield { finishReason: 'STOP' };
			},
			...usual,
			signal: new AbortController().signal,
		});
		await call.read();
		await clock.advance(3_600_000);
		assert.equal((await call.read())?.finishReason, 'STOP');
		assert.equal(await call.read(), undefined);
	});

	it('does not count the time asleep: what had come by then is read first, and the rest may take its time', async () => {
		const played = new Played().start();
		await played.push({ output: 'before' });
		await played.clock.advance(10_000);
		played.clock.sleep(8 * 3_600_000);
		await played.push({ output: 'in between' });
		await played.clock.advance(betweenMs - 1);
		await played.push({ output: 'after', finishReason: 'STOP' });
		await played.end();
		assert.deepEqual([played.how, played.got], [undefined, ['before', 'in between', 'after']]);
		const silent = new Played().start();
		await silent.push({ output: 'x' });
		silent.clock.sleep(8 * 3_600_000);
		await silent.clock.advance(0);
		assert.equal(silent.how, 'idle');
	});

	it('passes a failure on as it is, and anything else as unexpected, by its name alone', async () => {
		const action: FailureAction = { type: 'fail', reason: 'badRequest' };
		const told = new Played().start();
		const failure = new Failure(action, true, 'said');
		await told.fail(failure);
		assert.equal(told.error, failure);
		const odd = new Played().start();
		await odd.fail(new TypeError('the secret itself'));
		assert.ok(odd.error instanceof Failure);
		assert.deepEqual(
			[odd.error.action, odd.error.sent, odd.error.serviceMessage],
			[{ type: 'fail', reason: 'unexpected' }, true, 'TypeError'],
		);
	});

	it('ends at once with the reason of a cancel, and tells the call, which may go on if it likes', async () => {
		const played = new Played().start();
		await played.push({ output: 'x' });
		const reason = new Error('mine');
		played.stop.abort(reason);
		await played.clock.until(played.ended);
		assert.deepEqual([played.error, played.own?.reason], [reason, reason]);
		assert.equal(played.clock.pending, 0);
		await played.push({ output: 'late' });
		assert.deepEqual(played.got, ['x']);
	});

	it('has one timer for all its pieces, which rings in time for each of them', async () => {
		const played = new Played().start();
		await played.clock.settle();
		await played.clock.advance(firstMs - 1);
		for (let n = 0; n < 40; n++) {
			await played.push({ output: 'x' });
			assert.equal(played.clock.pending, 1);
			await played.clock.advance(betweenMs / 2);
		}
		await played.clock.advance(betweenMs / 2 - 1);
		assert.equal(played.how, undefined);
		await played.clock.advance(1);
		assert.deepEqual([played.how, played.clock.pending], ['idle', 0]);
	});

	it('does not begin after a cancel', async () => {
		const played = new Played();
		played.stop.abort(new Error('mine'));
		await played.clock.until(played.start().ended);
		assert.deepEqual([played.how, played.own], ['thrown', undefined]);
	});

	it('lets the call know that nobody reads any more, unless it has ended by itself', async () => {
		const played = new Played().start();
		await played.push({ finishReason: 'STOP' });
		await played.end();
		assert.equal(played.own?.aborted, false);
		assert.equal(played.clock.pending, 0);
		const clock = new VirtualClock();
		let own: AbortSignal | undefined;
		const call = new Call<string>(clock, {
			open: async function* (_, signal) {
				own = signal;
				yield await Promise.resolve({ output: 'x' });
				yield { output: 'y' };
			},
			...usual,
			signal: new AbortController().signal,
		});
		await call.read();
		assert.equal(own?.aborted, false);
		call.end();
		assert.ok(own.aborted);
		assert.equal(clock.pending, 0);
	});
});

describe('the lease of a call', () => {
	it('outlives whatever silence may still follow, however the times lie', () => {
		for (const firstMs of [1_000, 20_000, 60_000, 600_000]) {
			for (const betweenMs of [1_000, 30_000, 120_000]) {
				for (const factor of [1, 2]) {
					const idle = { firstMs, betweenMs };
					for (const hasOutput of [true, false]) {
						const left = leaseMsOf(idle, factor) - renewAfterMs(idle, factor, hasOutput);
						const silence = (hasOutput ? betweenMs : firstMs) * factor;
						assert.ok(left >= silence + 5_000, JSON.stringify({ ...idle, factor, hasOutput, left }));
					}
				}
			}
		}
	});

	it('is renewed when half of it is over, or as soon as the longest silence would outlive it', () => {
		const idle = { firstMs: 60_000, betweenMs: 30_000 };
		assert.equal(renewAfterMs(idle, 1, true), 45_000);
		assert.equal(renewAfterMs(idle, 1, false), 25_000);
		assert.equal(renewAfterMs(idle, 2, false), 25_000);
	});
});
