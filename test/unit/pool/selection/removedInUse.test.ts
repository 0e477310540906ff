import assert from 'node:assert/strict';
import { Failure, type BucketId } from '../../../../src/pool/pool';
import { answers, Rig, type Send } from '../../../support/pool/rig';

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
