import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Keyring, KeyringError, undoMs } from '../../../../src/keys/keyring/keyring';
import { Secret } from '../../../../src/keys/keyring/secret';
import type { Key } from '../../../../src/pool/pool';
import { modern } from '../../../support/keys/sample';
import { SlowStore } from '../../../support/keys/slowStore';
import { seeded } from '../../../support/simulator/stand';
import { VirtualClock } from '../../../support/virtualClock';

/** What a person does in a window, with the keys that it shows. */
const act = fc.constantFrom('add', 'rename', 'join', 'split', 'pay', 'remove', 'restore', 'rotate', 'replace');
const step = fc.oneof(
	{ weight: 9, arbitrary: fc.record({ act, on: fc.constantFrom(0, 1), at: fc.nat(9), to: fc.nat(9) }) },
	fc.record({ ms: fc.constantFrom(100, undoMs / 2, undoMs + 1_000) }),
	/** Both windows have done everything and know of it. */
	fc.constant('settled' as const),
);

describe('two windows over one secret store', () => {
	it('show the same keys in the end, which are those that are stored, in any order of what is done in them', () =>
		fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), play), { numRuns: 500 }));
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(steps: readonly Step[], seed: number): Promise<void> {
	const store = new SlowStore(seeded(seed));
	const clock = new VirtualClock();
	const reports: unknown[] = [];
	const open = (window: string): Keyring => {
		let ids = 0;
		return new Keyring(store, {
			...{ clock, newId: () => `${window}-${++ids}`, numberedLabel: (n) => `Key ${n}` },
			...{ learn: () => undefined, report: (error) => reports.push(error) },
		});
	};
	const windows = [open('one'), open('two')];
	await Promise.all(windows.map((window) => window.load()));
	const underWay: Promise<unknown>[] = [];
	for (const one of steps) {
		if (one === 'settled') await Promise.all(underWay).then(() => clock.settle());
		else if ('ms' in one) await clock.advance(one.ms);
		else underWay.push(did(windows[one.on] ?? assert.fail(), one).catch(expected));
	}
	await Promise.all(underWay);
	await clock.settle();
	// Removed keys are erased.
	await clock.advance(2 * undoMs);
	await clock.settle();
	const [first, second] = windows.map((window) => window.list());
	const fresh = open('three');
	assert.deepEqual(second, first);
	assert.deepEqual(await fresh.load(), first);
	const stored = [...store.entries.keys()].filter((name) => !name.startsWith('project.'));
	const ids = first?.keys.map(({ id }) => id) ?? [];
	assert.deepEqual(stored.toSorted(), [...ids.map((id) => `key.${id}`), ...ids.map((id) => `meta.${id}`)].toSorted());
	assert.deepEqual(reports, []);
	for (const window of [...windows, fresh]) window.dispose();
	assert.equal(clock.pending, 0);
}

function did(window: Keyring, { act, at, to }: Extract<Step, { readonly act: string }>): Promise<unknown> {
	const { keys } = window.list();
	const key: Key | undefined = keys[at % Math.max(1, keys.length)];
	const other = keys[to % Math.max(1, keys.length)];
	if (act === 'add') return window.add([{ secret: new Secret(modern(at)), project: other?.project }]);
	if (act === 'restore')
		return Promise.all(
			window
				.removed()
				.slice(-1)
				.map((id) => window.restore(id)),
		);
	if (!key || !other) return Promise.resolve();
	switch (act) {
		case 'rename':
			return window.update(key.id, { label: `Name ${to}` });
		case 'join':
			return window.update(key.id, { project: other.project });
		case 'split':
			return window.update(key.id, { project: 'own' });
		case 'pay':
			return window.updateProject(key.project, { tier: 'paid' });
		case 'remove':
			return window.remove(key.id);
		case 'rotate':
			return window.arrange([...keys.slice(1), ...keys.slice(0, 1)].map(({ id }) => id));
		case 'replace':
			return window.replace(key.id, new Secret(modern(to)));
	}
}

/** What a window says where the other one was first. */
function expected(error: unknown): void {
	assert.ok(error instanceof KeyringError, String(error));
}
