import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/conversationsPick';
import { done, turn } from '../../../support/chat/fixtures';
import { open } from '../../../support/chat/openAsking';
import { settle } from '../../../support/chat/scriptedAsk';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

interface Row {
	readonly buttons?: readonly object[];
	readonly item: object;
}

/** The list of conversations; one is deleted in another window, or cannot be read, while it is open or the name is written. */
async function listed(when: 'before' | 'inRename' | 'away' | 'damaged' = 'before') {
	const editor = new EditorStandIn();
	const heard = new Map<string, (event: unknown) => void>();
	const listen = (name: string) => ({ [name]: (listener: (event: unknown) => void) => heard.set(name, listener) });
	const pick = {
		...{ value: '', items: [] as readonly Row[], selectedItems: [] as readonly Row[] },
		...listen('onDidChangeValue'),
		...listen('onDidAccept'),
		...listen('onDidChangeActive'),
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
	const { asking, session, library, folder, finish } = open();
	await asking.send('First');
	await finish();
	const { id } = session.conversation;
	session.startAnew();
	const reported: unknown[] = [];
	void showConversations({
		...{ library, session, t: (text, ...values) => text.replace('{0}', String(values[0])) },
		...{ answering: { remoteTurns: () => [] }, editor: { newFile: () => assert.fail('it is gone') } },
		...{ sayTime: () => 'now', onError: (error) => reported.push(error) },
	});
	await settle();
	const [row] = pick.items;
	assert.ok(row);
	if (when === 'before') await library.remove(id);
	else if (when === 'damaged') {
		for (const name of await folder.names(id)) if (name !== 'about.json') await folder.write(`${id}/${name}`, '{}');
	} else {
		const open = library.open.bind(library);
		library.open = async (of) => {
			library.open = open;
			const found = await open(of);
			if (when === 'inRename') await library.remove(of);
			else folder.names = () => Promise.reject(new Error('the disk is away'));
			return found;
		};
	}
	return { editor, heard, pick, row, reported, library, folder };
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

	it('does not stay as a name without a question where it was deleted while the name was written', async () => {
		const { editor, heard, row, library } = await listed('inRename');
		heard.get('onDidTriggerItemButton')?.({ button: row.buttons?.[0], item: row });
		await settle();
		assert.deepEqual(await library.list(), []);
		assert.match(textsIn(editor.given).join('\n'), /^“First” is no longer there\.$/m);
	});
});

describe('a conversation that gets another name', () => {
	it('stays where the disk does not give its questions in that moment', async () => {
		const { editor, heard, row, library, folder } = await listed('away');
		const names = folder.names.bind(folder);
		heard.get('onDidTriggerItemButton')?.({ button: row.buttons?.[0], item: row });
		await settle();
		folder.names = names;
		const [about] = await library.list();
		assert.equal(about?.title, 'Another name');
		assert.equal((await library.open(about.id))?.turns.length, 1);
		assert.doesNotMatch(textsIn(editor.given).join('\n'), /no longer there/);
	});

	it('stays where none of its questions can be read, as of a newer version', async () => {
		const { heard, row, library, folder } = await listed('damaged');
		heard.get('onDidTriggerItemButton')?.({ button: row.buttons?.[0], item: row });
		await settle();
		const [about] = await library.list();
		assert.equal(about?.title, 'Another name');
		assert.match((await folder.names(about.id)).join(), /\.json\.damaged/);
	});
});

