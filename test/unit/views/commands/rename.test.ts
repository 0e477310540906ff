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
});
