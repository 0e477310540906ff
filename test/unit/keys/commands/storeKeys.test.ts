import assert from 'node:assert/strict';
import { Secret } from '../../../../src/keys/keyring/secret';
import type { ParsedKey } from '../../../../src/keys/import/parseKeys';
import { learnFromPool } from '../../../../src/keys/check/learnFromPool';
import { SameProjectSuggestions } from '../../../../src/keys/check/sameProjectSuggestions';
import type * as used from '../../../../src/keys/commands/storeKeys';
import type * as suggesting from '../../../../src/keys/commands/suggestSameProject';
import { Failure, type Key, type PoolEvent } from '../../../../src/pool/pool';
import { open } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { EditorStandIn } from '../../../support/ui/editor';

/** Two keys are stored, which the service refuses; `meanwhile` happens before *Remove Them* is pressed in the notice. */
async function leftAfter(
	meanwhile: (keyring: Awaited<ReturnType<typeof open>>['keyring'], first: Key) => Promise<unknown>,
) {
	const editor = new EditorStandIn();
	let press = (): void => assert.fail('no notice');
	Object.assign(editor.api.window, {
		showWarningMessage: (_: string, __: object, ...buttons: readonly { readonly title: string }[]) =>
			new Promise((resolve) => (press = () => resolve(buttons.find(({ title }) => title === 'Remove Them')))),
	});
	const { keyring } = await open(new MemoryStore());
	const { storeKeys } = editor.read('../keys/commands/storeKeys') as typeof used;
	const refused = { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] } as const;
	const tools: Partial<used.KeyTools> = {
		keyring,
		check: () => Promise.reject(new Failure(refused, true, '')),
		onChecked: () => undefined,
		load: () => Promise.resolve(true),
		sameProject: { hold: () => () => undefined, take: () => [] } as unknown as used.KeyTools['sameProject'],
		report: (error) => assert.fail(String(error)),
	};
	const found = ['sim-first-1', 'sim-second-2'].map((text): ParsedKey => ({
		secret: new Secret(text),
		kind: 'simulated',
		repeats: 0,
	}));
	const storing = storeKeys(found, tools as used.KeyTools);
	assert.deepEqual([editor.given, keyring.list().keys], [[{ location: { viewId: 'keypool.keys' } }], []], 'it shows');
	await storing;
	const [first] = keyring.list().keys;
	assert.ok(first);
	await meanwhile(keyring, first);
	press();
	await new Promise(setImmediate);
	await keyring.load();
	return keyring.list().keys.map(({ label }) => label);
}

describe('keys that the service refuses when they are stored', () => {
	it('are removed from the notice', async () => {
		assert.deepEqual(await leftAfter(() => Promise.resolve()), []);
	});

	it('stay where they were replaced before: it is not the refused one that would go', async () => {
		const left = await leftAfter((keyring, { id }) => keyring.replace(id, new Secret('sim-better-3')));
		assert.deepEqual(left, ['Key 1']);
	});
});

describe('a check of all keys', () => {
	it('says why none could be checked', async () => {
		const editor = new EditorStandIn();
		const { keyring } = await open(new MemoryStore());
		const { added } = await keyring.add(['sim-first-1', 'sim-second-2'].map((text) => ({ secret: new Secret(text) })));
		const { checkAndShow } = editor.read('../keys/commands/storeKeys') as typeof used;
		const offline = { type: 'retrySameKey', reason: 'unreachable' } as unknown as Failure['action'];
		const tools: Partial<used.KeyTools> = {
			keyring,
			check: () => Promise.reject(new Failure(offline, false, '')),
			onChecked: () => undefined,
			sameProject: { hold: () => () => undefined, take: () => [] } as unknown as used.KeyTools['sameProject'],
			report: (error) => assert.fail(String(error)),
		};
		await checkAndShow(added, tools as used.KeyTools);
		assert.ok(editor.given.includes('No key could be checked: the service cannot be reached.'), String(editor.given));
	});

	it('suggests once that keys belong together, though the pool learns it from the same answers', async () => {
		const editor = new EditorStandIn();
		const { keyring } = await open(new MemoryStore());
		const { added } = await keyring.add(['sim-first-1', 'sim-second-2'].map((text) => ({ secret: new Secret(text) })));
		const { checkAndShow } = editor.read('../keys/commands/storeKeys') as typeof used;
		const { suggestSameProject } = editor.read('../keys/commands/suggestSameProject') as typeof suggesting;
		const report = (error: unknown): void => assert.ifError(error);
		const sameProject = new SameProjectSuggestions(keyring, { isTierRevoked: () => assert.fail() }, (...of) =>
			suggestSameProject(...of, report),
		);
		let tell: (event: PoolEvent) => void = () => undefined;
		const pool = { onEvent: (listener: (event: PoolEvent) => void) => ((tell = listener), () => undefined) };
		learnFromPool(pool, keyring, (key) => sameProject.learnt(key), report);
		const refused = { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [], consumer: '77' };
		const tools: Partial<used.KeyTools> = {
			...{ keyring, sameProject, report },
			check: () => Promise.reject(new Failure(refused as unknown as Failure['action'], true, '')),
			onChecked: (key) => tell({ type: 'projectNamed', key, number: '77' }),
		};
		await checkAndShow(added, tools as used.KeyTools);
		const said = editor.given.filter((text) => typeof text === 'string' && text.includes('same project'));
		assert.deepEqual(said, ['The service says that Key 2 belongs to the same project as Key 1: they share one quota.']);
	});
});
