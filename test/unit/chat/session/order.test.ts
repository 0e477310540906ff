import assert from 'node:assert/strict';
import { ended, open, questions } from '../../../support/chat/openSession';

describe('The order of a conversation', () => {
	it('is that of asking, where the clock was set back in between, too', async () => {
		const opened = await open();
		await ended(opened, 'first');
		opened.turnBack(600);
		await ended(opened, 'second');
		await ended(opened, 'third');
		const again = await open({ folder: opened.folder, id: opened.session.conversation.id });
		assert.deepEqual(questions(again), ['first', 'second', 'third']);
	});
});
