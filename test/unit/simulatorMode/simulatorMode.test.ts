import assert from 'node:assert/strict';
import { createGemini } from '../../../src/gemini/service';
import { Keyring, KeyringError, type Keys } from '../../../src/keys/keyring/keyring';
import { Secret } from '../../../src/keys/keyring/secret';
import { Failure, type KeyId } from '../../../src/pool/pool';
import { createFixtures } from '../../../src/simulatorMode/fixtures';
import { SimulatedStore } from '../../../src/simulatorMode/simulatedStore';
import { SimulatorMode, type Leftovers } from '../../../src/simulatorMode/simulatorMode';
import { run } from '../../support/gemini/room';
import { MemoryStore } from '../../support/keys/memoryStore';
import { modern } from '../../support/keys/sample';
import { VirtualClock } from '../../support/virtualClock';

let windows = 0;

/** A window on a secret store: all of it real but the store, which can be locked, and the network, which records. */
async function open(store: MemoryStore) {
	windows += 1;
	const prefix = `w${windows}`;
	let ids = 0;
	const report = (error: unknown): void => {
		throw error;
	};
	const simulated = new SimulatedStore(store, report);
	const keyring = new Keyring(simulated, {
		clock: new VirtualClock(),
		newId: () => `${prefix}-${(ids += 1)}`,
		numberedLabel: (n) => `Key ${n}`,
		learn: () => undefined,
		report,
	});
	const leftovers: Leftovers[] = [];
	const trial = new SimulatorMode({
		store,
		simulated,
		keyring,
		load: () => Promise.resolve(createFixtures({ key: (n) => `Simulator ${n}`, project: 'Simulator project' })),
		onLeft: (of) => {
			leftovers.push(of);
			return Promise.resolve();
		},
		report,
	});
	/** What the pool was given, oldest first. */
	const given: Keys[] = [];
	keyring.onDidChange((keys) => given.push(trial.usable(keys)));
	const sent: string[] = [];
	const gemini = createGemini({
		secretOf: (id) => keyring.secretOf(id),
		baseUrl: () => 'https://service.invalid',
		mask: (text) => text,
		transportOverride: trial.transportOverride,
		fetch: (_input, init) => {
			sent.push(new Headers(init?.headers).get('x-goog-api-key') ?? '');
			return Promise.resolve(Response.json({ models: [] }));
		},
	});
	await keyring.load();
	await trial.resume();
	return {
		keyring,
		trial,
		gemini,
		given,
		leftovers,
		sent,
		labels: () => keyring.list().keys.map(({ label }) => label),
		/** All that the store told this window has been done. */
		settled: async () => {
			await keyring.load();
			await trial.resume();
			await keyring.load();
		},
	};
}

const four = ['Simulator 1', 'Simulator 2', 'Simulator 3', 'Simulator 4'];
const add = async ({ keyring }: { keyring: Keyring }, secret: string) =>
	(await keyring.add([{ secret: new Secret(secret) }])).added[0];
const key = (id: string) => id as KeyId;
const { signal } = new AbortController();

