import assert from 'node:assert/strict';
import { mentionAt } from '../../../../../src/webviews/chat/composer/mentionAt';

/** `|` is the caret. */
const at = (text: string) => {
	const caret = text.indexOf('|');
	return mentionAt(text.replace('|', ''), caret);
};

describe('A mention that is being typed', () => {
	it('begins with a sign at the beginning of a word, anywhere in the text', () => {
		assert.deepEqual(at('@|'), { sign: '@', text: '', start: 0 });
		assert.deepEqual(at('Fix #prob|'), { sign: '#', text: 'prob', start: 4 });
		assert.deepEqual(at('Fix\n@src/a.t| please'), { sign: '@', text: 'src/a.t', start: 4 });
	});

	it('is none within a word, after it has ended, or before the caret has reached it', () => {
		for (const text of ['me@example|', 'C#|', '# Title|', '@a b|', '|@a', '##|'])
			assert.equal(at(text), undefined, text);
	});

	it('is none where the word is longer than any name', () => {
		assert.equal(at(`@${'a'.repeat(101)}|`), undefined);
	});
});
