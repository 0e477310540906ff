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
});
