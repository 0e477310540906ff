import assert from 'node:assert/strict';
import type { KeyId, StateStore } from '../../../../../src/pool/pool';
import { Chooser } from '../../../../support/pool/chooser';
import type { InMemoryStore } from '../../../../support/pool/inMemoryStore';

const keys = { a: {}, b: {}, c: {} };

describe('the call that finds out whether a throttled pool works again', () => {
	it('goes to a key of the refused projects, and to one that the request may have', async () => {
		for (const [off, chosen] of [
			[[], 'b'],
			[['b'], 'c'],
		] as const) {
			const plans = Object.fromEntries(Object.keys(keys).map((key) => [key, { enabled: !off.some((o) => o === key) }]));
			const chooser = new Chooser(plans);
			await chooser.throttle(['b', 'c']);
			assert.equal(await chooser.choice(), chosen);
		}
	});

	it('goes to whichever of them does not cool down', async () => {
		const chooser = new Chooser(keys);
		await chooser.throttle(['b', 'c']);
		await chooser.coolDown('b', 30_000);
		assert.equal(await chooser.choice(), 'c');
	});

	it('waits for the one that is back first, up to a minute', async () => {
		const chooser = new Chooser(keys);
		await chooser.throttle(['b', 'c']);
		await chooser.coolDown('b', 60_000, 'capacity');
		await chooser.coolDown('c', 60_001);
		const { on, ...rejection } = await chooser.rejected();
		const retryAt = chooser.clock.wall() + 60_000;
		assert.deepEqual(rejection, { reason: 'capacity', retryAt, model: 'm', bucketId: 'p-b/m' });
		assert.equal(on?.id, 'b');
		await chooser.coolDown('c', 20_000);
		assert.equal((await chooser.rejected()).on?.id, 'c');
	});

	it('asks the store of no key that is known to rest', async () => {
		let steps = 0;
		const seenThrough = (store: InMemoryStore): StateStore => ({
			replica: () => store.replica(),
			now: () => store.now(),
			onDidChange: (listener) => store.onDidChange(listener),
			close: () => store.close(),
			transact: (step) => {
				steps++;
				return store.transact(step);
			},
		});
		const chooser = new Chooser(keys, { seenThrough });
		await chooser.throttle(['b', 'c']);
		await chooser.coolDown('b', 30_000);
		await chooser.coolDown('c', 40_000);
		// The first choice of all looks at the clock that is stored.
		await chooser.rejected();
		steps = 0;
		assert.equal((await chooser.rejected()).on?.id, 'b');
		assert.equal(steps, 0);
	});

	it('goes to another project where none of them is back within a minute', async () => {
		const chooser = new Chooser(keys);
		await chooser.throttle(['b', 'c']);
		await chooser.coolDown('b', 60_001);
		await chooser.coolDown('c', 60_001);
		assert.equal(await chooser.choice(), 'a');
	});

	it('tests no limit along the way', async () => {
		const chooser = new Chooser({ a: {}, b: {} });
		await chooser.learn('b', 'tpm', 50, 0);
		assert.equal(await chooser.choice({ excludedKeys: new Set(['a' as KeyId]) }), 'b', 'as it may elsewhere');
		const throttled = new Chooser({ a: {}, b: {} });
		await throttled.learn('b', 'tpm', 50, 0);
		await throttled.throttle(['b']);
		assert.equal(await throttled.choice(), 'tooLargeForTier');
	});
});
