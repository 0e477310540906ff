import assert from 'node:assert/strict';
import { type Keyring, type KeyringError } from '../../../../src/keys/keyring/keyring';
import { Secret } from '../../../../src/keys/keyring/secret';
import type { Key, KeyId } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { add, open, opened, reason, settled } from '../../../support/keys/opened';
import { legacy, modern } from '../../../support/keys/sample';

const labels = (keyring: Keyring) => keyring.list().keys.map((key) => key.label);
const first = (keys: readonly Key[]): Key => {
	const [key] = keys;
	assert.ok(key);
	return key;
};

describe('the keyring', () => {
	it('stores the secret alone, and its metadata separately without the secret', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const key = first(await add(keyring, modern(1)));
		assert.equal(store.entries.get(`key.${key.id}`), modern(1));
		const others = [...store.entries].filter(([name]) => !name.startsWith('key.'));
		assert.ok(others.length > 0 && others.every(([, text]) => !text.includes(modern(1).slice(0, 8))));
		assert.equal(await keyring.secretOf(key.id), modern(1));
		assert.deepEqual(
			{ ...key, id: '', project: '', sortOrder: '' },
			{
				id: '',
				project: '',
				sortOrder: '',
				label: 'Key 1',
				mask: 'AQ.A…0001',
				role: 'primary',
				weight: 1,
				enabled: true,
			},
		);
		assert.deepEqual(keyring.list().projects, [{ id: key.project, tier: 'free' }]);
	});

	it('keeps keys, their order and their projects for the next start', async () => {
		const store = new MemoryStore();
		const before = await open(store);
		const [a, b, c] = await add(before.keyring, modern(1), modern(2), legacy(3));
		assert.ok(a && b && c);
		await before.keyring.update(b.id, { label: 'Work', project: a.project, weight: 5, role: 'backup', enabled: false });
		await before.keyring.updateProject(a.project, {
			label: 'Shop',
			tier: 'paid',
			limits: { m: { rpm: 5 } },
			dailyCap: { requests: 9 },
		});
		await before.keyring.arrange([c.id, a.id, b.id]);
		const after = await open(store);
		assert.deepEqual(after.keyring.list(), before.keyring.list());
		assert.deepEqual(labels(after.keyring), ['Key 3', 'Key 1', 'Work']);
		assert.deepEqual(after.learnt.sort(), [modern(1), modern(2), legacy(3)].sort());
		assert.equal(after.keyring.list().projects.find((project) => project.id === a.project)?.tier, 'paid');
	});

	it('recognises secrets that it has and secrets that come twice', async () => {
		const { keyring } = await open(new MemoryStore());
		await add(keyring, modern(1));
		const secrets = [modern(2), modern(1), modern(2)].map((text) => ({ secret: new Secret(text), label: 'other' }));
		const { added, duplicates } = await keyring.add(secrets);
		assert.deepEqual(
			added.map((key) => key.label),
			['other'],
		);
		assert.deepEqual(
			duplicates.map(({ of }) => of.label),
			['Key 1', 'other'],
		);
		assert.equal(keyring.list().keys.length, 2);
	});

	it('makes any label unique, one line of at most 60 characters', async () => {
		const { keyring } = await open(new MemoryStore());
		const wishes = [
			undefined,
			'Work',
			'Work',
			' \n ',
			'a\tb\r\nc',
			'😀'.repeat(200),
			'x'.repeat(10_000),
			'x'.repeat(99),
		];
		await keyring.add(wishes.map((label, n) => ({ secret: new Secret(modern(n)), label })));
		const given = labels(keyring);
		assert.deepEqual(given.slice(0, 5), ['Key 1', 'Work', 'Work 2', 'Key 2', 'a b c']);
		assert.equal(new Set(given).size, wishes.length);
		assert.ok(given.every((label) => label.length >= 1 && label.length <= 60 && !/\p{Surrogate}/u.test(label)));
	});

	it('refuses invalid names and values, and changes nothing', async () => {
		const { keyring } = await open(new MemoryStore());
		const [a, b] = await add(keyring, modern(1), modern(2));
		assert.ok(a && b);
		const before = keyring.list();
		await assert.rejects(keyring.update(a.id, { label: '  ' }), reason('badLabel'));
		await assert.rejects(keyring.update(a.id, { label: 'x'.repeat(10_000) }), reason('badLabel'));
		await assert.rejects(keyring.update(a.id, { label: b.label }), reason('labelTaken'));
		await assert.rejects(keyring.update(a.id, { weight: -1 }), reason('badValue'));
		await assert.rejects(keyring.update(a.id, { weight: Number.NaN }), reason('badValue'));
		await assert.rejects(keyring.updateProject(a.project, { dailyCap: { requests: -1 } }), reason('badValue'));
		await assert.rejects(keyring.remove('none' as KeyId), reason('noSuchKey'));
		assert.deepEqual(keyring.list(), before);
	});

	it('moves a key out of a shared project into one of its own', async () => {
		const { keyring } = await open(new MemoryStore());
		const [a, b] = await add(keyring, modern(1), modern(2));
		assert.ok(a && b);
		await keyring.update(b.id, { project: a.project });
		assert.equal(keyring.list().projects.length, 1);
		const moved = await keyring.update(b.id, { project: 'own' });
		assert.notEqual(moved.project, a.project);
		assert.equal(keyring.list().projects.length, 2);
	});

	it('finds room between any two keys again and again', async () => {
		const { keyring } = await open(new MemoryStore());
		const added = await add(keyring, ...[1, 2, 3, 4].map(modern));
		let order = added.map((key) => key.id);
		for (let n = 0; n < 700; n += 1) {
			const [head, ...rest] = order;
			const last = rest.pop();
			assert.ok(head && last);
			order = [head, last, ...rest];
			await keyring.arrange(order);
		}
		assert.deepEqual(
			keyring.list().keys.map((key) => key.id),
			order,
		);
		assert.ok(keyring.list().keys.every((key) => key.sortOrder.length <= 100));
	});

	it('runs concurrent calls one after the other', async () => {
		const { keyring } = await open(new MemoryStore());
		await Promise.all([1, 2, 1, 3, 2].map((n) => add(keyring, modern(n))));
		assert.deepEqual(labels(keyring).sort(), ['Key 1', 'Key 2', 'Key 3']);
	});

	it('takes a bounded number of keys, all or none', async () => {
		const { keyring } = await open(new MemoryStore());
		await assert.rejects(add(keyring, ...Array.from({ length: 1_001 }, (_, n) => modern(n))), reason('full'));
		assert.equal(keyring.list().keys.length, 0);
	});
});

