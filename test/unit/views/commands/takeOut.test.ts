import assert from 'node:assert/strict';
import type { KeyId, KeyView, Project, Tier } from '../../../../src/pool/pool';
import { KeyringError } from '../../../../src/keys/keyring/keyring';
import type * as used from '../../../../src/views/commands/editKey';
import { keyOperations } from '../../../../src/views/commands/keyOperations';
import { add, open, settled } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { EditorStandIn } from '../../../support/ui/editor';
import { asStored, otherOperations } from '../../../support/views/otherOperations';
import { keyView, snapshotOf, standings, words } from '../../../support/views/snapshots';

/** Two keys, and a person who chooses this row for the project of one. */
async function twoKeys(chosen: string) {
	const editor = new EditorStandIn();
	const offered: string[] = [];
	Object.assign(editor.api.window, {
		showQuickPick: async (items: Promise<readonly { readonly label: string }[]>) => {
			offered.push(...(await items).map(({ label }) => label));
			return (await items).find(({ label }) => label === chosen);
		},
	});
	const { setProject } = editor.read('../views/commands/editKey') as typeof used;
	const store = new MemoryStore();
	const { keyring } = await open(store);
	const [first, second] = await add(keyring, 'sim-a', 'sim-b');
	assert.ok(first && second);
	const acts = keyOperations(keyring, { execute: () => Promise.resolve() }, asStored, otherOperations);
	return { setProject, store, keyring, first, second, acts, offered };
}

/** What the project of the second of two keys of one project is, once that key is taken out of it. */
async function takenOut(marked: Tier, effective = marked): Promise<Pick<Project, 'tier' | 'budget'>> {
	const { setProject, keyring, first, second, acts } = await twoKeys('A project of its own');
	await acts.updateProject(first.project, { tier: marked, label: 'Shop' });
	await acts.update(second.id, { project: first.project });
	const project = { id: first.project, tier: effective };
	const [a, b] = [first, second].map((key) => ({ ...keyView(key.label, standings.usable, { project }), key }));
	assert.ok(a && b);
	await setProject({ view: b, snapshot: snapshotOf([a, b]), words, acts });
	const projectOf = (id: KeyId): Project => {
		const { keys, projects } = keyring.list();
		return projects.find((one) => one.id === keys.find((key) => key.id === id)?.project) ?? assert.fail();
	};
	assert.deepEqual([projectOf(first.id).label, projectOf(second.id).label], ['Shop', undefined]);
	const { id, ...own } = projectOf(second.id);
	return own;
}

describe('a key that is taken out of its project', () => {
	it('stays paid where it was, with a budget to ask once: as a free one it would be asked first, and cost nothing', async () => {
		assert.deepEqual(await takenOut('paid'), { tier: 'paid', budget: { day: 5, isDefault: true } });
	});

	it('stays free where it was, or where Google counts it so', async () => {
		assert.deepEqual(await takenOut('free'), { tier: 'free' });
		assert.deepEqual(await takenOut('paid', 'free'), { tier: 'free' });
	});
});

describe('a key that is taken out of a paid project while the secret storage refuses', () => {
	it('is never in a project of its own that costs nothing, whichever call is refused, and leaves none behind', async () => {
		let isRefused = true;
		for (let from = 1; isRefused; from++) {
			const { setProject, store, keyring, first, second, acts } = await twoKeys('A project of its own');
			await acts.updateProject(first.project, { tier: 'paid' });
			await acts.update(second.id, { project: first.project });
			const project = { id: first.project, tier: 'paid' as const };
			const [a, b] = [first, second].map((key) => ({ ...keyView(key.label, standings.usable, { project }), key }));
			assert.ok(a && b);
			await settled(keyring);
			let calls = 0;
			store.refuses = () => ++calls === from;
			const told = setProject({ view: b, snapshot: snapshotOf([a, b]), words, acts });
			await told.catch((error: unknown) => assert.ok(error instanceof KeyringError));
			isRefused = calls >= from;
			store.refuses = () => false;
			const { projects } = await keyring.load();
			assert.deepEqual(
				projects.map(({ tier, budget }) => [tier, budget?.day]),
				projects.map(() => ['paid', 5]),
			);
			assert.equal([...store.entries.keys()].filter((name) => name.startsWith('project.')).length, projects.length);
		}
	});
});

/** What the project of the first of two keys is once the last key of a paid one is put into it. */
async function putInto(revoked?: KeyView['revoked']): Promise<readonly Project[]> {
	const { setProject, keyring, first, second, acts } = await twoKeys('Project of Key 1');
	await acts.updateProject(second.project, said);
	const [a, b] = [first, second].map((key) => {
		const project = keyring.list().projects.find(({ id }) => id === key.project) ?? assert.fail();
		return { ...keyView(key.label, standings.usable, { project }), key };
	});
	assert.ok(a && b);
	await setProject({ view: { ...b, ...(revoked && { revoked }) }, snapshot: snapshotOf([a, b]), words, acts });
	return keyring.list().projects.map(({ id, ...own }) => ({ id: id === first.project ? ofFirst : id, ...own }));
}

const said = { tier: 'paid', label: 'Shop', budget: { month: 40 }, dailyCap: { requests: 9 } } as const;
const ofFirst = 'of the first' as Project['id'];

describe('a key that is alone in its project', () => {
	for (const label of [undefined, 'Shop'])
		it(`is offered that one once, ${label === undefined ? 'as its own' : 'by its name'}: it stood there as another one, too`, async () => {
			const { setProject, first, second, acts, offered } = await twoKeys('none');
			const [a, b] = [first, second].map((key) => {
				const named = key === second && label !== undefined && { label };
				const project: Project = { id: key.project, tier: 'free', ...named };
				return { ...keyView(key.label, standings.usable, { project }), key };
			});
			assert.ok(a && b);
			await setProject({ view: b, snapshot: snapshotOf([a, b]), words, acts });
			assert.deepEqual(offered, [label ?? 'A project of its own', 'Project of Key 1']);
		});
});

describe('the last key of a project, which is put into that of another one', () => {
	it('takes along what a person has said of it: paid, a budget, a cap, a name', async () => {
		assert.deepEqual(await putInto(), [{ id: ofFirst, ...said }]);
	});

	it('takes along no word that it is paid where Google counts it as free: what must be paid would go to the other keys', async () => {
		assert.deepEqual(await putInto({ since: 0, by: 'k' as KeyId }), [{ id: ofFirst, ...said, tier: 'free' }]);
	});
});
