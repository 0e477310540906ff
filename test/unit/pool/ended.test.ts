import assert from 'node:assert/strict';
import { badKey, breaks, hangs, Rig } from '../../support/pool/rig';

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
});
