import assert from 'node:assert/strict';
import { begin } from '../../../../src/chat/model/answer';
import {
	isFull,
	maxSize,
	maxTurns,
	titleOf,
	trimmed,
	withTurn,
	type Conversation,
} from '../../../../src/chat/model/conversation';
import { promptFor, type CountTokens } from '../../../../src/chat/model/prompt';
import { fenced } from '../../../../src/common/fenced';
import type { Prompt } from '../../../../src/gemini/gemini';
import { done, turn } from '../../../support/chat/fixtures';

const account = { ms: 1, attempts: [] };

const textsOf = ({ turns }: Prompt): string[] =>
	turns.map(({ role, content }) => `${role}: ${content.map((part) => (part.type === 'text' ? part.text : '')).join()}`);

/** A token a character. */
const weigh: CountTokens = (prompt) => textsOf(prompt).reduce((sum, text) => sum + text.length, 0);

function fitted(conversation: Omit<Conversation, 'options'>, id: string, limit = 1_000) {
	const last = conversation.turns.find((one) => one.id === id);
	assert.ok(last);
	return promptFor({ options: {}, ...conversation }, last, limit, weigh);
}

const texts = (conversation: Omit<Conversation, 'options'>, id: string) => textsOf(fitted(conversation, id).prompt);

describe('A conversation', () => {
	it('sends what went before, without failed answers and those of which nothing came', () => {
		const conversation = {
			id: 'c',
			turns: [
				turn('1', 'one', done('first')),
				turn('2', 'two', {
					state: 'failed',
					text: 'half',
					reason: 'network',
					facts: {},
					summary: account,
				}),
				turn('3', 'three', { state: 'stopped', text: '', summary: account }),
				turn('4', 'four', {
					state: 'stopped',
					text: 'a part',
					summary: account,
				}),
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

	it('leaves out whole turns, oldest first, when the model takes no more, and says how many', () => {
		const turns = ['1', '2', '3', '4'].map((id) => turn(id, 'q'.repeat(10), done('a'.repeat(10))));
		const all = [...turns, turn('5', 'last', begin(0))];
		const { prompt, omitted } = fitted({ id: 'c', turns: all }, '5', 80);
		assert.equal(omitted, 2);
		assert.equal(prompt.turns.length, 5);
		assert.ok(weigh(prompt) <= 80);
		assert.deepEqual(fitted({ id: 'c', turns: all }, '5', 3).prompt.turns.length, 1);
	});

	it('hands on the options of the conversation, and pictures', () => {
		const one = turn('1', 'What is this?', begin(0));
		const picture = { label: 'a.png', mimeType: 'image/png', data: 'AAAA' };
		const asked = {
			...one,
			question: { ...one.question, pictures: [picture] },
		};
		const options = {
			model: 'm',
			system: 'Be brief',
			temperature: 0,
			maxOutputTokens: 5,
			thinking: 'low',
		} as const;
		const { prompt } = promptFor({ id: 'c', options, turns: [asked] }, asked, 1_000, weigh);
		const { model: _, ...own } = options;
		assert.deepEqual(prompt.options, own);
		assert.deepEqual(prompt.turns[0]?.content[1], {
			type: 'image',
			mimeType: 'image/png',
			data: 'AAAA',
		});
	});

	it('sends no thoughts again', () => {
		const before = turn('1', 'q', { ...done('a'), thoughts: 'hm' });
		const conversation = {
			id: 'c',
			turns: [before, turn('2', 'and?', begin(0))],
		};
		assert.deepEqual(texts(conversation, '2'), ['user: q', 'model: a', 'user: and?']);
	});

	it('is called as a person says, else as it begins', () => {
		assert.equal(titleOf({ turns: [] }), '');
		assert.equal(titleOf({ turns: [turn('1', ' One line\nand more', begin(0))] }), 'One line');
		assert.equal(titleOf({ title: 'Mine', turns: [turn('1', 'q', begin(0))] }), 'Mine');
		const long = titleOf({ turns: [turn('1', '😀'.repeat(100), begin(0))] });
		assert.equal(Array.from(long).length, 60);
	});

	it('keeps the newest turns', () => {
		let conversation: Conversation = { id: 'c', options: {}, turns: [] };
		for (let i = 0; i < maxTurns + 5; i++) {
			conversation = withTurn(conversation, turn(String(i), 'q', done('a')));
		}
		assert.equal(conversation.turns.length, maxTurns);
		assert.equal(conversation.turns[0]?.id, '5');
	});

	it('lets a turn go once those between it and the last have more text than fits', () => {
		const big = 'x'.repeat(maxSize / 2);
		const turns = ['1', '2', '3', '4'].map((id) => turn(id, 'q', done(big)));
		assert.deepEqual(
			trimmed(turns).map(({ id }) => id),
			['2', '3', '4'],
		);
	});

	it('loses nothing to one question with large pictures before its person has read that the next one deletes, nor those pictures to the next', () => {
		const small = Array.from({ length: 50 }, (_, i) => turn(String(i), 'q', done('a')));
		const photos = turn('photos', 'What is this?', begin(0));
		const data = 'A'.repeat(5_000_000);
		const pictures = ['1', '2', '3', '4'].map((label) => ({ label, mimeType: 'image/jpeg', data }));
		const asked = withTurn(
			{ id: 'c', options: {}, turns: small },
			{ ...photos, question: { ...photos.question, pictures } },
		);
		const next = withTurn(asked, turn('next', 'And the second one?', begin(0)));
		const last = withTurn(next, turn('last', 'And the third?', begin(0)));
		assert.deepEqual(
			[asked, next, last].map(({ turns }) => [turns.length, trimmed(turns).length, isFull(turns)]),
			[
				[51, 51, true],
				[2, 2, false],
				[3, 3, false],
			],
		);
		assert.equal(isFull(small), false);
		assert.equal(last.turns[0]?.id, 'photos');
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

	it('is full when the next question makes the oldest go: by number, and by size', () => {
		const short = Array.from({ length: maxTurns }, (_, i) => turn(String(i), 'q', done('a')));
		assert.deepEqual([isFull([]), isFull(short.slice(1)), isFull(short)], [false, false, true]);
		assert.equal(withTurn({ id: 'c', options: {}, turns: short }, turn('x', 'q', begin(0))).turns[0]?.id, '1');
		const long = (size: number) => [turn('1', 'q', done('a')), turn('2', '', done('a'.repeat(size)))];
		assert.deepEqual([isFull(long(maxSize)), isFull(long(maxSize + 1))], [false, true]);
	});
});
