import assert from 'node:assert/strict';
import { PendingAttachments } from '../../../../src/chat/model/pendingAttachments';
import { QuestionSize } from '../../../../src/chat/model/questionSize';
import { sizeOf } from '../../../../src/gemini/request/requestSize';
import type { Prompt } from '../../../../src/gemini/gemini';
import { done, turn } from '../../../support/chat/fixtures';

describe('What the next question weighs', () => {
	let counted = 0;
	/** As it is sent: with a system instruction of the settings. */
	const cost = (prompt: Prompt) => {
		counted++;
		return sizeOf({
			...prompt,
			options: { system: 'x'.repeat(400), ...prompt.options },
		});
	};
	const ids = () => String(++counted);

	it('is its options once, the turns that are sent again, and what goes along', () => {
		const size = new QuestionSize(cost);
		const draft = new PendingAttachments(ids, (error) => assert.fail(String(error)));
		const turns = [turn('1', 'q'.repeat(40), done('a'.repeat(360))), turn('2', 'no answer', done(''))];
		assert.equal(size.tokens({ options: {}, turns: [] }, draft.all), 100);
		assert.equal(size.tokens({ options: {}, turns }, draft.all), 200);
		draft.addFile({ uri: 'file:///a', label: 'a', bytes: 4_000 });
		assert.equal(size.tokens({ options: {}, turns }, draft.all), 1_200);
		draft.addPicture({ label: 'p', mimeType: 'image/png', data: 'AAAA' });
		assert.equal(size.tokens({ options: {}, turns }, draft.all), 2_320);
		assert.equal(size.tokens({ options: { system: 'y'.repeat(800) }, turns }, draft.all), 2_420);
	});

	it('is not counted again where nothing has changed', () => {
		const size = new QuestionSize(cost);
		const conversation = { options: {}, turns: [turn('1', 'q', done('a'))] };
		const items = new PendingAttachments(ids, (error) => assert.fail(String(error))).all;
		size.tokens(conversation, items);
		const before = counted;
		size.tokens({ ...conversation, turns: [...conversation.turns] }, items);
		assert.equal(counted, before);
	});
});
