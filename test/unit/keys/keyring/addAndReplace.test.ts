import assert from 'node:assert/strict';
import { addAll } from '../../../../src/keys/commands/addAll';
import { Secret } from '../../../../src/keys/keyring/secret';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { add, open, reason, settled } from '../../../support/keys/opened';
import { modern } from '../../../support/keys/sample';

describe('keys that a locked store refuses', () => {
	it('are all stored once it is unlocked, without being entered again, and each once', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const [there] = await add(keyring, modern(9));
		const keys = [1, 9, 2, 3].map((n) => ({ secret: new Secret(modern(n)) }));
		store.refuses = (act, name) => act === 'store' && name.startsWith('key.') && store.entries.size >= 4;
		const told: number[] = [];
		const { added, duplicates } = await addAll(keyring, keys, (stored) => {
			told.push(stored);
			store.refuses = () => false;
			return Promise.resolve(true);
		});
		assert.deepEqual(told, [1]);
		assert.deepEqual(await Promise.all(added.map(({ id }) => keyring.secretOf(id))), [1, 2, 3].map(modern));
		assert.deepEqual(
			duplicates.map(({ of }) => of.id),
			[there?.id],
		);
		assert.equal(keyring.list().keys.length, 4);
	});

	it('are not stored if the user does not retry; stored ones stay', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		store.refuses = (act, name) => act === 'store' && name.startsWith('key.') && store.entries.size >= 2;
		const keys = [1, 2].map((n) => ({ secret: new Secret(modern(n)) }));
		const { added } = await addAll(keyring, keys, () => Promise.resolve(false));
		assert.deepEqual(await Promise.all(added.map(({ id }) => keyring.secretOf(id))), [modern(1)]);
		assert.equal(keyring.list().keys.length, 1);
	});
});

describe('a key that is replaced', () => {
	it('keeps its name and settings in every window; its old secret is gone', async () => {
		const store = new MemoryStore();
		const [mine, other] = [await open(store), await open(store)];
		const [one, two] = await add(mine.keyring, modern(1), modern(2));
		assert.ok(one && two);
		await mine.keyring.update(one.id, { label: 'Work', role: 'backup', weight: 5, project: two.project });
		const next = await mine.keyring.replace(one.id, new Secret(modern(3)));
		assert.deepEqual(
			[next.id, next.label, next.role, next.weight, next.project, next.sortOrder],
			[one.id, 'Work', 'backup', 5, two.project, one.sortOrder],
		);
		assert.notEqual(next.mask, one.mask);
		await settled(other.keyring);
		assert.equal(await other.keyring.secretOf(one.id), modern(3));
		assert.equal(other.keyring.list().keys.find(({ id }) => id === one.id)?.mask, next.mask);
		assert.ok(![...store.entries.values()].includes(modern(1)));
		assert.ok(mine.learnt.includes(modern(3)));
	});

	it('takes over all that a person said of its project, and not the number that Google named for the old secret', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const [alone, one, two] = await add(keyring, modern(1), modern(2), modern(3));
		assert.ok(alone && one && two);
		await keyring.update(two.id, { project: one.project });
		for (const { project } of [alone, one]) await keyring.updateProject(project, { tier: 'paid', number: project });
		const numbers = async (): Promise<unknown> => {
			await keyring.load();
			return keyring.list().projects.map(({ tier, number }) => [tier, number]);
		};
		await keyring.replace(alone.id, new Secret(modern(1)));
		assert.deepEqual(
			await numbers(),
			[
				['paid', alone.project],
				['paid', one.project],
			],
			'the same key',
		);
		for (const { id } of [alone, one]) await keyring.replace(id, new Secret(modern(4 + Number(id === one.id))));
		assert.deepEqual(
			await numbers(),
			[
				['paid', undefined],
				['paid', one.project],
			],
			'another key of it has it still',
		);
	});

	it('stays unchanged if the new secret is stored already, or the store refuses', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const [one, two] = await add(keyring, modern(1), modern(2));
		assert.ok(one && two);
		assert.equal((await keyring.replace(one.id, new Secret(modern(2)))).id, two.id);
		store.refuses = (act) => act === 'store';
		await assert.rejects(keyring.replace(one.id, new Secret(modern(3))), reason('storeRefused'));
		assert.equal(await keyring.secretOf(one.id), modern(1));
	});

	it('is told as replaced where the store, locked a moment later, hands out nothing more', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const [one] = await add(keyring, modern(1));
		assert.ok(one);
		store.refuses = (act) => act === 'get' && store.entries.get(`key.${one.id}`) === modern(2);
		const next = await keyring.replace(one.id, new Secret(modern(2)));
		assert.equal(store.entries.get(`key.${one.id}`), modern(2));
		assert.notEqual(next.mask, one.mask);
		assert.equal(keyring.list().keys[0]?.mask, next.mask);
	});
});
