import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/commands/editPool';
import { settle } from '../../../support/chat/scriptedAsk';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { keyView, model, modelView, snapshotOf, standings, words } from '../../../support/views/snapshots';

describe('the list of models to choose from', () => {
	it('leaves out those that never answer a chat, offered or used by a tool, but not the one that is set', async () => {
		const editor = new EditorStandIn();
		const { chooseModel } = editor.read('../views/commands/editPool') as typeof used;
		const models = [model, 'gemini-embedding-001'].map((name) => modelView(standings.usable, { model: name }));
		const offered = ['gemini-3.5-flash-lite', 'gemini-2.5-flash-image', 'gemini-2.5-flash-preview-tts'];
		await chooseModel({
			snapshot: snapshotOf([keyView('A', standings.usable, { models })], { model: 'gemini-live-2.5-flash' }),
			words,
			acts: { models: () => Promise.resolve(offered) } as unknown as used.EditPool['acts'],
		});
		const list = editor.given.find((given) => Array.isArray(given)) as readonly {
			readonly label: string;
			readonly alwaysShow?: true;
		}[];
		assert.deepEqual(
			list.map(({ label }) => label),
			['gemini-live-2.5-flash', 'gemini-3.5-flash-lite', model, 'Another model…'],
		);
		// Where what is typed is none of those, that is what its person wants.
		assert.deepEqual(
			list.flatMap(({ label, alwaysShow }) => (alwaysShow ? [label] : [])),
			['Another model…'],
		);
	});

	it('opens at once, and fills when they are told: one that opened later would take what its person types by then', async () => {
		const editor = new EditorStandIn();
		let isOpen = false;
		Object.assign(editor.api.window, { showQuickPick: () => Promise.resolve(void (isOpen = true)) });
		const { chooseModel } = editor.read('../views/commands/editPool') as typeof used;
		await chooseModel({
			snapshot: snapshotOf([keyView('A', standings.usable)]),
			words,
			acts: { models: () => new Promise(() => undefined) } as unknown as used.EditPool['acts'],
		});
		assert.ok(isOpen);
	});

	it('of those that may answer instead opens at once, too, and changes nothing before they are told', async () => {
		const editor = new EditorStandIn();
		const pick = { items: [] as object[], selectedItems: [] as object[], busy: false, isOpen: false };
		let accept: () => void = () => undefined;
		const made = {
			onDidAccept: (listener: typeof accept) => void (accept = listener),
			...{ onDidHide: () => undefined, onDidChangeSelection: () => undefined, hide: () => undefined },
			show: () => void (pick.isOpen = true),
		};
		Object.assign(editor.api.window, { createQuickPick: () => Object.assign(pick, made) });
		const { chooseFallbackModels } = editor.read('../views/commands/editPool') as typeof used;
		let tell: (models: readonly string[]) => void = () => undefined;
		const written: unknown[] = [];
		const open = () =>
			chooseFallbackModels({
				snapshot: snapshotOf([keyView('A', standings.usable)]),
				words,
				acts: {
					models: () => new Promise((resolve) => (tell = resolve)),
					fallbackModels: () => ['lite'],
					set: (...given: unknown[]) => Promise.resolve(void written.push(given)),
				} as unknown as used.EditPool['acts'],
			});
		const early = open();
		assert.deepEqual([pick.isOpen, pick.busy], [true, true]);
		accept();
		await early;
		assert.deepEqual(written, []);
		const late = open();
		tell([model, 'gemini-3.5-flash-lite']);
		await settle();
		assert.deepEqual(textsIn(pick.items), ['lite', 'gemini-3.5-flash-lite', 'Another model…']);
		assert.deepEqual([textsIn(pick.selectedItems), pick.busy], [['lite'], false]);
		accept();
		await late;
		assert.deepEqual(written, [['fallbackModels', ['lite']]]);
	});
});
