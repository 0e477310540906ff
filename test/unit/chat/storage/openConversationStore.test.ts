import assert from 'node:assert/strict';
import type { Conversation } from '../../../../src/chat/model/conversation';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { openConversationStore } from '../../../../src/chat/storage/openConversationStore';
import { done, turn } from '../../../support/chat/fixtures';

const nothing = { dispose: () => undefined };

describe('conversations that are not kept on disk', () => {
	it('are all gone once everything is erased, not the open one alone: their list showed them until the window closed', async () => {
		const kept = openConversationStore({
			keep: { value: false, onDidChange: () => nothing },
			onDisk: memoryFolder(),
			current: () => undefined,
			now: () => 0,
			onTrouble: (what) => assert.fail(what),
			onDropped: () => undefined,
		});
		for (const id of ['one', 'two']) {
			const asked = turn(`${id}-turn`, 'Who is there?', done('I am.'));
			void kept.library.saveTurn({ id, options: {}, turns: [asked] }, asked);
		}
		await kept.forget();
		assert.deepEqual(await kept.library.list(), []);
	});

	it('are what is kept once they are again: what was deleted meanwhile does not come back, nor an old title', async () => {
		let changed: (value: boolean) => void = () => undefined;
		const keep = { value: true, onDidChange: (listener: typeof changed) => ((changed = listener), nothing) };
		const turns = ['one', 'two'].map((id, at) => ({ ...turn(id, id, done('I am.')), askedAt: at }));
		let shown: Conversation = { id: 'c', options: {}, turns };
		let offers = 0;
		const onDisk = memoryFolder();
		const { library } = openConversationStore({
			...{ keep, onDisk, current: () => shown, now: () => 0, onDropped: () => void offers++ },
			onTrouble: (what) => assert.fail(what),
		});
		const become = async (value: boolean): Promise<void> => {
			keep.value = value;
			changed(value);
			await library.flush();
		};
		await library.saveAll(shown);
		await library.saveAll({ ...shown, id: 'other' });
		await become(false);
		shown = { ...shown, title: 'New', options: { model: 'flash' }, turns: turns.slice(0, 1) };
		void library.removeTurns('c', turns.slice(1));
		void library.saveAbout(shown);
		await library.remove('other');
		assert.equal(offers, 1, 'to delete what is stored');
		await become(true);
		assert.equal(offers, 1);
		assert.deepEqual([await library.open('c'), await onDisk.names('')], [shown, ['c']]);
		await library.remove('c');
		shown = { id: 'empty', options: {}, turns: [] };
		await become(false);
		assert.deepEqual(await library.list(), []);
	});
});
