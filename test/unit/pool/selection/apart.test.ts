import assert from 'node:assert/strict';
import { DocsTransaction, type KeyId, type StateStore } from '../../../../src/pool/pool';
import { answers, Rig } from '../../../support/pool/rig';
import { seeded } from '../../../support/simulator/stand';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

class NotedTransaction extends DocsTransaction {
	readonly read = new Set<string>();

	override key(id: KeyId): ReturnType<DocsTransaction['key']> {
		this.read.add(id);
		return super.key(id);
	}
}

/** A store that others far away write to as well. A step that asks for one of `taken` runs twice: somebody was there first. */
function far(taken: ReadonlySet<string>): (store: InMemoryStore) => StateStore {
	return (store) => ({
		isFar: true,
		replica: () => store.replica(),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => store.close(),
		transact: (step) =>
			store.transact((tx, now) => {
				const first = new NotedTransaction(store.replica(), now);
				const result = step(first, now);
				return [...first.read].some((id) => taken.has(id)) ? step(tx, now) : (copied(first, tx), result);
			}),
	});
}

function copied(from: DocsTransaction, to: { put(write: never): void; drop(ref: never): void }): void {
	for (const change of from.changes) {
		if (change.kind === 'drop') to.drop(change.ref as never);
		else to.put(change as never);
	}
}

const keys = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`k${n}`, { limits: { m: { rpm: 40 } } }]));
/** The keys of some requests, while somebody else is at `taken`. */
const chosenBy = async (seed: number, count: number, taken?: string): Promise<readonly string[]> => {
	const others = new Set<string>();
	const rig = new Rig(keys, answers, { random: seeded(seed), strategy: 'headroom', seenThrough: far(others) });
	if (taken !== undefined) others.add(taken);
	for (let n = 0; n < count; n++) await rig.answer();
	return rig.sends.map(({ key }) => key);
};

describe('a window that chooses far from others who choose as well', () => {
	it('has a key of its own, and stays with it while that is about as good as the best', async () => {
		const first = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => chosenBy(seed, 5)));
		for (const chosen of first) assert.equal(new Set(chosen).size, 1, chosen.join(' '));
		assert.ok(new Set(first.map(([key]) => key)).size >= 3, first.map(([key]) => key).join(' '));
	});

	it('tries another key once it has met somebody at its own', async () => {
		const [own = ''] = await chosenBy(1, 1);
		const [first, ...rest] = await chosenBy(1, 6, own);
		assert.equal(first, own);
		assert.ok(rest.filter((key) => key === own).length <= 1, rest.join(' '));
	});
});