describe('a keyring over damaged data', () => {
	for (const [what, text] of Object.entries({
		'no JSON': '{"v":1,"label":',
		'another shape': '[1,2]',
		nothing: '',
		'no version': '{"v":[{"toString":false}]}',
		'bad fields': '{"v":1,"label":7,"role":"king","weight":-3,"rank":"a0","enabled":"yes","project":{}}',
	})) {
		it(`keeps the key and gives it defaults: ${what}`, async () => {
			const store = new MemoryStore();
			const before = await open(store);
			const [a] = await add(before.keyring, modern(1), modern(2));
			assert.ok(a);
			before.keyring.dispose();
			store.entries.set(`meta.${a.id}`, text);
			const { keyring } = await open(store);
			const key = keyring.list().keys.find(({ id }) => id === a.id);
			assert.deepEqual([key?.label, key?.role, key?.weight, key?.enabled], ['Key 1', 'primary', 1, true]);
			assert.equal(await keyring.secretOf(a.id), modern(1));
			assert.equal(store.entries.get(`damaged.meta.${a.id}`), text);
			assert.deepEqual((await open(store)).keyring.list(), keyring.list());
		});
	}

	it('keeps the good fields beside a bad one, and a name without the white space around it', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const a = first(await add(keyring, modern(1)));
		store.entries.set(`meta.${a.id}`, JSON.stringify({ v: 1, ...a, label: ' Work', weight: 'heavy', enabled: false }));
		await settled(keyring);
		const key = first(keyring.list().keys);
		assert.deepEqual([key.label, key.weight, key.enabled, key.project], ['Work', 1, false, a.project]);
	});

	it('does not overwrite what a later version stored', async () => {
		const store = new MemoryStore();
		const a = first(await add((await open(store)).keyring, modern(1)));
		const later = JSON.stringify({ v: 2, label: 'Later', weight: { much: true }, colour: 'red' });
		store.entries.set(`meta.${a.id}`, later);
		const { keyring } = await open(store);
		assert.deepEqual(labels(keyring), ['Later']);
		assert.equal(store.entries.get(`meta.${a.id}`), later);
	});

	it('keeps what a later version stored beside what is changed here', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const a = first(await add(keyring, modern(1)));
		const stored = (kind: string): unknown => JSON.parse(store.entries.get(kind) ?? '');
		const [meta, project] = [`meta.${a.id}`, `project.${a.project}`];
		const later = { v: 2, label: 'Later', project: a.project, role: 'backup', weight: 1, rank: '1', colour: 'red' };
		store.entries.set(meta, JSON.stringify({ ...later, enabled: true }));
		store.entries.set(project, JSON.stringify({ v: 2, tier: 'paid', label: 'Shop', budget: { week: 5 } }));
		await settled(keyring);
		await keyring.update(a.id, { enabled: false });
		await keyring.updateProject(a.project, { number: '12', label: undefined });
		assert.deepEqual(stored(meta), { ...later, enabled: false });
		assert.deepEqual(stored(project), { v: 2, tier: 'paid', budget: { week: 5 }, number: '12' });
		await keyring.remove(a.id);
		await keyring.restore(a.id);
		assert.deepEqual(stored(meta), { ...later, enabled: false });
	});

	it('gives a damaged project defaults, and ignores names that are not its own', async () => {
		const store = new MemoryStore();
		const a = first(await add((await open(store)).keyring, modern(1)));
		store.entries.set(`project.${a.project}`, JSON.stringify({ v: 1, label: 'Shop ', tier: 'gold' }));
		store.entries.set('key.', 'x');
		store.entries.set('key.a b/c', 'x');
		store.entries.set('alerts.slack', 'x');
		const { keyring } = await open(store);
		assert.deepEqual(keyring.list().projects, [{ id: a.project, tier: 'free', label: 'Shop' }]);
		assert.equal(keyring.list().keys.length, 1);
	});

	it('leaves out limits of a model whose name is longer than any', async () => {
		const store = new MemoryStore();
		const a = first(await add((await open(store)).keyring, modern(1)));
		for (const length of [100, 101]) {
			const limits = { ['m'.repeat(length)]: { rpm: 5 } };
			store.entries.set(`project.${a.project}`, JSON.stringify({ v: 1, tier: 'paid', limits }));
			const [project] = (await open(store)).keyring.list().projects;
			assert.deepEqual(project, { id: a.project, tier: 'paid', ...(length === 100 && { limits }) });
		}
	});
});

