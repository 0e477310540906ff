import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/conversationsPick';
import { open } from '../../../support/chat/openAsking';
import { settle } from '../../../support/chat/scriptedAsk';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

interface Row {
	readonly buttons?: readonly object[];
	readonly item: object;
}

/** The list of conversations, of which one is deleted in another window while it is open. */
async function listed() {
	const editor = new EditorStandIn();
	const heard = new Map<string, (event: unknown) => void>();
	const listen = (name: string) => ({ [name]: (listener: (event: unknown) => void) => heard.set(name, listener) });
	const pick = {
		...{ value: '', items: [] as readonly Row[], selectedItems: [] as readonly Row[] },
		...listen('onDidChangeValue'),
		...listen('onDidAccept'),
		...listen('onDidTriggerItemButton'),
		...listen('onDidHide'),
		...{ show: () => undefined, hide: () => undefined, dispose: () => undefined },
	};
	Object.assign(editor.api.window, {
		createQuickPick: () => pick,
		showInputBox: () => Promise.resolve('Another name'),
	});
	Object.assign(editor.api, { commands: { executeCommand: () => Promise.resolve() } });
	const { showConversations } = editor.read('../chat/view/conversationsPick') as typeof used;
	const { asking, session, library, finish } = open();
	await asking.send('First');
	await finish();
	const { id } = session.conversation;
	session.startAnew();
	const reported: unknown[] = [];
	showConversations({
		...{ library, session, t: (text, ...values) => text.replace('{0}', String(values[0])) },
		...{ answering: { elsewhere: () => [] }, editor: { newFile: () => assert.fail('it is gone') } },
		...{ sayTime: () => 'now', onError: (error) => reported.push(error) },
	});
	await settle();
	const [row] = pick.items;
	assert.ok(row);
	await library.remove(id);
	return { editor, heard, pick, row, reported, library };
}

describe('a conversation that another window has deleted while the list was open', () => {
	it('is said to be gone where it is chosen, exported or renamed: nothing happened', async () => {
		for (const act of ['choose', 'export', 'rename'] as const) {
			const { editor, heard, pick, row, reported, library } = await listed();
			if (act === 'choose') {
				pick.selectedItems = [row];
				heard.get('onDidAccept')?.(undefined);
			} else {
				const [rename, exported] = row.buttons ?? [];
				heard.get('onDidTriggerItemButton')?.({ button: act === 'rename' ? rename : exported, item: row });
			}
			await settle();
			assert.deepEqual(reported, []);
			assert.match(textsIn(editor.given).join('\n'), /^“First” is no longer there\.$/m, act);
			assert.deepEqual(await library.list(), []);
		}
	});
});
