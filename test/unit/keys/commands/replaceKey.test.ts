import assert from 'node:assert/strict';
import type * as used from '../../../../src/keys/commands/replaceKey';
import type { KeyTools } from '../../../../src/keys/commands/storeKeys';
import { add, open } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { EditorStandIn } from '../../../support/ui/editor';

/** A row of the list, as the editor is given it. */
interface Row {
	readonly label: string;
}

/** Pastes a text as the new key; `picks` chooses from a list, if one opens. */
async function replacedBy(text: string, picks: (rows: readonly Row[]) => Row | undefined = () => undefined) {
	const editor = new EditorStandIn();
	const lists: object[] = [];
	let accept: (() => void) | undefined;
	const box = {
		value: '',
		onDidTriggerButton: () => undefined,
		onDidChangeValue: () => undefined,
		onDidHide: () => undefined,
		onDidAccept: (accepted: () => void) => (accept = accepted),
		show: () => {
			box.value = text;
			accept?.();
		},
		hide: () => undefined,
		dispose: () => undefined,
	};
	Object.assign(editor.api.window, {
		createInputBox: () => box,
		showQuickPick: async (rows: Promise<readonly Row[]>, options: object) => {
			lists.push(options);
			return picks(await rows);
		},
	});
	const { keyring } = await open(new MemoryStore());
	const [key] = await add(keyring, 'sim-old');
	assert.ok(key);
	const { replaceKey } = editor.read('../keys/commands/replaceKey') as typeof used;
	const usedAgain: unknown[] = [];
	const tools: Partial<KeyTools> = {
		keyring,
		check: () => Promise.resolve(),
		onChecked: () => undefined,
		isPaused: () => false,
		useAgain: (id) => Promise.resolve(void usedAgain.push(id)),
	};
	await replaceKey(key, tools as KeyTools);
	const secret = await keyring.secretOf(key.id);
	assert.equal(usedAgain.length, secret === 'sim-old' ? 0 : 1, 'a new one is not set aside as the old one was');
	return { secret, lists };
}

describe('a key that is replaced', () => {
	it('takes the key that was pasted', async () => {
		assert.deepEqual(await replacedBy('sim-new'), { secret: 'sim-new', lists: [] });
	});

	it('takes one of several that were pasted, which the user chooses: the others are not said to be stored', async () => {
		const { secret, lists } = await replacedBy('sim-new-1 sim-new-2', (rows) => rows[1]);
		assert.equal(secret, 'sim-new-2');
		assert.deepEqual(lists, [{ title: 'Replace Key 1', ignoreFocusOut: true, matchOnDescription: true }]);
		assert.equal((await replacedBy('sim-new-1 sim-new-2')).secret, 'sim-old', 'nothing is chosen');
	});
});
