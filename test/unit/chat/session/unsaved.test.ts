import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { ended, open } from '../../../support/chat/openSession';

describe('a chat session that cannot be saved', () => {
	it('goes on when the store refuses, and says so', async () => {
		const refuse = () => Promise.reject(new Error('disk full'));
		const opened = await open({ folder: { ...memoryFolder(), write: refuse } });
		await ended(opened, 'Hi');
		assert.equal(opened.session.conversation.turns[0]?.answer.state, 'done');
		assert.ok(opened.troubles.includes('unsaved'));
	});

	it('keeps a title and options that the store refused, and stores them with the next answer that it takes', async () => {
		const folder = memoryFolder();
		let isFull = false;
		const write = (path: string, text: string) =>
			isFull ? Promise.reject(new Error('disk full')) : folder.write(path, text);
		const opened = await open({ folder: { ...folder, write } });
		const { session, library } = opened;
		await ended(opened, 'Hi');
		isFull = true;
		session.rename('Greetings');
		session.setOptions({ model: 'flash', system: 'Be kind.' });
		await session.refresh();
		const told = { title: 'Greetings', options: { model: 'flash', system: 'Be kind.' } };
		const { title, options } = session.conversation;
		assert.deepEqual({ title, options }, told);
		isFull = false;
		await ended(opened, 'And now?');
		const stored = await library.open(session.conversation.id);
		assert.deepEqual({ title: stored?.title, options: stored?.options }, told);
	});
});
