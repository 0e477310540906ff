import assert from 'node:assert/strict';
import { Failure, type BucketId, type StateStore } from '../../../../src/pool/pool';
import { answers, Rig, type Send } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('a key that is removed while it answers', () => {
	it('finishes its answer, and takes no further one', async () => {
		let goOn = (): void => undefined;
		const held = new Promise<void>((resolve) => (goOn = resolve));
		async function* slow(send: Send) {
			yield { output: `first from ${send.key}, ` };
			if (send.key === 'a') await held;
			yield { output: 'second' };
			yield { finishReason: 'STOP' };
		}
		const rig = new Rig({ a: {}, b: {} }, slow, { strategy: 'primaryBackup' });
		const asked = rig.ask();
		await rig.clock.settle();
		assert.equal(asked.text, 'first from a, ');
		rig.setKeys({ b: {} });
		goOn();
		await rig.clock.until(asked.ended);
		assert.equal(asked.text, 'first from a, second');
		assert.equal(asked.done?.attempts.at(-1)?.label, 'a');
		assert.equal((await rig.answer()).text, 'first from b, second');
	});

	it('is no trouble for a request that it then fails: another key answers', async () => {
		for (const action of [
			{ type: 'coolDown', reason: 'rpm', delayMs: 1_000 },
			{ type: 'coolDown', reason: 'capacity' },
		] as const) {
			const failure = new Failure(action, true, '', 429, 'free');
			let fail = (): void => undefined;
			const rig = new Rig({ a: {}, b: {} }, async function* (send) {
				if (send.key === 'a') await new Promise((_, reject) => (fail = () => reject(failure)));
				yield* answers(send);
			});
			const asked = rig.ask();
			await rig.clock.settle();
			rig.setKeys({ b: {} });
			fail();
			await rig.clock.until(asked.ended);
			assert.equal(asked.text, 'from b', action.reason);
			assert.equal(rig.store.replica().bucket.get('p-a/m' as BucketId)?.leases.length, 0, 'and its place is free');
		}
	});
});

/** Each step is done at once, and heard of later. */
const far =
	(clock: VirtualClock) =>
	(store: InMemoryStore): StateStore => ({
		replica: () => store.replica(),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => store.close(),
		transact: async (step) => {
			const result = await store.transact(step);
			await new Promise<void>((resolve) => void clock.after(400, resolve));
			return result;
		},
	});

describe('a key that is removed or switched off while its lease is on the way', () => {
	for (const [how, left] of [
		['removed', { b: {} }],
		['switched off', { a: { enabled: false }, b: {} }],
	] as const) {
		it(`is not asked, as by a team’s server: ${how}`, async () => {
			const clock = new VirtualClock();
			const rig = new Rig({ a: {}, b: {} }, answers, { strategy: 'primaryBackup', clock, seenThrough: far(clock) });
			await rig.answer();
			const asked = rig.ask();
			await clock.advance(100);
			rig.setKeys(left);
			await clock.until(asked.ended);
			assert.equal(asked.text, 'from b');
			assert.equal(rig.order, 'a b');
			assert.equal(rig.store.replica().bucket.get('p-a/m' as BucketId)?.leases.length, 0, 'and its place is free');
		});
	}

	it('is not asked either where the request may use free keys only by then', async () => {
		const clock = new VirtualClock();
		const keys = { a: { tier: 'paid' }, b: {} } as const;
		const rig = new Rig(keys, answers, {
			strategy: 'primaryBackup',
			paidKeys: 'first',
			clock,
			seenThrough: far(clock),
		});
		const needs = { free: false };
		const asked = rig.ask({ needs });
		await clock.advance(100);
		needs.free = true;
		await clock.until(asked.ended);
		assert.deepEqual([asked.text, rig.order], ['from b', 'b']);
	});
});
