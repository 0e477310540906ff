import assert from 'node:assert/strict';
import { isFindKey } from '../../../../../src/webviews/chat/find/findKey';

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.107.0';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.107.0';
const key = { key: 'f', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe('The key that finds in the chat', () => {
	it('is Ctrl+F, and Cmd+F on a Mac, where Ctrl+F moves the cursor', () => {
		assert.equal(isFindKey({ ...key, ctrlKey: true }, windows), true);
		assert.equal(isFindKey({ ...key, metaKey: true }, windows), false);
		assert.equal(isFindKey({ ...key, metaKey: true }, mac), true);
		assert.equal(isFindKey({ ...key, ctrlKey: true }, mac), false);
	});

	it('is no other one, whatever capitals are on', () => {
		assert.equal(isFindKey({ ...key, key: 'F', ctrlKey: true }, windows), true);
		for (const more of [{ shiftKey: true }, { altKey: true }, { key: 'g' }, { ctrlKey: false }]) {
			assert.equal(isFindKey({ ...key, ctrlKey: true, ...more }, windows), false, JSON.stringify(more));
		}
	});
});
