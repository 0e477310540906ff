import assert from 'node:assert/strict';
import { begin } from '../../../src/chat/answer';
import type { Conversation } from '../../../src/chat/conversation';
import { restore, toSaved } from '../../../src/chat/store';
import { attempt, done, turn } from './fixtures';

const conversation: Conversation = {
	id: 'c',
	turns: [
		{
			...turn('1', 'one', {
				...done('first'),
				is: 'done',
				finished: 'STOP',
				account: {
					on: { key: 'work', model: 'flash' },
					usage: { input: 1, cached: 0, output: 2, thoughts: 3 },
					ms: 5,
					trail: [attempt('work', 'answered')].map(({ label, model, outcome, ms }) => ({ label, model, outcome, ms })),
				},
			}),
			question: {
				text: 'one',
				origin: 'selection',
				attachments: [{ label: 'a.ts, line 1', file: 'a.ts', language: 'typescript', text: 'x' }],
			},
		},
		turn('2', 'two', {
			is: 'failed',
			text: '',
			why: 'waitedTooLong',
			facts: { retryAt: 7 },
			account: { ms: 1, trail: [] },
		}),
	],
};

/** What a memento does to a value. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('Stored conversations', () => {
	it('come back as they were', () => {
		const back = restore(throughJson(toSaved([], conversation, 0)));
		assert.deepEqual(back, { is: 'restored', earlier: [], current: conversation });
	});

	it('keep the newest conversations that fit, the current one always', () => {
		const ids = (data: unknown) => {
			const back = restore(data);
			return back.is === 'restored' ? [...back.earlier, back.current].map(({ id }) => id) : [];
		};
		const many = Array.from({ length: 80 }, (_, i) => ({ ...conversation, id: String(i) }));
		assert.deepEqual(ids(toSaved(many, conversation, 0)), [...many.slice(-49).map(({ id }) => id), 'c']);
		const turns = Array.from({ length: 5 }, (_, i) => turn(String(i), 'q', done('x'.repeat(1_000_000))));
		assert.deepEqual(ids(toSaved([conversation], { id: 'big', turns: turns.slice(0, 3) }, 0)), ['c', 'big']);
		assert.deepEqual(ids(toSaved([conversation], { id: 'huge', turns }, 0)), ['huge']);
	});

	it('keep what had come of an answer that still ran, as stopped', () => {
		const running = { id: 'c', turns: [turn('1', 'one', { ...begin(1_000), is: 'streaming', text: 'so far' })] };
		const back = restore(throughJson(toSaved([], running, 3_000)));
		assert.ok(back.is === 'restored');
		const answer = back.current.turns[0]?.answer;
		assert.deepEqual(answer, { is: 'stopped', text: 'so far', account: { ms: 2_000, trail: [] } });
	});

	it('are empty where nothing was stored', () => {
		assert.deepEqual(restore(undefined), { is: 'empty' });
	});

	it('are recognised as damaged, whatever they are', () => {
		const good = toSaved([], conversation, 0);
		const damaged = [
			null,
			'text',
			[],
			{},
			{ v: 2, conversations: good.conversations },
			{ v: 1, conversations: [] },
			{ v: 1, conversations: [{ id: 'c', turns: [{ id: '1' }] }] },
			{ v: 1, conversations: [{ id: 'c', turns: [turn('1', 'q', begin(0))] }] },
			JSON.stringify(good).slice(0, 50),
		];
		for (const data of damaged) {
			assert.deepEqual(restore(data), { is: 'damaged', data });
		}
	});

	it('survive a reason that only a newer version knows', () => {
		const text = JSON.stringify(toSaved([], conversation, 0)).replace('waitedTooLong', 'newReason');
		const back = restore(JSON.parse(text));
		assert.ok(back.is === 'restored');
		const answer = back.current.turns[1]?.answer;
		assert.ok(answer?.is === 'failed');
		assert.equal(answer.why, 'unexpected');
	});
});
