import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/offerToDelete';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

/** The notice, whose button is pressed once the setting is `by`. */
async function pressed(by: boolean, ...stored: readonly string[]) {
	const editor = new EditorStandIn();
	editor.presses = 'Delete';
	const { offerToDelete } = editor.read('../chat/view/offerToDelete') as typeof used;
	const folder = memoryFolder();
	for (const name of stored) await folder.write(`${name}/about.json`, '{}');
	const keep = { value: false };
	const over = offerToDelete(folder, keep, () => undefined);
	keep.value = by;
	await over;
	return { left: await folder.names(''), texts: textsIn(editor.given) };
}

describe('the offer to delete conversations that are kept no more', () => {
	it('deletes them', async () => {
		assert.deepEqual((await pressed(false, 'a', 'b')).left, []);
		assert.deepEqual((await pressed(false, 'a')).left, []);
	});

	it('says where it cannot, and tries again', async () => {
		const editor = new EditorStandIn();
		editor.presses = 'Delete';
		const { offerToDelete } = editor.read('../chat/view/offerToDelete') as typeof used;
		const folder = memoryFolder();
		await folder.write('a/about.json', '{}');
		const busy = new Error('EBUSY: resource busy or locked');
		let tries = 0;
		const remove = (path: string): Promise<void> => (++tries === 1 ? Promise.reject(busy) : folder.remove(path));
		const reported: unknown[] = [];
		await offerToDelete({ ...folder, remove }, { value: false }, (error) => reported.push(error));
		assert.match(textsIn(editor.given).join('\n'), /could not be deleted and is still stored\. Try again\./);
		assert.deepEqual([await folder.names(''), reported], [[], [busy]]);
	});

	it('deletes nothing where they are kept again by then', async () => {
		const { left, texts } = await pressed(true, 'a', 'b');
		assert.deepEqual(left, ['a', 'b']);
		assert.ok(texts.includes('Conversations are stored again. Nothing was deleted.'), texts.join('\n'));
	});
});
