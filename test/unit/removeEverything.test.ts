import assert from 'node:assert/strict';
import type * as Subject from '../../src/removeEverything';
import { EditorStandIn, textsIn } from '../support/ui/editor';

const memento = () => ({
	keys: () => [],
	get: () => undefined,
	update: () => Promise.resolve(),
	setKeysForSync: () => undefined,
});

describe('removing everything', () => {
	it('goes on after each secret that cannot be erased, and says that not all is gone', async () => {
		const editor = new EditorStandIn();
		editor.presses = 'Remove Everything';
		const { removeEverything } = editor.read('../removeEverything') as typeof Subject;
		const kept = new Set(['alerts.slack', 'gateway.clients', 'team.invitation']);
		const reports: unknown[] = [];
		let cleared = 0;
		let keptThen: readonly string[] = [];
		await removeEverything({
			secrets: {
				keys: () => Promise.resolve([...kept]),
				delete: (name) => {
					if (name === 'gateway.clients') return Promise.reject(new Error('locked'));
					kept.delete(name);
					return Promise.resolve();
				},
			},
			workspaceState: memento(),
			globalState: memento(),
			folders: [],
			rooms: [() => Promise.reject(new Error('the chat')), () => Promise.resolve(void cleared++)],
			records: [() => Promise.resolve(void (keptThen = [...kept]))],
			report: (error) => reports.push(error),
		});
		assert.deepEqual([[...kept], cleared, reports.length], [['gateway.clients'], 1, 2]);
		assert.deepEqual(keptThen, ['gateway.clients'], 'nobody asks any more with what was erased, and is counted');
		const texts = textsIn(editor.given);
		assert.ok(texts.some((text) => text.startsWith('Not everything could be removed')));
		assert.ok(!texts.includes('Everything was removed.'));
	});
});
