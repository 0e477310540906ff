import assert from 'node:assert/strict';
import type { StateStore } from '../../../../../src/pool/pool';
import { Chooser } from '../../../../support/pool/chooser';
import type { InMemoryStore } from '../../../../support/pool/inMemoryStore';

/** A store of several machines that is away: this one has half of every limit meanwhile. */
const half = (store: InMemoryStore): StateStore => ({
	replica: () => store.replica(),
	now: () => store.now(),
	transact: (step) => store.transact(step),
	onDidChange: (listener) => store.onDidChange(listener),
	close: () => store.close(),
	limitShare: () => ({ part: 0.5 }),
});

/** How many of ten requests are granted in one minute, on a limit of four that the service stated. */
async function granted(seenThrough?: (store: InMemoryStore) => StateStore): Promise<number> {
	const chooser = new Chooser({ a: {} }, seenThrough && { seenThrough });
	await chooser.learn('a', 'rpm', 4);
	let count = 0;
	for (let n = 0; n < 10; n++) if ((await chooser.choice()) === 'a') count++;
	return count;
}

describe('a machine that has lost the shared store', () => {
	it('takes its part of a limit', async () => {
		assert.deepEqual([await granted(), await granted(half)], [4, 2]);
	});

	it('tests no limit, because a part says nothing of the whole', async () => {
		for (const [seenThrough, choice] of [
			[undefined, 'a'],
			[half, 'rpm'],
		] as const) {
			const chooser = new Chooser({ a: {} }, seenThrough && { seenThrough });
			await chooser.learn('a', 'rpm', 1, 0);
			await chooser.inBucket('a', (now) => ({ minute: [[now, now, 1, 1]] }));
			assert.equal(await chooser.choice(), choice);
		}
	});
});