describe('the simulator in the product', () => {
	it('fills every window on an empty store with marked keys, without storing one, and removes them again', async () => {
		const store = new MemoryStore();
		const [mine, other] = [await open(store), await open(store)];
		await mine.trial.enter();
		await other.settled();
		assert.deepEqual([mine.labels(), other.labels()], [four, four]);
		assert.deepEqual([...store.entries.keys()], ['simulator']);
		await other.trial.leave();
		await mine.settled();
		assert.deepEqual([mine.labels(), other.labels(), mine.trial.isOn, other.trial.isOn], [[], [], false, false]);
		assert.deepEqual([...store.entries.keys()], []);
	});

	it('is still on after a reload, and off if it was left before', async () => {
		const store = new MemoryStore();
		await (await open(store)).trial.enter();
		const again = await open(store);
		assert.deepEqual([again.labels(), again.trial.isOn], [four, true]);
		await again.trial.leave();
		assert.deepEqual((await open(store)).labels(), []);
	});

	it('ends in every window as soon as one has a real key: the pool never gets both', async () => {
		const store = new MemoryStore();
		const [mine, other] = [await open(store), await open(store)];
		await mine.trial.enter();
		await other.settled();
		await add(other, modern(1));
		await mine.settled();
		await other.settled();
		for (const window of [mine, other]) {
			assert.deepEqual([window.labels(), window.trial.isOn], [['Key 1'], false]);
			const mixed = window.given.filter(
				({ keys }) => new Set(keys.map(({ id }) => id.startsWith('simulated-'))).size > 1,
			);
			assert.deepEqual(mixed, []);
		}
		assert.ok(![...store.entries.values()].some((value) => value.includes('sim-trial-')));
		assert.ok(!store.entries.has('simulator'));
	});

	it('does nothing if there is a real key, and ends if a removed one is restored', async () => {
		const store = new MemoryStore();
		const window = await open(store);
		const real = await add(window, modern(1));
		assert.ok(real);
		await window.trial.enter();
		assert.deepEqual([window.labels(), window.trial.isOn], [['Key 1'], false]);
		await window.keyring.remove(real.id);
		await window.trial.enter();
		assert.deepEqual(window.labels(), four);
		await window.keyring.restore(real.id);
		await window.settled();
		assert.deepEqual([window.labels(), window.trial.isOn], [['Key 1'], false]);
	});

	it('keeps changes of simulated keys in memory, and reports at the end what the pool may erase', async () => {
		const store = new MemoryStore();
		const window = await open(store);
		await window.trial.enter();
		await window.keyring.update(key('simulated-1'), { label: 'Mine', weight: 3 });
		const { project } = await window.keyring.update(key('simulated-4'), { project: 'own' });
		await window.keyring.updateProject(project, { label: 'Shop' });
		await window.keyring.remove(key('simulated-2'));
		assert.deepEqual([...store.entries.keys()], ['simulator']);
		await window.trial.leave();
		const [gone] = window.leftovers;
		assert.deepEqual(
			[...(gone?.keys ?? [])].sort(),
			[1, 2, 3, 4].map((n) => `simulated-${n}`),
		);
		assert.ok(gone?.projects.has(project) && gone.projects.has('simulated-project-1'));
		assert.deepEqual([...store.entries.keys()], []);
	});

	it('ends by itself when the last simulated key is removed, and when everything is erased', async () => {
		const store = new MemoryStore();
		const window = await open(store);
		await window.trial.enter();
		for (const { id } of window.keyring.list().keys) await window.keyring.remove(id);
		await window.settled();
		assert.deepEqual([window.trial.isOn, window.labels(), store.entries.size], [false, [], 0]);
		await window.trial.enter();
		assert.deepEqual(window.labels(), four);
		await window.keyring.eraseAll();
		await window.settled();
		assert.deepEqual([window.trial.isOn, window.labels(), store.entries.size], [false, [], 0]);
	});

	it('reports it if the secret storage refuses, and changes nothing', async () => {
		const store = new MemoryStore();
		const window = await open(store);
		store.refuses = (act) => act === 'store';
		await assert.rejects(
			window.trial.enter(),
			(error) => error instanceof KeyringError && error.reason === 'storeRefused',
		);
		assert.deepEqual([window.trial.isOn, window.labels()], [false, []]);
	});

	it('never lets a simulated secret reach the service, nor a real one the simulator', async () => {
		const window = await open(new MemoryStore());
		await window.trial.enter();
		await window.gemini.check('sim-trial-3', signal);
		const on = await window.keyring.secretOf(key('simulated-3'));
		assert.equal(on, 'sim-trial-3');
		assert.deepEqual(window.sent, []);
		// While the simulator answers, another key goes its own way.
		await window.gemini.check(modern(1), signal);
		assert.deepEqual(window.sent, [modern(1)]);
		await window.trial.leave();
		await assert.rejects(window.gemini.check('sim-trial-3', signal), Failure);
		assert.deepEqual(window.sent, [modern(1)]);
	});

	it('has a key that is used up for the minute, one for the day, and two that answer', async () => {
		const window = await open(new MemoryStore());
		await window.trial.enter();
		const ends: string[] = [];
		for (const { id } of window.keyring.list().keys) {
			const { gemini } = window;
			const { thrown, text } = await run({
				...gemini,
				open: (prompt) => (on, stop) => gemini.open(prompt)({ ...on, key: id }, stop),
			});
			ends.push(thrown instanceof Failure && 'reason' in thrown.action ? thrown.action.reason : text);
		}
		assert.deepEqual(ends.slice(0, 2), ['rpm', 'rpd']);
		for (const text of ends.slice(2)) assert.match(text, /\*\*simulator\*\*, not from Gemini/);
		assert.deepEqual(window.sent, []);
	});
});
