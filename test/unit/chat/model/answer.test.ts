import assert from 'node:assert/strict';
import type { Piece } from '../../../../src/gemini/gemini';
import type { Attempt, StreamPart } from '../../../../src/pool/pool';
import {
	begin,
	fail,
	fallbacks,
	isRunning,
	maxAttempts,
	receive,
	stop,
	type Answer,
} from '../../../../src/chat/model/answer';
import { attempt, keyId } from '../../../support/chat/fixtures';

const moment = { now: 5_000, labelOf: (key: string) => `label of ${key}` };

function after(...parts: StreamPart<Piece>[]): Answer {
	return parts.reduce<Answer>((answer, part) => {
		assert.ok(isRunning(answer));
		return receive(answer, part, moment);
	}, begin(1_000));
}

const text = (value: string): StreamPart<Piece> => ({
	type: 'output',
	attempt: 1,
	value: { type: 'text', text: value },
});
const waiting: StreamPart<Piece> = {
	type: 'waiting',
	on: { key: keyId('k1'), model: 'flash' },
	reason: 'rpm',
	inMs: 3_000,
	ahead: 2,
};
const done = (attempts: readonly Attempt[]): StreamPart<Piece> => ({
	type: 'done',
	attempt: 2,
	finishReason: 'STOP',
	on: { key: keyId('k2'), model: 'flash' },
	usage: { input: 10, cached: 0, output: 20, thoughts: 5 },
	attempts,
});

