import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/registerChat';
import { EditorStandIn } from '../../../support/ui/editor';

type Registered = used.RegisteredChat;

describe('a chat that was not opened yet in a window', () => {
	/** What is done with it as it opens. */
	async function opened(before: (chat: Registered) => Promise<void>): Promise<readonly string[]> {
		const editor = new EditorStandIn();
		const nothing = () => ({ dispose: () => undefined });
		Object.assign(editor.api, { commands: { registerCommand: nothing } });
		Object.assign(editor.api.window, { registerWebviewViewProvider: nothing });
		const { RegisteredChat } = editor.read('../chat/view/registerChat') as typeof used;
		const acts: string[] = [];
		const act = (name: string) => () => void acts.push(name);
		const chat: object = { forgetTyped: act('forgetTyped'), show: act('show') };
		const load = { createChat: () => Promise.resolve(chat as never) };
		const registered = new RegisteredChat(
			() => Promise.resolve({} as never),
			() => assert.fail(),
			() => Promise.resolve(load),
		);
		await before(registered);
		await registered.resolveWebviewView({} as never);
		return acts;
	}

	it('lets go of what its document of before remembers, where everything was removed meanwhile', async () => {
		assert.deepEqual(await opened((chat) => chat.forget()), ['forgetTyped', 'show']);
		assert.deepEqual(await opened(() => Promise.resolve()), ['show']);
	});
});
