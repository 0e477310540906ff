import assert from 'node:assert/strict';
import type * as used from '../../../../src/keys/commands/heldKeys';
import { EditorStandIn } from '../../../support/ui/editor';

/** A person who is asked, and answers when the test says so. */
function opened() {
	const editor = new EditorStandIn();
	const answers: ((answer: unknown) => void)[] = [];
	const asked: unknown[] = [];
	editor.api.window.showWarningMessage = (question, _, ...buttons) => {
		asked.push(question);
		return new Promise((resolve) => answers.push((isYes) => resolve(isYes === true ? buttons[0] : undefined)));
	};
	const { askAboutHeldKeys } = editor.read('../keys/commands/heldKeys') as typeof used;
	const holdsKey = (text: string): boolean => text.includes('KEY');
	const heldKeys = askAboutHeldKeys({ holdsKey, keysIn: () => [] });
	const answer = (isYes: boolean): void => answers.splice(0).forEach((resolve) => resolve(isYes));
	return { heldKeys, asked, answer };
}

describe('the question before one of the person’s keys is sent', () => {
	for (const isYes of [true, false]) {
		it(`is one for the requests of an extension side by side, and names it: ${isYes ? 'yes' : 'no'} is for all`, async () => {
			const { heldKeys, asked, answer } = opened();
			const sent = ['1 KEY', '2 KEY', 'none'].map((text) => heldKeys.mayBeSent([text], '“Helper” (some.one)'));
			const other = heldKeys.mayBeSent(['KEY'], 'another.one');
			assert.deepEqual(asked, [
				'Requests of “Helper” (some.one) contain one of your own Gemini keys. Send them?',
				'Requests of another.one contain one of your own Gemini keys. Send them?',
			]);
			answer(isYes);
			assert.deepEqual(await Promise.all([...sent, other]), [isYes, isYes, true, isYes]);
			// Nothing is remembered of it here.
			void heldKeys.mayBeSent(['3 KEY'], 'another.one');
			assert.equal(asked.length, 3);
		});
	}

	it('is one for the requests of the editor’s own chat, which makes several of a question', async () => {
		const { heldKeys, asked, answer } = opened();
		const sent = ['1 KEY', '2 KEY'].map((text) => heldKeys.mayBeSent([text], ''));
		assert.deepEqual(asked, ['This question, or an attachment, contains one of your own Gemini keys. Send it?']);
		answer(true);
		assert.deepEqual(await Promise.all(sent), [true, true]);
	});
});
