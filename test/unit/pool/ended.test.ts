import assert from 'node:assert/strict';
import type { StateStore } from '../../../src/pool/pool';
import { plainMaxCost, plainPricing } from '../../support/pool/pricing';
import { badKey, breaks, hangs, Rig } from '../../support/pool/rig';

/** A store that writes a moment later, and takes nothing once it is closed. */
class LateStore implements StateStore {
	private isClosed = false;

	constructor(private readonly store: StateStore) {}

	close(): Promise<void> {
		this.isClosed = true;
		return Promise.resolve();
	}

	replica = () => this.store.replica();
	now = () => this.store.now();
	onDidChange: StateStore['onDidChange'] = (listener) => this.store.onDidChange(listener);

	transact: StateStore['transact'] = async (step) => {
		await new Promise((resolve) => setImmediate(resolve));
		if (this.isClosed) throw new Error('The store is closed.');
		return this.store.transact(step);
	};
}

describe('a pool that has ended', () => {
	it('cancels what runs, tells nobody anything, and leaves no timer', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? hangs(send) : breaks('x', badKey)), {
			window: 'one',
		});
		const running = rig.ask();
		const waiting = rig.ask();
		await rig.clock.settle();
		rig.pool.snapshot();
		let heard = 0;
		rig.pool.onEvent(() => heard++);
		rig.pool.dispose();
		await rig.clock.settle();
		await Promise.all([running.ended, waiting.ended]);
		assert.deepEqual([running.error?.reason, rig.clock.pending, heard], ['cancelled', 0, 0]);
		await rig.store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2 } }));
		assert.equal(rig.clock.pending, 0);
	});

	it('that is left first lets the store know what its requests have cost: nobody has to count them at their most', async () => {
		let late: LateStore | undefined;
		const rig = new Rig({ a: { tier: 'paid' } }, hangs, {
			pricing: plainPricing,
			seenThrough: (store) => (late = new LateStore(store)),
		});
		const running = rig.ask();
		await rig.clock.settle();
		await rig.clock.settle();
		assert.equal(rig.store.replica().spending.get('pool')?.reservations.length, 1);
		await rig.clock.until(rig.pool.leave());
		rig.pool.dispose();
		await late?.close();
		await running.ended;
		await rig.clock.advance(3_600_000);
		const { reservations, day } = rig.store.replica().spending.get('pool') ?? {};
		assert.deepEqual([running.error?.reason, reservations], ['cancelled', []]);
		assert.ok(day && day.cost > 0 && day.cost < plainMaxCost / 2, String(day?.cost));
	});

	it('waits no longer than a moment for a consumer that reads no more', async () => {
		const rig = new Rig({ a: {} }, () => breaks('x'));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		await rig.clock.until(parts.next());
		let isOver = false;
		void rig.pool.leave().then(() => (isOver = true));
		await rig.clock.advance(1_000);
		assert.equal(isOver, false);
		await rig.clock.advance(1_000);
		assert.equal(isOver, true);
	});
});
