import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { openConversationStore } from '../../../../src/chat/storage/openConversationStore';
import { done, turn } from '../../../support/chat/fixtures';

describe('conversations that are not kept on disk', () => {
	it('are all gone once everything is erased, not the open one alone: their list showed them until the window closed', async () => {
		const kept = openConversationStore({
			keep: { value: false, onDidChange: () => ({ dispose: () => undefined }) },
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
});
