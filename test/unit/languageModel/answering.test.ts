import assert from 'node:assert/strict';
import type { Piece } from '../../../src/gemini/gemini';
import { handOver } from '../../../src/languageModel/answering';
import { AnswerParts, type AnswerPart } from '../../../src/languageModel/conversation/answerParts';
import { CallMemory } from '../../../src/languageModel/conversation/callMemory';
import { ToolNames } from '../../../src/languageModel/conversation/toolNames';
import { failureOf, Unanswered, type HostFailure } from '../../../src/languageModel/failures';
import { ToolFlaw } from '../../../src/languageModel/toolSchema/tools';
import { PoolError, type KeyId, type PoolStream, type Reason, type StreamPart } from '../../../src/pool/pool';
import { hour, noon, words } from '../../support/views/snapshots';

const one = { key: 'one' as KeyId, model: 'flash' };
const output = (value: Piece): StreamPart<Piece> => ({ type: 'output', attempt: 1, value });
const done = (finishReason = 'STOP'): StreamPart<Piece> => ({
	type: 'done',
	attempt: 1,
	finishReason,
	on: one,
	attempts: [],
});
const waiting = (inMs: number, ahead = 0): StreamPart<Piece> => ({
	type: 'waiting',
	on: one,
	reason: 'rpm',
	inMs,
	ahead,
});

async function handed(...parts: readonly StreamPart<Piece>[]) {
	const memory = new CallMemory();
	const given: AnswerPart[] = [];
	const stream: PoolStream<Piece> = {
		attempts: [],
		useModel: () => undefined,
		async *[Symbol.asyncIterator]() {
			yield* parts;
			await Promise.resolve();
		},
	};
	const answer = new AnswerParts(memory, new ToolNames(['look']), () => 'id', 'flash');
	const waits = { words, now: () => noon };
	const failure = await handOver(stream, 'flash', answer, (part) => given.push(part), waits);
	return { given, failure, memory };
}

describe('an answer that is handed to the editor', () => {
	it('is its texts, thoughts and calls, in order, with the model that answers remembered', async () => {
		const call: Piece = { type: 'call', name: 'look', args: { at: 1 }, signature: 's' };
		const switched: StreamPart<Piece> = {
			type: 'switched',
			attempt: 2,
			from: one,
			to: { ...one, model: 'lite' },
			reason: 'rpm',
		};
		const { given, failure, memory } = await handed(
			switched,
			output({ type: 'thought', text: 'hm' }),
			output({ type: 'text', text: 'Yes' }),
			output(call),
			done(),
		);
		assert.equal(failure, undefined);
		assert.deepEqual(given, [
			{ type: 'thinking', text: 'hm' },
			{ type: 'text', text: 'Yes' },
			{ type: 'thinking', text: '', metadata: { signature: 's', model: 'lite', wanted: 'flash', callId: 'call_id' } },
			{ type: 'call', callId: 'call_id', name: 'look', input: { at: 1 } },
		]);
		assert.deepEqual(memory.call('call_id'), { signature: 's', model: 'lite', wanted: 'flash' });
		// Without a signature as well: it is known as an answer where a conversation is cut before it.
		assert.deepEqual(memory.text('Yes'), { model: 'lite' });
	});

	it('says what it waits for, once for each change that shows, without the name of a key: other extensions read it', async () => {
		const { given } = await handed(
			waiting(60_000),
			waiting(60_000),
			waiting(60_000, 2),
			output({ type: 'text', text: 'Yes' }),
			done(),
		);
		assert.deepEqual(given, [
			{ type: 'thinking', text: 'waiting for flash until 12:01: requests per minute used up\n' },
			{ type: 'thinking', text: 'waiting for flash until 12:01: requests per minute used up; 2 ahead\n' },
			{ type: 'text', text: 'Yes' },
		]);
	});

	it('waits for a time of another day by its name: what stays in the chat would say tomorrow the next morning as well', async () => {
		const { given } = await handed(waiting(21 * hour), done());
		assert.match(given[0]?.type === 'thinking' ? given[0].text : '', / until Wed 09:00: /);
	});

	it('is no whole one where the service ended it early', async () => {
		const ends = await Promise.all(
			['STOP', 'MAX_TOKENS', 'SAFETY', 'MALFORMED_FUNCTION_CALL'].map(
				async (reason) => (await handed(done(reason))).failure,
			),
		);
		assert.deepEqual(
			ends.map((failure) => failure && [failure.code, failure.reason]),
			[undefined, ['Other', 'cutByLength'], ['Blocked', 'contentBlocked'], ['Other', 'malformedCall']],
		);
	});

	it('shows code that the service ran as Markdown', async () => {
		const { given } = await handed(output({ type: 'code', language: 'python', code: 'print(1)' }), done());
		assert.deepEqual(given, [{ type: 'text', text: '\n\n```python\nprint(1)\n```\n\n' }]);
	});
});

describe('why there is no answer', () => {
	const failed = (reason: Reason, facts = {}): HostFailure => failureOf(new PoolError(reason, [], facts), words);

	it('has the codes of vscode.lm: quotas, keys, models, and none of them', () => {
		const codes = (...reasons: readonly Reason[]) => [...new Set(reasons.map((reason) => failed(reason).code))];
		assert.deepEqual(codes('rpm', 'rpd', 'waitedTooLong', 'noUsableKey', 'overloaded', 'cap'), ['Blocked']);
		assert.deepEqual(codes('noKeys', 'badKey', 'leaked', 'paused', 'keysLocked', 'paidOnly'), ['NoPermissions']);
		assert.deepEqual(codes('noSuchModel', 'tierLacksModel', 'modelDenied'), ['NotFound']);
		assert.deepEqual(codes('cutStream', 'badRequest', 'network', 'unreachable'), ['Other']);
		assert.deepEqual(codes('cancelled'), ['Cancelled']);
		// Windows of two versions share the store.
		assert.deepEqual(codes('heardOfTomorrow' as Reason), ['Other']);
	});

	it('says when the first key is back', () => {
		assert.equal(
			failed('waitedTooLong', { retryAt: noon + 1_800_000 }).text,
			'No key can answer in time. The first key is back at 12:30.',
		);
	});

	it('names the tool that cannot be offered', () => {
		const failure = failureOf(new ToolFlaw('my_tool', 'its input is no object'), words);
		assert.deepEqual(failure, {
			code: 'Other',
			reason: 'badTool',
			text: 'The tool my_tool cannot be offered to Gemini: its input is no object.',
		});
	});

	it('keeps a reason of this room, and words what nobody foresaw', () => {
		const failure: HostFailure = { code: 'NoPermissions', reason: 'notAllowed', text: 'No.' };
		assert.equal(failureOf(new Unanswered(failure), words), failure);
		assert.equal(failureOf(new TypeError('secret'), words).reason, 'unexpected');
		assert.ok(!failureOf(new TypeError('secret'), words).text.includes('secret'));
		// What the service said can hold a key: it reaches no other extension.
		const told = new PoolError('badRequest', [], { serviceMessage: 'secret' });
		assert.ok(!failureOf(told, words).text.includes('secret'));
	});
});
