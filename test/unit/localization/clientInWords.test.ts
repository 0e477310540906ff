import assert from 'node:assert/strict';
import { clientInWords } from '../../../src/localization/clientInWords';
import { translate, words } from '../../support/views/snapshots';

describe('who asked, in words', () => {
	it('names our own surfaces, and a program as it is known', () => {
		const named = ['palette', 'selection', 'batch', 'participant', 'lm:core', 'lm:', 'lm:foo.bar', 'gateway:cline'];
		assert.deepEqual(
			named.map((client) => clientInWords(client, translate)),
			[
				...['command palette', 'editor', 'batch file', '@keypool', 'VS Code’s chat', 'an unknown extension'],
				...['foo.bar', 'gateway:cline'],
			],
		);
	});

	it('is said where the budget of a client stops a request', () => {
		const shortage = { scope: 'client/palette', period: 'day', limit: 0, used: 0, needed: 250_000 } as const;
		assert.match(words.describeReason('budget', { shortage }).text, /^command palette: The budget of \$0\.00 a day/);
		assert.match(words.describeReason('clientHeld', { client: 'lm:foo.bar' }).text, /^foo\.bar was stopped/);
	});
});
