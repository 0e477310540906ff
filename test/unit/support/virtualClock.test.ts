import assert from 'node:assert/strict';
import { VirtualClock } from '../../support/virtualClock';

describe('VirtualClock', () => {
	it('runs timers in order and lets promises settle in between', async () => {
		const clock = new VirtualClock(1000);
		const seen: string[] = [];
		const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
		clock.after(20, () => seen.push(`b ${clock.now()}`));
		void sleep(10)
			.then(() => seen.push(`a ${clock.now()}`))
			.then(() => sleep(5))
			.then(() => seen.push(`c ${clock.now()}`));
		clock.after(12, () => seen.push('never'))();
		await clock.advance(30);
		assert.deepEqual(seen, ['a 1010', 'c 1015', 'b 1020']);
		assert.equal(clock.now(), 1030);
		assert.equal(clock.pending, 0);
	});

	it('passes the time a promise needs, and says when none can settle it', async () => {
		const clock = new VirtualClock(0);
		await clock.until(new Promise<void>((resolve) => clock.after(3_600_000, resolve)));
		assert.equal(clock.monotonic(), 3_600_000);
		await assert.rejects(clock.until(new Promise(() => undefined)), /Nothing is left/);
	});
});