describe('An answer', () => {
	it('grows piece by piece and ends with key, model, tokens and time', () => {
		const answer = after(
			text('Hel'),
			text('lo'),
			done([attempt('old', 'rpm'), attempt('named when sent', 'answered')]),
		);
		assert.equal(answer.text, 'Hello');
		assert.ok(answer.state === 'done');
		assert.deepEqual(answer.summary.on, {
			key: 'named when sent',
			model: 'flash',
		});
		assert.equal(answer.summary.ms, 4_000);
		assert.equal(answer.summary.usage?.output, 20);
		assert.deepEqual(
			answer.summary.attempts.map(({ label, outcome }) => [label, outcome]),
			[
				['old', 'rpm'],
				['named when sent', 'answered'],
			],
		);
	});

	it('forgets what was retracted, and nothing is doubled', () => {
		const answer = after(text('half an'), { type: 'retract', attempt: 1, reason: 'cutStream' }, text('whole'));
		assert.equal(answer.text, 'whole');
	});

	const piece = (value: Piece): StreamPart<Piece> => ({
		type: 'output',
		attempt: 1,
		value,
	});
	const thought = piece({ type: 'thought', text: 'secret' });

	it('keeps thoughts beside the text, never in it, and forgets them with what was retracted', () => {
		const thinking = {
			state: 'waiting',
			step: 'thinking',
			text: '',
			startedAt: 1_000,
		};
		assert.deepEqual(after(thought), { ...thinking, thoughts: 'secret' });
		const both = after(thought, text('a'), thought);
		assert.deepEqual([both.text, both.thoughts], ['a', 'secretsecret']);
		assert.equal(after(thought, waiting).thoughts, 'secret');
		assert.equal(after(thought, text('a'), done([])).thoughts, 'secret');
		const retracted = after(thought, text('a'), {
			type: 'retract',
			attempt: 1,
			reason: 'cutStream',
		});
		assert.deepEqual([retracted.text, retracted.thoughts], ['', undefined]);
	});

	it('shows code that the service ran, and its result, as blocks of code that nothing in them can end', () => {
		const code = after(
			text('Let me see.'),
			piece({ type: 'code', language: 'python', code: 'print("```")' }),
			piece({ type: 'codeResult', outcome: 'OUTCOME_FAILED', output: 'no\n' }),
			piece({ type: 'file', mimeType: 'image/png`' }),
		);
		assert.equal(
			code.text,
			'Let me see.\n\n````python\nprint("```")\n````\n\n\n\n```text\nOUTCOME_FAILED\nno\n```\n\n\n\n`[image/png]`\n\n',
		);
	});

	it('keeps the sources, each once, though a stream tells them again', () => {
		const [a, b] = ['a', 'b'].map((name) => ({
			title: name,
			uri: `https://${name}.example/`,
		}));
		assert.ok(a && b);
		const first = piece({ type: 'grounding', queries: ['why'], sources: [a] });
		const again = piece({
			type: 'grounding',
			queries: ['why'],
			sources: [a, b],
		});
		assert.deepEqual(after(text('x'), first, again, done([])).grounding, {
			queries: ['why'],
			sources: [a, b],
		});
	});

	it('names the model that answered, also where a gateway let another one stand in', () => {
		const by = (outcome: Attempt['outcome']): Attempt => ({ ...attempt('k', outcome), servedModel: 'lite' });
		const answer = after(text('x'), done([by('answered')]));
		assert.equal(answer.state === 'done' && answer.summary.on?.model, 'lite');
		const stopped = stop(begin(1_000), [by('cancelled')], 2_000);
		assert.equal(stopped.summary.on?.model, 'lite');
	});

	it('says who is waited for, why and until when', () => {
		const answer = after(waiting);
		assert.ok(answer.state === 'waiting' && answer.step === 'queued');
		assert.deepEqual(answer.wait, {
			key: 'label of k1',
			model: 'flash',
			reason: 'rpm',
			until: 8_000,
			ahead: 2,
		});
	});

	it('keeps a broken text on screen while its successor waits', () => {
		const answer = after(text('half'), waiting);
		assert.ok(answer.state === 'streaming' && answer.wait);
		assert.equal(answer.text, 'half');
	});

	it('ends the wait when another key takes over', () => {
		const on = { key: keyId('k1'), model: 'flash' };
		assert.deepEqual(
			after(waiting, {
				type: 'switched',
				attempt: 2,
				from: on,
				to: on,
				reason: 'rpm',
			}),
			begin(1_000),
		);
	});

	it('keeps what had come when it is stopped', () => {
		const running = receive(begin(1_000), text('so far'), moment);
		assert.ok(isRunning(running));
		const stopped = stop(running, [], 2_500);
		assert.deepEqual(stopped, {
			state: 'stopped',
			text: 'so far',
			summary: { ms: 1_500, attempts: [] },
		});
	});

	it('has used the tokens of all its sends, as it has cost what they did, where it was stopped or failed', () => {
		const usage = { input: 10, cached: 0, output: 20, thoughts: 5 };
		const sent = (outcome: Attempt['outcome']): Attempt => ({ ...attempt('a', outcome), usage, cost: 7 });
		const twice = { usage: { input: 20, cached: 0, output: 40, thoughts: 10 }, cost: 14 };
		const running = begin(1_000);
		for (const { summary } of [
			stop(running, [sent('cutStream'), sent('cancelled')], 2_000),
			fail(running, 'contentBlocked', {}, [sent('cutStream'), sent('contentBlocked')], 2_000),
		]) {
			assert.deepEqual({ usage: summary.usage, cost: summary.cost }, twice);
		}
	});

	it('never took less than no time, even when the clock was set back', () => {
		assert.equal(stop(begin(9_000), [], 1_000).summary.ms, 0);
	});

	it('counts a fallback when another key or model takes over, not when the same one tries again', () => {
		const attempts = [
			attempt('a', 'overloaded'),
			attempt('a', 'overloaded'),
			attempt('b', 'rpm'),
			{ ...attempt('b', 'answered'), model: 'lite' },
		];
		assert.equal(fallbacks(attempts), 2);
		assert.equal(fallbacks([]), 0);
	});

	it('keeps a bounded attempts, the last sends of it', () => {
		const attempts = [...Array.from({ length: 500 }, () => attempt('x', 'overloaded')), attempt('last', 'answered')];
		const answer = after(done(attempts));
		assert.ok(answer.state === 'done');
		assert.equal(answer.summary.attempts.length, maxAttempts);
		assert.equal(answer.summary.attempts.at(-1)?.label, 'last');
	});
});
