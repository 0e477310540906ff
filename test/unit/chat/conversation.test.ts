import assert from 'node:assert/strict';
import { begin } from '../../../src/chat/answer';
import { fenced } from '../../../src/fenced';
import { maxSize, maxTurns, promptFor, trimmed, withTurn, type Conversation } from '../../../src/chat/conversation';
import { done, turn } from './fixtures';

const account = { ms: 1, trail: [] };

function texts(conversation: Conversation, id: string): string[] {
	const last = conversation.turns.find((one) => one.id === id);
	assert.ok(last);
	return promptFor(conversation, last).turns.map(
		({ role, content }) => `${role}: ${content.map((part) => (part.type === 'text' ? part.text : '')).join()}`,
	);
}

describe('A conversation', () => {
	it('sends what went before, without failed answers and those of which nothing came', () => {
		const conversation: Conversation = {
			id: 'c',
			turns: [
				turn('1', 'one', done('first')),
				turn('2', 'two', { is: 'failed', text: 'half', why: 'network', facts: {}, account }),
				turn('3', 'three', { is: 'stopped', text: '', account }),
				turn('4', 'four', { is: 'stopped', text: 'a part', account }),
				turn('5', 'five', begin(0)),
			],
		};
		assert.deepEqual(texts(conversation, '5'), [
			'user: one',
			'model: first',
			'user: four',
			'model: a part',
			'user: five',
		]);
	});

	it('asks a turn again with what went before it, not with what came after', () => {
		const turns = [turn('1', 'one', done('first')), turn('2', 'two', begin(0)), turn('3', 'three', done('third'))];
		assert.deepEqual(texts({ id: 'c', turns }, '2'), ['user: one', 'model: first', 'user: two']);
	});

	it('keeps the newest turns', () => {
		let conversation: Conversation = { id: 'c', turns: [] };
		for (let i = 0; i < maxTurns + 5; i++) {
			conversation = withTurn(conversation, turn(String(i), 'q', done('a')));
		}
		assert.equal(conversation.turns.length, maxTurns);
		assert.equal(conversation.turns[0]?.id, '5');
	});

	it('keeps no more text than fits, but always the last turn', () => {
		const big = 'x'.repeat(maxSize / 2);
		const turns = ['1', '2', '3'].map((id) => turn(id, 'q', done(big)));
		assert.deepEqual(
			trimmed(turns).map(({ id }) => id),
			['3'],
		);
	});

	it('sends an attachment with its name and language, in a fence that its text cannot end', () => {
		const text = 'a\n````\nend of fence\n```\n';
		const sent = fenced({ file: 'src/a.md', language: 'markdown', text });
		const lines = sent.split('\n');
		assert.equal(lines[0], 'File: src/a.md (markdown)');
		assert.equal(lines[1], '`````markdown');
		assert.equal(lines.at(-1), '`````');
		assert.ok(sent.includes(text));
	});

	it('does not let a file name or a language break out of its line', () => {
		const sent = fenced({ file: 'a\n```\nb', language: 'js\n```', text: 'x' });
		assert.deepEqual(sent.split('\n').length, 4);
	});
});