describe('a search in very many conversations', () => {
	/** Two hundred of them, of which one contains the words; how many were opened at once, and which. */
	function searched() {
		const editor = new EditorStandIn();
		let type: () => void = () => undefined;
		let accept: () => void = () => undefined;
		let hide: () => void = () => undefined;
		let show: (active: readonly object[]) => void = () => undefined;
		type Row = { readonly item: { readonly label: string; readonly detail?: string } };
		const pick = {
			...{ value: '', items: [] as readonly Row[], busy: false, selectedItems: [] as readonly Row[] },
			onDidChangeActive: (listener: typeof show) => (show = listener),
			onDidChangeValue: (listener: () => void) => (type = listener),
			onDidAccept: (listener: () => void) => (accept = listener),
			onDidTriggerItemButton: () => undefined,
			onDidHide: (listener: () => void) => (hide = listener),
			...{ show: () => undefined, hide: () => hide(), dispose: () => undefined },
		};
		Object.assign(editor.api, { commands: { executeCommand: () => Promise.resolve() } });
		Object.assign(editor.api.window, { createQuickPick: () => pick });
		const { showConversations } = editor.read('../chat/view/conversationsPick') as typeof used;
		const abouts = Array.from({ length: 200 }, (_, n) => ({
			id: `c${n}`,
			begins: `About ${n}`,
			changedAt: 0,
			options: {},
		}));
		let [now, most] = [0, 0];
		const opened: string[] = [];
		const library = {
			list: () => Promise.resolve(abouts),
			open: async (id: string) => {
				most = Math.max(most, ++now);
				opened.push(id);
				await settle();
				now--;
				return { id, options: {}, turns: [turn('1', id === 'c7' ? 'Where is the needle?' : 'Hay', done('Here.'))] };
			},
		};
		const gone: string[] = [];
		const session = { conversation: { id: 'new' }, goTo: ({ id }: { readonly id: string }) => gone.push(id) };
		void showConversations({
			...{ library: library as never, session: session as never, t: (text) => text },
			...{ answering: { remoteTurns: () => [] }, editor: { newFile: () => assert.fail('nothing is exported') } },
			...{ sayTime: () => 'now', onError: assert.ifError },
		});
		const write = (text: string): void => {
			pick.value = text;
			type();
		};
		const ended = async (): Promise<void> => {
			for (let n = 0; n < 1_000 && pick.busy; n++) await settle();
		};
		/** Shows the rows as VS Code does: where `first` is in its name, one comes first. */
		const shows = (first = ''): void => {
			const best = pick.items.find(({ item }) => item.label.includes(first)) ?? pick.items[0];
			pick.selectedItems = best ? [best] : [];
			show(pick.selectedItems);
		};
		/** Shows what is found, and lets it be opened. */
		const found = async (first?: string): Promise<void> => {
			await ended();
			shows(first);
			await settle();
		};
		return { pick, write, ended, found, opened, gone, most: () => most, accept: () => accept(), hide: () => hide() };
	}

	it('opens one after the other: all their files are more than a system opens at once, and those beyond were said to be damaged', async () => {
		const { pick, write, ended, most } = searched();
		write('needle');
		await ended();
		assert.deepEqual([pick.items.map(({ item }) => item.label), most()], [['About 7'], 1]);
	});

	it('finds all words in any order, in any message, and shows where the first stands: only such side by side were found', async () => {
		const { pick, write, ended } = searched();
		for (const [text, shown] of [
			['needle where', ['About 7', 'Where is the needle?']],
			['here. NEEDLE', ['About 7', 'Here.']],
			['7 about needle', ['About 7', 'Where is the needle?']],
			['7 nêedle', ['About 7', 'Where is the needle?']],
			['needle hay', ['No conversation contains these words.', undefined]],
		] as const) {
			write(text);
			await ended();
			assert.deepEqual(
				pick.items.map(({ item }) => [item.label, item.detail]),
				[shown],
			);
		}
	});

	it('is waited for by Enter: the first row was still one of the list before, and another conversation was opened', async () => {
		const { write, found, gone, accept } = searched();
		await found();
		write('needle');
		accept();
		await found();
		assert.deepEqual(gone, ['c7']);
	});

	it('that finds nothing for Enter stays, and says so', async () => {
		const { pick, write, found, gone, accept } = searched();
		await found();
		write('nowhere');
		accept();
		await found();
		assert.deepEqual([gone, pick.items.length], [[], 1]);
	});

	it('gives Enter the row that VS Code shows first: it has those first whose name has the words', async () => {
		const { write, found, gone, accept } = searched();
		await found();
		write('needle');
		await found();
		write('9');
		accept();
		await found('About 99');
		assert.deepEqual(gone, ['c99']);
	});

	it('is no reason to open another one than the row that was chosen further down', async () => {
		const { write, found, gone, accept } = searched();
		await found('About 3');
		write('needle');
		accept();
		await settle();
		assert.deepEqual(gone, ['c3']);
	});

	it('is not opened by an Enter before more was typed', async () => {
		const { write, found, gone, accept } = searched();
		await found();
		write('need');
		accept();
		write('needle');
		await found();
		assert.deepEqual(gone, []);
	});

	it('is waited for by Enter in a list that has just opened: it closed, and nothing was opened', async () => {
		const { ended, found, gone, accept } = searched();
		await ended();
		accept();
		await found();
		assert.deepEqual(gone, ['c0']);
	});

	it('ends where more has been typed', async () => {
		const { pick, write, ended, opened } = searched();
		write('needl');
		await settle();
		write('needle');
		await ended();
		assert.deepEqual([pick.items.map(({ item }) => item.label), opened.length], [['About 7'], 200]);
	});

	it('ends where the list is closed', async () => {
		const { pick, write, opened, hide } = searched();
		write('needle');
		await settle();
		hide();
		const before = opened.length;
		for (let n = 0; n < 10; n++) await settle();
		assert.ok(before < 5 && opened.length <= before + 1, `${opened.length}`);
		assert.deepEqual(pick.items, []);
	});
});
