import assert from 'node:assert/strict';
import { TaskLine, Turns } from '../../../../src/pool/queue/turns';
import { VirtualClock } from '../../../support/virtualClock';

/** Real work takes time while it is done. */
class BusyClock extends VirtualClock {
	private busyMs = 0;
	readonly work = (ms: number): void => void (this.busyMs += ms);
	override readonly monotonic = (): number => this.elapsedMs() + this.busyMs;
	private readonly start = this.now();
	private elapsedMs(): number {
		return this.now() - this.start;
	}
}

describe('work in turns', () => {
	it('has its next turn after 128 steps, however short', async () => {
		const clock = new VirtualClock();
		const turns = new Turns(clock);
		let steps = 0;
		const work = (async () => {
			while (steps < 300) {
				steps++;
				await turns.pause();
			}
		})();
		await clock.settle();
		assert.equal(steps, 128);
		await clock.advance(0);
		assert.equal(steps, 300);
		await work;
	});

	it('has its next turn after 5 ms, however few the steps', async () => {
		const clock = new BusyClock();
		const tasks = new TaskLine(clock);
		const done: number[] = [];
		for (let n = 0; n < 12; n++) {
			tasks.run(() => {
				done.push(n);
				clock.work(2);
			});
		}
		assert.deepEqual(done, [0], 'the first at once');
		await clock.settle();
		assert.deepEqual(done, [0, 1, 2]);
		tasks.run(() => done.push(12));
		await clock.until(new Promise<void>((resolve) => tasks.run(resolve)));
		assert.deepEqual(
			done,
			Array.from({ length: 13 }, (_, n) => n),
		);
	});

	it('begins anew once all is done', async () => {
		const clock = new VirtualClock();
		const tasks = new TaskLine(clock);
		let done = 0;
		for (let round = 1; round <= 3; round++) {
			for (let n = 0; n < 100; n++) tasks.run(() => done++);
			await clock.settle();
			assert.equal(done, 100 * round);
		}
		assert.equal(clock.pending, 0);
	});
});
