import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/storageNotice';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

const hour = 3_600_000;

describe('what is said of conversations that cannot be stored', () => {
	it('is said once a day of each trouble, in a window that is open for weeks, and stands in the log each time', () => {
		const editor = new EditorStandIn();
		const { createStorageNotice } = editor.read('../chat/view/storageNotice') as typeof used;
		const [lines, reported]: [string[], unknown[]] = [[], []];
		const full = new Error('ENOSPC: no space left on device');
		let now = 1_000_000 * hour;
		const tell = createStorageNotice({
			warn: (line) => lines.push(line),
			onError: (error) => reported.push(error),
			now: () => now,
		});
		const toldAfter = (ms: number): number => {
			now += ms;
			editor.given.length = 0;
			tell('unsaved', full);
			return textsIn(editor.given).length;
		};
		assert.deepEqual([toldAfter(0), toldAfter(hour), toldAfter(22 * hour)], [1, 0, 0]);
		assert.equal(toldAfter(20 * 24 * hour), 1, 'another day');
		assert.equal(toldAfter(-2 * 24 * hour), 1, 'the clock was set back');
		tell('damaged');
		assert.match(textsIn(editor.given).join('\n'), /could not be stored[^]*could not be read/);
		assert.deepEqual([lines.length, reported.length], [6, 5]);
		editor.given.length = 0;
		for (const tried of [1, 2]) {
			now += 5_000;
			// What goes with one question: each of its files is refused.
			for (let file = 0; file < 3; file++) tell('undeleted', full);
			assert.equal(textsIn(editor.given).length, tried, 'people try again to delete, as they are told to');
		}
	});
});
