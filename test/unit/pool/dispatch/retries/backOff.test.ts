import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { backOff } from '../../../../../src/pool/dispatch/backOff';
import { VirtualClock } from '../../../../support/virtualClock';

const heardBy = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('the back-off of one request', () => {
	it('is over after its time, or once it is ended, and holds on to nothing', async () => {
		const clock = new VirtualClock();
		const { signal } = new AbortController();
		await clock.until(backOff(clock, signal, 1_000).over);
		assert.deepEqual([clock.monotonic(), clock.pending, heardBy(signal)], [1_000, 0, 0]);
		const { over, end } = backOff(clock, signal, 1_000);
		assert.equal(heardBy(signal), 1);
		end();
		await over;
		assert.deepEqual([clock.monotonic(), clock.pending, heardBy(signal)], [1_000, 0, 0]);
	});

	it('is cancelled with its request, with the reason, which is an error whatever a consumer gave', async () => {
		for (const [reason, message] of [
			[new Error('gone'), 'gone'],
			['just a text', 'cancelled'],
		] as const) {
			const clock = new VirtualClock();
			const call = new AbortController();
			const { over } = backOff(clock, call.signal, 1_000);
			call.abort(reason);
			await assert.rejects(over, { message });
			await assert.rejects(backOff(clock, call.signal, 1_000).over, { message });
			assert.equal(clock.pending, 0);
		}
	});
});
