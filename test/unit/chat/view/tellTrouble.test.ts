import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/tellTrouble';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

describe('a disk that refuses', () => {
	it('is told once a window, but of what a person deletes each time: they try again, as they are told to', () => {
		const editor = new EditorStandIn();
		const { tellTrouble } = editor.read('../chat/view/tellTrouble') as typeof used;
		const logged: string[] = [];
		const tell = tellTrouble({ warn: (text) => logged.push(text), onError: () => undefined });
		for (const what of ['unsaved', 'unsaved', 'undeleted', 'undeleted'] as const) tell(what, new Error('EBUSY'));
		const undeleted = 'A conversation, or a part of it, could not be deleted and is still stored. Try again.';
		assert.deepEqual(textsIn(editor.given), [
			'A conversation could not be stored. It stays here until the window closes.',
			undeleted,
			undeleted,
		]);
		assert.equal(logged.length, 4);
	});
});
