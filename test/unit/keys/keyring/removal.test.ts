import assert from 'node:assert/strict';
import { eraseMs, type Keyring, type SecretStore, undoMs } from '../../../../src/keys/keyring/keyring';
import { Secret } from '../../../../src/keys/keyring/secret';
import type { Key, KeyId } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { open, reason } from '../../../support/keys/opened';
import { modern } from '../../../support/keys/sample';

const noon = Date.UTC(2026, 10, 26, 12);
const labels = (keyring: Keyring) => keyring.list().keys.map((key) => key.label);
const secrets = (store: MemoryStore) => [...store.entries.keys()].filter((name) => name.startsWith('key.')).length;

async function withKeys(count: number) {
	const store = new MemoryStore();
	const clock = new VirtualClock(noon);
	const { keyring, reports } = await open(store, clock);
	const { added } = await keyring.add(Array.from({ length: count }, (_, n) => ({ secret: new Secret(modern(n)) })));
	return { store, clock, keyring, reports, added };
}

function at<T>(items: readonly T[], index: number): T {
	const item = items[index];
	assert.ok(item);
	return item;
}

describe('a key that is removed', () => {
	it('is gone at once, and its secret and metadata when the time to undo is over', async () => {
		const { store, clock, keyring, added } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		assert.deepEqual(labels(keyring), []);
		await clock.advance(eraseMs - 1);
		assert.equal(secrets(store), 1);
		await clock.advance(1);
		await keyring.load();
		assert.deepEqual([...store.entries], []);
		assert.deepEqual(keyring.removed(), []);
		assert.equal(clock.pending, 0);
	});

	it('comes back as it was, with its project, if that is undone in time', async () => {
		const { store, clock, keyring, added } = await withKeys(2);
		const [a, b] = [at(added, 0), at(added, 1)];
		await keyring.update(a.id, { label: 'Work', role: 'backup', weight: 3 });
		await keyring.updateProject(a.project, { label: 'Shop', tier: 'paid' });
		const before = keyring.list();
		await keyring.remove(a.id);
		assert.deepEqual(keyring.removed(), [a.id]);
		await clock.advance(undoMs - 1);
		const back: Key = await keyring.restore(a.id);
		assert.equal(back.label, 'Work');
		assert.deepEqual(keyring.list(), before);
		await clock.advance(10 * undoMs);
		assert.equal(secrets(store), 2);
		assert.equal(at(keyring.list().keys, 1).id, b.id);
	});

	it('stays gone if the undo is too late', async () => {
		const { clock, keyring, added } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		await clock.advance(undoMs);
		await keyring.load();
		await assert.rejects(keyring.restore(at(added, 0).id), reason('noSuchKey'));
	});

	it('comes back with another name if its own is taken', async () => {
		const { keyring, added } = await withKeys(2);
		await keyring.remove(at(added, 0).id);
		await keyring.update(at(added, 1).id, { label: 'Key 1' });
		assert.equal((await keyring.restore(at(added, 0).id)).label, 'Key 1 2');
	});

	it('is erased at the latest at the next start, whenever the window closed', async () => {
		const { store, clock, keyring, added } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		keyring.dispose();
		assert.equal(clock.pending, 0);
		await clock.advance(10 * 24 * 3_600_000);
		assert.equal(secrets(store), 1);
		const next = await open(store, clock);
		assert.deepEqual(labels(next.keyring), []);
		await clock.advance(eraseMs - undoMs);
		await next.keyring.load();
		assert.deepEqual([...store.entries], []);
	});

	it('goes and comes back in every window, and is erased once', async () => {
		const { store, clock, keyring, added } = await withKeys(2);
		const other = await open(store, clock);
		await keyring.remove(at(added, 0).id);
		await other.keyring.load();
		assert.deepEqual(labels(other.keyring), ['Key 2']);
		await other.keyring.restore(at(added, 0).id);
		await keyring.load();
		assert.deepEqual(labels(keyring), ['Key 1', 'Key 2']);
		await keyring.remove(at(added, 1).id);
		await clock.advance(eraseMs);
		await Promise.all([keyring.load(), other.keyring.load()]);
		assert.equal(secrets(store), 1);
		assert.deepEqual(other.reports, []);
	});

	it('stays where it comes back in the last moment, of which another window hears when the time is over', async () => {
		const { store, clock, keyring, added } = await withKeys(1);
		let known: ReadonlyMap<string, string> | undefined;
		const late: SecretStore = {
			get: (name) => (known ? Promise.resolve(known.get(name)) : store.get(name)),
			keys: () => store.keys(),
			store: (name, text) => store.store(name, text),
			delete: (name) => store.delete(name),
			onDidChange: (listener) =>
				store.onDidChange((change) => {
					const hear = (): void => {
						known = undefined;
						listener(change);
					};
					if (known) clock.after(300, hear);
					else hear();
				}),
		};
		const other = await open(late, clock);
		await keyring.remove(at(added, 0).id);
		await clock.advance(undoMs - 100);
		known = new Map(store.entries);
		await keyring.restore(at(added, 0).id);
		await clock.advance(10 * undoMs);
		assert.deepEqual([labels(keyring), labels(other.keyring), secrets(store)], [['Key 1'], ['Key 1'], 1]);
	});

	it('that is added again meanwhile exists once, however often the removal is undone', async () => {
		const { store, clock, keyring, added } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		const [again] = (await keyring.add([{ secret: new Secret(modern(0)), label: 'Again' }])).added;
		assert.ok(again);
		assert.equal((await keyring.restore(at(added, 0).id)).id, again.id);
		const { duplicates } = await keyring.add([{ secret: new Secret(modern(0)) }]);
		assert.equal(duplicates[0]?.of.label, 'Again');
		await clock.advance(eraseMs);
		await keyring.load();
		assert.deepEqual([labels(keyring), secrets(store)], [['Again'], 1]);
	});

	it('lets another key have its secret, and undo then returns that key', async () => {
		const { keyring, added } = await withKeys(2);
		const [a, b] = [at(added, 0), at(added, 1)];
		await keyring.remove(a.id);
		assert.equal((await keyring.replace(b.id, new Secret(modern(0)))).id, b.id);
		assert.equal(await keyring.secretOf(b.id), modern(0));
		assert.equal((await keyring.restore(a.id)).id, b.id);
	});

	it('is no longer among those that can be restored once it is back', async () => {
		const { keyring, added } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		await keyring.restore(at(added, 0).id);
		assert.deepEqual(keyring.removed(), []);
	});

	it('keeps the project of a shared one until its last key is erased', async () => {
		const { clock, store, keyring, added } = await withKeys(2);
		const [a, b] = [at(added, 0), at(added, 1)];
		await keyring.update(b.id, { project: a.project });
		await keyring.updateProject(a.project, { label: 'Shared' });
		await keyring.remove(a.id);
		await clock.advance(undoMs / 2);
		await keyring.remove(b.id);
		await clock.advance(undoMs / 2);
		await keyring.restore(b.id);
		assert.deepEqual(
			keyring.list().projects.map(({ label }) => label),
			['Shared'],
		);
		await keyring.remove(b.id);
		await clock.advance(eraseMs);
		await keyring.load();
		assert.deepEqual([...store.entries], []);
	});

	it('is erased with all others when everything is erased, which leaves only what is not the keyring\u2019s', async () => {
		const { store, clock, keyring, added } = await withKeys(3);
		const other = await open(store, clock);
		await keyring.remove(at(added, 0).id);
		store.entries.set('damaged.meta.x', 'old');
		store.entries.set('alerts.slack', 'kept');
		await keyring.eraseAll();
		await other.keyring.load();
		assert.deepEqual([...store.entries], [['alerts.slack', 'kept']]);
		assert.deepEqual([keyring.list().keys, other.keyring.list().keys, keyring.removed()], [[], [], []]);
		assert.equal(clock.pending, 0);
	});

	it('is erased a minute later if the store refuses to erase it, as often as it takes', async () => {
		const { store, clock, keyring, added, reports } = await withKeys(1);
		await keyring.remove(at(added, 0).id);
		store.refuses = (act) => act === 'delete';
		const settle = () => keyring.restore('nobody' as KeyId).catch(() => undefined);
		for (const ms of [eraseMs, 60_000]) {
			await clock.advance(ms);
			await settle();
		}
		assert.deepEqual([secrets(store), reports.length], [1, 2]);
		store.refuses = () => false;
		await clock.advance(60_000);
		await settle();
		assert.deepEqual([...store.entries], []);
		assert.deepEqual([keyring.removed(), clock.pending], [[], 0]);
	});

	it('stays if the store refuses; if only erasing fails, that is retried at the next start', async () => {
		const { store, clock, keyring, added, reports } = await withKeys(1);
		store.refuses = (act) => act === 'store';
		await assert.rejects(keyring.remove(at(added, 0).id), reason('storeRefused'));
		assert.deepEqual(labels(keyring), ['Key 1']);
		store.refuses = (act) => act === 'delete';
		await keyring.remove(at(added, 0).id);
		await clock.advance(eraseMs);
		await assert.doesNotReject(keyring.load());
		assert.ok(reports.length > 0);
		keyring.dispose();
		store.refuses = () => false;
		const next = await open(store, clock);
		await clock.advance(eraseMs - undoMs);
		await next.keyring.load();
		assert.deepEqual([...store.entries], []);
	});
});
