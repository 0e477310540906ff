import assert from 'node:assert/strict';
import type { QueueRecord, WindowQueue } from '../../../../src/pool/pool';
import { WaitCount } from '../../../../src/pool/queue/waitCount';
import { answers, fails, network, Rig } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const limited = { limits: { m: { rpm: 1 } } };

/** What each change of the pool shows of it. */
function shownOf(rig: Rig): number[] {
	const shown: number[] = [];
	rig.pool.onEvent((event) => {
		if (event.type !== 'changed') return;
		const { waiting } = rig.pool.snapshot();
		if (shown.at(-1) !== waiting) shown.push(waiting);
	});
	return shown;
}

describe('how many requests wait now', () => {
	it('is one less when one has stopped, however often that is told', () => {
		const clock = new VirtualClock();
		const waits = new WaitCount(new InMemoryStore(clock), undefined, () => undefined);
		const [stop] = [waits.begin(), waits.begin()];
		assert.equal(waits.count(clock.wall()), 2);
		for (let n = 0; n < 2; n++) stop();
		assert.equal(waits.count(clock.wall()), 1);
	});

	it('is told when one begins to wait and when it goes on, though nothing else changes', async () => {
		const rig = new Rig({ a: limited }, answers);
		await rig.answer();
		assert.equal(rig.pool.snapshot().waiting, 0);
		const shown = shownOf(rig);
		const asked = rig.ask({ maxWaitMs: 900_000 });
		await rig.clock.settle();
		assert.equal(rig.pool.snapshot().waiting, 1);
		await rig.clock.until(asked.ended);
		assert.equal(rig.pool.snapshot().waiting, 0);
		assert.deepEqual(shown, [1, 0]);
	});

	it('counts one that backs off, and none that was stopped', async () => {
		const rig = new Rig({ a: {} }, () => fails(network));
		const shown = shownOf(rig);
		const stop = new AbortController();
		const asked = rig.ask({}, stop.signal);
		await rig.clock.settle();
		assert.equal(rig.pool.snapshot().waiting, 1);
		stop.abort();
		await rig.clock.until(asked.ended);
		assert.equal(rig.pool.snapshot().waiting, 0);
		assert.equal(shown.at(-1), 0);
	});

	it('counts all of another window, which tells of the first ones alone', async () => {
		const one = new Rig({ a: limited }, answers, { window: 'one' });
		const two = new Rig({ a: limited }, answers, { window: 'two', beside: one });
		await one.answer();
		const stop = new AbortController();
		const many = Array.from({ length: 100 }, () => two.ask({ maxWaitMs: 900_000 }, stop.signal));
		await one.clock.advance(1_500);
		assert.deepEqual([one.pool.snapshot().waiting, two.pool.snapshot().waiting], [100, 100]);
		stop.abort();
		for (const { ended } of many) await one.clock.until(ended);
		await one.clock.advance(100);
		assert.equal(one.pool.snapshot().waiting, 0);
	});

	it('counts those of other windows, until they are served or their window is gone', async () => {
		const one = new Rig({ a: limited }, answers, { window: 'one' });
		const two = new Rig({ a: limited }, answers, { window: 'two', beside: one });
		await one.answer();
		const shown = shownOf(one);
		const asked = [two.ask({ maxWaitMs: 900_000 }), one.ask({ maxWaitMs: 900_000 })];
		await one.clock.advance(100);
		assert.deepEqual([one.pool.snapshot().waiting, two.pool.snapshot().waiting], [2, 2]);
		for (const { ended } of asked) await one.clock.until(ended);
		assert.deepEqual([one.pool.snapshot().waiting, shown.at(-1)], [0, 0]);

		const gone: QueueRecord = {
			...{ id: 'other', priority: 'chat', since: 0, reason: 'rpm', models: ['m'] },
			...{ size: { bytes: 400, tokens: 0 }, paid: false },
		};
		await one.store.transact((tx, now) => {
			const doc: WindowQueue = { v: 2, heartbeatAt: now, requests: [gone], chatStreak: 0 };
			tx.put({ kind: 'windowQueue', id: 'gone', doc });
		});
		assert.equal(one.pool.snapshot().waiting, 1);
		await one.clock.advance(3_100);
		assert.equal(one.pool.snapshot().waiting, 0);
		assert.equal(shown.at(-1), 0);
	});
});
