import assert from 'node:assert/strict';
import { done, question, turn } from '../../../support/chat/fixtures';
import { ended, open, questions } from '../../../support/chat/openSession';
import { settle } from '../../../support/chat/scriptedAsk';

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

describe('A new conversation', () => {
	it('lets the oldest go: no list of them grows without end', async () => {
		const { session, library } = await open();
		for (let n = 0; n < 203; n++) {
			await library.saveAll({ id: `c${n}`, options: {}, turns: [turn(`t${n}`, 'Who is there?', done('I am.'))] });
		}
		void session.ask(question('Hi'));
		await settle();
		await library.flush();
		const others = (await library.list()).filter(({ id }) => id !== session.conversation.id);
		assert.equal(others.length, 200);
	});
});
