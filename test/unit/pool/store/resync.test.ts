import assert from 'node:assert/strict';
import { DocMaps, type Change, type DocRef, type KeyId, type Write } from '../../../../src/pool/pool';
import { changesToResync } from '../../../../src/pool/store/resync';
import { copyOf, replaceAll } from '../../../../src/pool/store/documentSet';
import { VirtualClock } from '../../../support/virtualClock';

const [a, b, c] = ['a', 'b', 'c'] as KeyId[] as [KeyId, KeyId, KeyId];
const now = new VirtualClock().wall();

/** Documents of keys with so many successes each. */
function docs(keys: Readonly<Record<string, number>>): DocMaps {
	const maps = new DocMaps();
	for (const [id, success] of Object.entries(keys)) maps.apply(key(id as KeyId, success));
	return maps;
}

function key(id: KeyId, success: number): Write {
	const state = { state: 'unverified' } as const;
	const tokens = { input: 0, output: 0 };
	return { kind: 'key', id, doc: { v: 2, status: state, score: 100, lastUsed: 0, success, fail: 0, tokens } };
}

const successes = (changes: readonly Change[]): unknown[] =>
	changes.map((change) =>
		change.kind === 'key'
			? [change.id, change.doc.success]
			: change.kind === 'drop'
				? ['drop', change.ref.kind === 'key' ? change.ref.id : '']
				: change.kind,
	);

describe('coming back to a store', () => {
	it('adds what was counted here, and leaves alone what was not touched', () => {
		const base = docs({ a: 5, b: 1 });
		const ours = copyOf(base);
		ours.apply(key(a, 7));
		ours.apply(key(c, 1));
		const changes = changesToResync(ours, base, [key(a, 6), key(b, 3)], true, now);
		assert.deepEqual(successes(changes), [
			['a', 8],
			['c', 1],
		]);
	});

	it('what others dropped and nobody touched here stays dropped; what was dropped here is dropped there', () => {
		const base = docs({ a: 5, b: 1 });
		const ours = copyOf(base);
		ours.apply({ kind: 'drop', ref: { kind: 'key', id: b } });
		assert.deepEqual(successes(changesToResync(ours, base, [key(b, 1)], true, now)), [['drop', 'b']]);
	});

	it('a new store gets all that is known; where another window was first, nothing counts twice', () => {
		const base = docs({ a: 5, b: 1 });
		const changes = changesToResync(copyOf(base), base, [key(a, 6)], false, now);
		assert.deepEqual(successes(changes), [['b', 1]]);
	});

	it('a pause that began here stops the others, and a resume here frees them', () => {
		const base = docs({});
		const paused = copyOf(base);
		const pause: Write = { kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: a, since: now } } };
		paused.apply(pause);
		assert.deepEqual(changesToResync(paused, base, [], true, now), [pause]);
		const resumed = copyOf(paused);
		resumed.apply({ kind: 'pool', doc: { v: 2 } });
		assert.deepEqual(changesToResync(resumed, paused, [pause], true, now), [{ kind: 'pool', doc: { v: 2 } }]);
	});

	it('tells of an erasure, whichever side had it, so that every window follows', () => {
		const poolOf = (changes: readonly Change[]) =>
			changes.flatMap((change) => (change.kind === 'pool' ? [change.doc] : []));
		const base = docs({ a: 5 });
		const erased: Write = { kind: 'pool', doc: { v: 2, forgottenAt: now } };
		const ours = copyOf(base);
		ours.apply({ kind: 'drop', ref: { kind: 'key', id: a } });
		ours.apply(erased);
		for (const theirs of [[key(a, 6)], [key(a, 6), { kind: 'pool', doc: { v: 2, forgottenAt: 5 } } as const]]) {
			const changes = changesToResync(ours, base, theirs, true, now);
			assert.deepEqual(poolOf(changes), [erased.doc]);
			assert.ok(changes.some(({ kind }) => kind === 'drop'));
		}
		const paused = copyOf(base);
		const pause = { reason: 'leaked', by: a, since: now } as const;
		paused.apply({ kind: 'pool', doc: { v: 2, paused: pause } });
		assert.deepEqual(poolOf(changesToResync(paused, base, [erased], true, now)), [
			{ v: 2, paused: pause, forgottenAt: now },
		]);
	});

	it('a whole page replaces what is known, and tells of what is gone', () => {
		const maps = docs({ a: 5, b: 1 });
		maps.apply({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: a, since: now } } });
		const refs: readonly DocRef[] = replaceAll(maps, [key(a, 6)]);
		assert.deepEqual([...maps.key.keys()], [a]);
		assert.equal(maps.key.get(a)?.success, 6);
		assert.equal(maps.pool.paused, undefined);
		assert.deepEqual(refs.map(({ kind }) => kind).sort(), ['key', 'key', 'pool']);
	});
});