describe('a keyring whose store refuses', () => {
	it('reports it, and keeps what it had', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		const a = first(await add(keyring, modern(1)));
		const before = [...store.entries];
		store.refuses = () => true;
		await assert.rejects(add(keyring, modern(2)), reason('storeRefused'));
		await assert.rejects(keyring.update(a.id, { label: 'Other' }), reason('storeRefused'));
		await assert.rejects(keyring.remove(a.id), reason('storeRefused'));
		await assert.rejects(keyring.load(), reason('storeRefused'));
		await assert.rejects(keyring.secretOf(a.id), reason('storeRefused'));
		assert.deepEqual(labels(keyring), ['Key 1']);
		store.refuses = () => false;
		assert.deepEqual([...store.entries], before);
		assert.deepEqual((await add(keyring, modern(2))).length, 1);
	});

	it('reports what was stored before it refused, and leaves no half key', async () => {
		const store = new MemoryStore();
		const { keyring } = await open(store);
		let secrets = 0;
		store.refuses = (act, name) => act === 'store' && name.startsWith('key.') && (secrets += 1) === 2;
		await assert.rejects(add(keyring, modern(1), modern(2), modern(3)), (error: KeyringError) => {
			return error.reason === 'storeRefused' && error.added.map((key) => key.label).join() === 'Key 1';
		});
		assert.deepEqual(labels(keyring), ['Key 1']);
		assert.equal((await open(store)).keyring.list().keys.length, 1);
		assert.equal([...store.entries.keys()].filter((name) => name.startsWith('meta.')).length, 1);
	});

	it('adds a key beside those that it could not read before, once it is unlocked', async () => {
		const store = new MemoryStore();
		await add((await open(store)).keyring, modern(1), modern(2));
		store.refuses = () => true;
		const opening = opened(store);
		await assert.rejects(opening.keyring.load(), reason('storeRefused'));
		store.refuses = () => false;
		await add(opening.keyring, modern(3));
		assert.deepEqual(labels(opening.keyring), ['Key 1', 'Key 2', 'Key 3']);
	});

	it('uses a key whose damaged metadata cannot be rebuilt', async () => {
		const store = new MemoryStore();
		const a = first(await add((await open(store)).keyring, modern(1)));
		store.entries.set(`meta.${a.id}`, 'damaged');
		store.refuses = (act) => act === 'store';
		const { keyring, reports } = await open(store);
		assert.equal(keyring.list().keys.length, 1);
		assert.ok(reports.length > 0);
	});
});

