import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/commands/editKey';
import { add, open } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { EditorStandIn } from '../../../support/ui/editor';
import { keyView, snapshotOf, standings, words } from '../../../support/views/snapshots';

describe('a key that is renamed', () => {
	it('takes a name from the cells of a table, on one line', async () => {
		const editor = new EditorStandIn();
		const problems: unknown[] = [];
		Object.assign(editor.api.window, {
			showInputBox: ({ validateInput }: { readonly validateInput: (text: string) => unknown }) => {
				problems.push(validateInput(' Shop\tproduction '));
				return Promise.resolve(' Shop\tproduction ');
			},
		});
		const { rename } = editor.read('../views/commands/editKey') as typeof used;
		const { keyring } = await open(new MemoryStore());
		const [key] = await add(keyring, 'sim-a');
		assert.ok(key);
		const view = { ...keyView('Key 1', standings.usable), key };
		const acts = { update: async (...of: Parameters<typeof keyring.update>) => void (await keyring.update(...of)) };
		await rename({ view, snapshot: snapshotOf([view]), words, acts } as unknown as used.EditKey);
		assert.deepEqual(problems, [undefined]);
		assert.deepEqual(
			keyring.list().keys.map(({ label }) => label),
			['Shop production'],
		);
	});

	it('may keep its name, and takes that of no other key', async () => {
		const editor = new EditorStandIn();
		const problems: unknown[] = [];
		Object.assign(editor.api.window, {
			showInputBox: ({ validateInput }: { readonly validateInput: (text: string) => unknown }) => {
				problems.push(validateInput('A'), validateInput('B'));
				return Promise.resolve('A');
			},
		});
		const { rename } = editor.read('../views/commands/editKey') as typeof used;
		const views = ['A', 'B'].map((label) => keyView(label, standings.usable));
		const acts = { update: () => assert.fail('nothing has changed') } as unknown as used.EditKey['acts'];
		await rename({ view: views[0] ?? assert.fail(), snapshot: snapshotOf(views), words, acts });
		assert.deepEqual(problems, [undefined, 'Another key has this name already.']);
	});
});

describe('the weight of a key', () => {
	it('is that of any other key where the box is emptied: with 0 it would get no turn', async () => {
		const editor = new EditorStandIn();
		Object.assign(editor.api.window, { showInputBox: () => Promise.resolve('') });
		const { setWeight } = editor.read('../views/commands/editKey') as typeof used;
		const patches: unknown[] = [];
		const acts = { update: (_: unknown, patch: unknown) => Promise.resolve(patches.push(patch)) };
		const view = keyView('A', standings.usable);
		await setWeight({ view, snapshot: snapshotOf([view]), words, acts } as unknown as used.EditKey);
		assert.deepEqual(patches, [{ weight: 1 }]);
	});
});
