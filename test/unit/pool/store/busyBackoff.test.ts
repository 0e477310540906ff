import assert from 'node:assert/strict';
import { BusyBackoff } from '../../../../src/pool/store/busyBackoff';
import { VirtualClock } from '../../../support/virtualClock';

describe('a store whose lock another process holds', () => {
	it('is tried again soon, later each time, and never later than after 38 ms', () => {
		const waits = (random: number): readonly number[] => {
			const backoff = new BusyBackoff(new VirtualClock().monotonic, () => random);
			return Array.from({ length: 10 }, () => Math.round(backoff.nextMs()));
		};
		assert.deepEqual(waits(0.5), [2, 3, 5, 7, 10, 15, 23, 25, 25, 25]);
		assert.deepEqual([waits(0)[9], waits(1)[9]], [13, 38]);
	});

	it('counts as locked once it was busy for a second and a half, by the monotonic clock', async () => {
		const clock = new VirtualClock();
		await clock.advance(60_000);
		const backoff = new BusyBackoff(clock.monotonic, () => 0.5);
		assert.equal(backoff.mayRetry(), true);
		clock.jump(3_600_000);
		await clock.advance(1_499);
		assert.equal(backoff.mayRetry(), true);
		await clock.advance(1);
		assert.equal(backoff.mayRetry(), false);
	});

	it('that was free in between is waited for anew', async () => {
		const clock = new VirtualClock();
		const backoff = new BusyBackoff(clock.monotonic, () => 0.5);
		backoff.mayRetry();
		for (let n = 0; n < 10; n++) backoff.nextMs();
		await clock.advance(1_500);
		backoff.reset();
		assert.deepEqual([backoff.mayRetry(), backoff.nextMs()], [true, 2]);
		await clock.advance(1_499);
		assert.equal(backoff.mayRetry(), true);
	});
});
