import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/overChat';
import { EditorStandIn } from '../../../support/ui/editor';

describe('a list that is opened in the chat', () => {
	const editor = new EditorStandIn();
	const told: unknown[] = [];
	Object.assign(editor.api, {
		commands: { executeCommand: (...said: readonly unknown[]) => Promise.resolve(told.push(said)) },
	});
	const { listsOverChat } = editor.read('../chat/view/overChat') as typeof used;
	const overChat = listsOverChat();
	const says = (isOpen: boolean) => ['setContext', 'keypool.listOverChat', isOpen];

	it('is known to the key that closes it while it is open, however it ends', async () => {
		const chosen = overChat(() => {
			assert.deepEqual(told.splice(0), [says(true)]);
			return Promise.resolve('flash');
		});
		assert.equal(await chosen, 'flash');
		assert.deepEqual(told.splice(0), [says(false)]);
		await assert.rejects(overChat(() => Promise.reject(new Error('no list'))));
		assert.deepEqual(told.splice(0), [says(true), says(false)]);
	});

	it('is known to it also where another one was open, which ends only then', async () => {
		let close: () => void = () => undefined;
		const first = overChat(() => new Promise<void>((resolve) => (close = resolve)));
		const second = overChat(async () => {
			close();
			await first;
			assert.deepEqual(told.splice(0), [says(true)]);
		});
		await second;
		assert.deepEqual(told.splice(0), [says(false)]);
	});
});
