import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createMutex, pause, untilAborted, within } from '../../../../src/pool/types/waits';
import { VirtualClock } from '../../../support/virtualClock';

const heardBy = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('a wait', () => {
	it('is over after its time, or once it is ended, and holds on to nothing', async () => {
		const clock = new VirtualClock();
		const over = new AbortController();
		await clock.until(pause(clock, 1_000, over.signal));
		assert.deepEqual([clock.monotonic(), clock.pending, heardBy(over.signal)], [1_000, 0, 0]);
		const ended = pause(clock, 1_000, over.signal);
		assert.equal(heardBy(over.signal), 1);
		over.abort();
		await ended;
		await pause(clock, 1_000, over.signal);
		assert.deepEqual([clock.monotonic(), clock.pending, heardBy(over.signal)], [1_000, 0, 0]);
	});

	it('for work is cancelled with its request, with the reason, which is an error whatever a consumer gave', async () => {
		for (const [reason, message] of [
			[new Error('gone'), 'gone'],
			['just a text', 'cancelled'],
		] as const) {
			const call = new AbortController();
			assert.equal(await untilAborted(call.signal, Promise.resolve('done')), 'done');
			assert.equal(heardBy(call.signal), 0);
			const cancelled = untilAborted(call.signal, new Promise(() => undefined));
			call.abort(reason);
			await assert.rejects(cancelled, { message });
			// What the work throws then reaches nobody, and ends no process.
			await assert.rejects(untilAborted(call.signal, Promise.reject(new Error('late'))), { message });
		}
	});

	it('for work that takes too long ends without it', async () => {
		const clock = new VirtualClock();
		assert.equal(await clock.until(within(clock, 1_000, new Promise(() => undefined))), 'late');
		assert.equal(await within(clock, 1_000, Promise.resolve('done')), 'done');
		await assert.rejects(within(clock, 1_000, Promise.reject(new Error('broken'))), /broken/);
		assert.equal(clock.pending, 0);
	});
});

describe('a mutex', () => {
	it('runs one task after the other, also after one that failed', async () => {
		const exclusive = createMutex();
		const steps: string[] = [];
		const task = (name: string, error?: Error) => async (): Promise<string> => {
			steps.push(`${name} begins`);
			await new Promise(setImmediate);
			steps.push(`${name} ends`);
			if (error) throw error;
			return name;
		};
		const broken = exclusive(task('a', new Error('broken')));
		const whole = exclusive(task('b'));
		await assert.rejects(broken, /broken/);
		assert.equal(await whole, 'b');
		assert.deepEqual(steps, ['a begins', 'a ends', 'b begins', 'b ends']);
	});
});