describe('two keyrings over one store', () => {
	it('follow each other: added, renamed, moved, regrouped, removed', async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const two = await open(store);
		let heard = 0;
		two.keyring.onDidChange(() => (heard += 1));
		const check = async () => {
			await settled(two.keyring);
			assert.deepEqual(two.keyring.list(), one.keyring.list());
		};
		const [a, b] = await add(one.keyring, modern(1), modern(2));
		assert.ok(a && b);
		await check();
		assert.ok(two.learnt.includes(modern(2)));
		await one.keyring.update(a.id, { label: 'Work' });
		await check();
		await one.keyring.updateProject(b.project, { tier: 'paid' });
		await check();
		await one.keyring.arrange([b.id, a.id]);
		await check();
		await one.keyring.remove(a.id);
		await check();
		assert.deepEqual(labels(two.keyring), ['Key 2']);
		assert.ok(heard >= 5);
	});

	it('learn of a change by themselves', async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const two = await open(store);
		const shown = new Promise<readonly Key[]>((resolve) => two.keyring.onDidChange(({ keys }) => resolve(keys)));
		const key = first(await add(one.keyring, modern(1)));
		assert.deepEqual(await shown, [key]);
	});

	it('learn of a change later if the store refuses to be read at that moment', async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
		const two = await open(store, clock);
		/** What was begun before has ended. */
		const idle = () => two.keyring.restore('nobody' as KeyId).catch(() => undefined);
		let refuses = false;
		const get = store.get.bind(store);
		store.get = (name) => (refuses ? Promise.reject(new Error('locked')) : get(name));
		const adding = add(one.keyring, modern(1));
		store.onDidChange(() => (refuses = true));
		const key = first(await adding);
		await idle();
		const told = two.reports.length;
		await clock.advance(10_000);
		await idle();
		assert.deepEqual([labels(two.keyring), two.reports.length], [[], told + 1]);
		refuses = false;
		await clock.advance(10_000);
		await idle();
		assert.deepEqual(two.keyring.list().keys, [key]);
		assert.equal(clock.pending, 0);
	});

	it("do not undo each other's edits, nor restore a key that the other removed", async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const a = first(await add(one.keyring, modern(1)));
		const two = await open(store);
		await one.keyring.update(a.id, { weight: 7 });
		const edited = await two.keyring.update(a.id, { label: 'Work' });
		assert.deepEqual([edited.label, edited.weight], ['Work', 7]);
		await one.keyring.remove(a.id);
		await assert.rejects(two.keyring.update(a.id, { label: 'Back' }), reason('noSuchKey'));
		assert.deepEqual(labels(two.keyring), []);
	});

	it('recognise a key that the other has just added', async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const two = await open(store);
		await add(one.keyring, modern(1));
		assert.deepEqual(await add(two.keyring, modern(1)), []);
	});

	it('end their registrations when they are disposed', async () => {
		const store = new MemoryStore();
		const one = await open(store);
		const two = await open(store);
		one.keyring.dispose();
		assert.equal(store.listening, 1);
		await assert.rejects(add(one.keyring, modern(1)), reason('disposed'));
		await add(two.keyring, modern(1));
		assert.deepEqual(one.reports, []);
	});

	it('continue when a listener throws', async () => {
		const { keyring, reports } = await open(new MemoryStore());
		let heard = 0;
		keyring.onDidChange(() => {
			throw new Error('a listener');
		});
		keyring.onDidChange(() => (heard += 1));
		await add(keyring, modern(1));
		assert.equal(heard, 1);
		assert.equal(reports.length, 1);
	});
});
