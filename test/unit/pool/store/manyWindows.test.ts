import assert from 'node:assert/strict';
import { answers, fails, hangs, Rig, rpm } from '../../../support/pool/rig';

const limited = { limits: { m: { rpm: 1 } } };

describe('what a window tells of those who wait', () => {
	it('is sixteen at most, also when it beats, and no beat is left once nobody waits', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(60_000)), { window: 'one' });
		const stop = new AbortController();
		for (let n = 0; n < 20; n++) rig.ask({}, stop.signal);
		await rig.clock.advance(2_500);
		assert.equal(rig.store.replica().windowQueue.get('one')?.requests.length, 16);
		stop.abort();
		await rig.clock.settle();
		assert.deepEqual([...rig.store.replica().windowQueue.keys()], []);
		let writes = 0;
		rig.store.onDidChange((refs) => (writes += refs.filter(({ kind }) => kind === 'windowQueue').length));
		await rig.clock.advance(5_000);
		assert.equal(writes, 0);
	});

	it('keeps how often its chat went before batch, though nobody waits there for a moment', async () => {
		const one = new Rig({ a: limited }, answers, { window: 'one' });
		const two = new Rig({ a: limited }, answers, { window: 'two', beside: one });
		await one.answer();
		const batch = two.ask({ priority: 'batch', maxWaitMs: 900_000 });
		await one.clock.advance(10);
		const chats: string[] = [];
		const isServed = (): boolean => batch.done !== undefined;
		for (let n = 0; n < 6 && !isServed(); n++) {
			const chat = one.ask({ maxWaitMs: 900_000 });
			await one.clock.until(chat.ended);
			chats.push(isServed() ? 'after' : 'before');
		}
		assert.deepEqual(chats, ['before', 'before', 'before', 'before', 'after']);
	});

	it('ends with the window, and with it its timers', async () => {
		const rig = new Rig({ a: limited }, hangs, { window: 'one' });
		const asked = [rig.ask(), rig.ask(), rig.ask()];
		await rig.clock.advance(1_500);
		assert.equal(rig.store.replica().windowQueue.get('one')?.requests.length, 2);
		rig.pool.dispose();
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		await rig.clock.settle();
		assert.deepEqual([...rig.store.replica().windowQueue.keys()], []);
		assert.equal(rig.clock.pending, 0);
	});
});

describe('one of several models, at its edges', () => {
	it('the wanted model is waited for where a fallback is back at the same time', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth <= 2 ? fails(rpm(30_000)) : answers(send)));
		const asked = rig.ask({ models: ['m', 'lite'] });
		await rig.clock.advance(0);
		const waiting = asked.parts.findLast((part) => part.type === 'waiting');
		assert.deepEqual(waiting?.on.model, 'm');
		await rig.clock.until(asked.ended);
		assert.equal(asked.done?.on.model, 'm');
	});

	it('no request fails for the wanted model where it has too little time for it, and a fallback could serve', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(8_000)) : answers(send)));
		const asked = await rig.answer({ models: ['m', 'lite'], maxWaitMs: 7_999 });
		assert.deepEqual([asked.done?.on.model, rig.elapsed], ['lite', 0]);
	});

	it('a wait for the wanted model is not known to be long while the fallback is being probed', async () => {
		const rig = new Rig({ a: {} }, (send, clock) => {
			if (send.model === 'm') return fails(rpm(20_000));
			if (send.nth <= 2) return fails(rpm(5_000));
			return (async function* () {
				await new Promise<void>((resolve) => clock.after(8_000, resolve));
				yield* answers(send);
			})();
		});
		await rig.answer({ models: ['m', 'lite'], maxWaitMs: 0 });
		await rig.clock.advance(5_000);
		const probe = rig.ask({ models: ['lite'] });
		// The probe is late: it is waited for until its lease ends, and the wanted model is back before.
		await rig.clock.advance(3_500);
		const asked = rig.ask({ models: ['m', 'lite'], maxWaitMs: 7_000 });
		await rig.clock.until(Promise.all([probe.ended, asked.ended]));
		assert.equal(asked.done?.on.model, 'lite');
	});
});
