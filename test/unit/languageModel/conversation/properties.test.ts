import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Content, Piece } from '../../../../src/gemini/gemini';
import { contentsOf } from '../../../../src/gemini/request/parameters';
import { AnswerParts, type AnswerPart } from '../../../../src/languageModel/conversation/answerParts';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages, type RawMessage } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import { ToolNames } from '../../../../src/languageModel/conversation/toolNames';
import { readTools, signatureFlaw } from '../../../../src/simulator/answer/tools';
import {
	assistant,
	classes,
	DataPart,
	said,
	TextPart,
	ThinkingPart,
	ToolCallPart,
	ToolResultPart,
	user,
} from '../../../support/languageModel/classes';
import { flash } from '../../../support/simulator/stand';

const id = fc.constantFrom('a', 'b', 'c');
const textPart = fc.string({ maxLength: 4 }).map((value) => new TextPart(value));
const dataPart = fc
	.tuple(fc.uint8Array({ maxLength: 4 }), fc.constantFrom('image/png', 'text/plain', 'audio/wav', 'x/y'))
	.map(([data, mimeType]) => new DataPart(data, mimeType));
const part = fc.oneof(
	textPart,
	dataPart,
	fc.tuple(id, fc.constantFrom('look', '1 odd/name')).map(([callId, name]) => new ToolCallPart(callId, name, {})),
	fc
		.tuple(id, fc.array(fc.oneof(textPart, dataPart), { maxLength: 2 }))
		.map(([callId, content]) => new ToolResultPart(callId, content)),
	id.map((callId) => new ThinkingPart('hm', undefined, { signature: 'c2ln', callId })),
	fc.constant({ unknown: true }),
);
const message = fc
	.tuple(fc.constantFrom(1, 2, 3), fc.array(part, { maxLength: 4 }))
	.map(([role, content]): RawMessage => ({ role, content }));
const conversation = fc.array(message, { maxLength: 8 });

const convert = (messages: readonly RawMessage[], memory = new CallMemory()) =>
	convertRequest(
		{ messages: readMessages(messages, classes), tools: [], isToolRequired: false, model: flash },
		memory,
		() => false,
	);

const isCall = ({ type }: Content): boolean => type === 'call';
const isResult = ({ type }: Content): boolean => type === 'result';
const namesOf = (content: readonly Content[]): readonly string[] =>
	content.flatMap((one) => ('name' in one ? [one.name] : []));

describe('any conversation of the editor', () => {
	it('alternates, begins and ends with the user, and has the results of all calls right behind them', () => {
		fc.assert(
			fc.property(conversation, (messages) => {
				const { turns } = convert(messages).prompt;
				turns.forEach(({ role, content }, n) => {
					assert.equal(role, n % 2 === 0 ? 'user' : 'model');
					assert.ok(content.length > 0);
					const calls = role === 'user' ? (turns[n - 1]?.content ?? []).filter(isCall) : [];
					assert.deepEqual(namesOf(content.filter(isResult)), namesOf(calls));
					assert.ok(content.slice(0, calls.length).every(isResult));
					assert.ok(role === 'model' || !content.some(isCall));
				});
				if (turns.length > 0) assert.equal(turns.at(-1)?.role, 'user');
			}),
			{ numRuns: 2_000 },
		);
	});

	it('loses no word of the user, of the model, or of a result', () => {
		fc.assert(
			fc.property(conversation, (messages) => {
				const { prompt } = convert(messages);
				const all = JSON.stringify(prompt);
				const words = messages.flatMap(({ role, content }) =>
					(content as readonly unknown[]).flatMap((one) => {
						if (one instanceof TextPart) return [one.value];
						if (!(one instanceof ToolResultPart) || role !== 1) return [];
						return one.content.flatMap((inner) => (inner instanceof TextPart ? [inner.value] : []));
					}),
				);
				for (const word of words) assert.ok(all.includes(JSON.stringify(word).slice(1, -1)), word);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is one that the service takes', () => {
		fc.assert(
			fc.property(conversation, (messages) => {
				const contents = contentsOf(convert(messages).prompt.turns, flash);
				if (contents.length === 0) return;
				const body = JSON.stringify({ contents });
				readTools(JSON.parse(body) as Record<string, unknown>);
				assert.notEqual(signatureFlaw(body, flash), 'missing');
			}),
			{ numRuns: 2_000 },
		);
	});
});

/** What a turn of an agent says, in the words of neither side. */
type Said =
	| readonly ['text', string]
	| readonly ['picture', string]
	| readonly ['call', string, unknown]
	| readonly ['result', string, string];

const word = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text.trim() !== '');
const picture = fc.uint8Array({ minLength: 1, maxLength: 6 });
/** Calls of one step, each with the text that comes back. */
const calls = fc.array(
	fc.record({
		name: fc.constantFrom('look', 'write'),
		args: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
		result: word,
	}),
	{ minLength: 1, maxLength: 3 },
);
const step = fc.record({ words: fc.option(word, { nil: undefined }), calls });
const agentTurn = fc.record({
	question: word,
	picture: fc.option(picture, { nil: undefined }),
	steps: fc.array(step, { maxLength: 3 }),
});

describe('a conversation of an agent, on its way to the service', () => {
	it('arrives with every word, picture, call and result, once and in their order', () => {
		fc.assert(
			fc.property(fc.array(agentTurn, { minLength: 1, maxLength: 3 }), (turns) => {
				const messages: RawMessage[] = [];
				const expected: Said[] = [];
				let ids = 0;
				for (const turn of turns) {
					const shown = turn.picture === undefined ? [] : [new DataPart(turn.picture, 'image/png')];
					messages.push(user(said(turn.question), ...shown));
					expected.push(['text', turn.question]);
					if (turn.picture) expected.push(['picture', Buffer.from(turn.picture).toString('base64')]);
					for (const { words, calls: called } of turn.steps) {
						const named = called.map((call) => ({ ...call, id: `call-${++ids}` }));
						const before = words === undefined ? [] : [said(words)];
						messages.push(
							assistant(...before, ...named.map(({ id: callId, name, args }) => new ToolCallPart(callId, name, args))),
						);
						messages.push(user(...named.map(({ id: callId, result }) => new ToolResultPart(callId, [said(result)]))));
						if (words !== undefined) expected.push(['text', words]);
						for (const { name, args } of named) expected.push(['call', name, args]);
						for (const { name, result } of named) expected.push(['result', name, result]);
					}
				}
				const sent: unknown = JSON.parse(JSON.stringify(contentsOf(convert(messages).prompt.turns, flash)));
				// As JSON: it knows no -0.
				assert.deepEqual(saidIn(sent), JSON.parse(JSON.stringify(expected)));
			}),
			{ numRuns: 1_000 },
		);
	});
});

/** What stands in the contents of a request to Gemini. */
function saidIn(contents: unknown): readonly Said[] {
	type Part = {
		text?: string;
		inlineData?: { data: string };
		functionCall?: { name: string; args: unknown };
		functionResponse?: { name: string; response: { output?: string; result?: string } };
	};
	return (contents as { parts: Part[] }[]).flatMap(({ parts }) =>
		parts.flatMap(({ text, inlineData, functionCall, functionResponse }): Said[] => {
			if (functionCall) return [['call', functionCall.name, functionCall.args]];
			if (functionResponse) {
				const { output, result } = functionResponse.response;
				return [['result', functionResponse.name, output ?? result ?? '']];
			}
			if (inlineData) return [['picture', inlineData.data]];
			return text === undefined ? [] : [['text', text]];
		}),
	);
}

const piece = fc.oneof(
	fc.string({ minLength: 1, maxLength: 5 }).map((text): Piece => ({ type: 'text', text })),
	fc.string({ maxLength: 5 }).map((text): Piece => ({ type: 'thought', text })),
	fc.record({
		type: fc.constant('call' as const),
		name: fc.constantFrom('look', '_1_odd_name'),
		args: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
	}),
	fc.record({
		type: fc.constant('call' as const),
		name: fc.constant('look'),
		args: fc.constant({}),
		signature: fc.base64String({ minLength: 4, maxLength: 8 }),
	}),
	fc.base64String({ minLength: 4, maxLength: 8 }).map((signature): Piece => ({ type: 'signature', signature })),
);

/** What an editor makes of a part; one that has no place for thoughts drops them. */
function kept(part: AnswerPart, keepsThoughts: boolean): readonly unknown[] {
	switch (part.type) {
		case 'text':
			return [said(part.text)];
		case 'call':
			return [new ToolCallPart(part.callId, part.name, part.input)];
		case 'thinking':
			return keepsThoughts ? [new ThinkingPart(part.text, undefined, part.metadata)] : [];
	}
}

describe('an answer on its way to the editor and back', () => {
	it('comes back with its text, its calls and their signatures, whatever the editor drops', () => {
		fc.assert(
			fc.property(
				fc.array(piece, { maxLength: 6 }),
				fc.boolean(),
				fc.boolean(),
				(pieces, keepsThoughts, wasReloaded) => {
					const memory = new CallMemory();
					let ids = 0;
					const parts = new AnswerParts(memory, new ToolNames(['look', '1 odd/name']), () => `${++ids}`, flash);
					const given = [...pieces.flatMap((one) => parts.of(one, flash)), ...parts.end(flash)];
					const back = assistant(...given.flatMap((one) => kept(one, keepsThoughts)));
					// One of the two must be there: the editor's parts, or our memory.
					const known = keepsThoughts && wasReloaded ? new CallMemory() : memory;
					const model =
						convert([user(said('Go')), back], known).prompt.turns.find(({ role }) => role === 'model')?.content ?? [];
					const calls = pieces.flatMap((one: Piece) => (one.type === 'call' ? [one] : []));
					assert.deepEqual(
						model.flatMap((one) => (one.type === 'call' ? [[one.name, one.args, one.signature]] : [])),
						calls.map(({ name, args, signature }) => [name, args, signature]),
					);
					const texts = pieces.map((one) => (one.type === 'text' ? one.text : '')).join('');
					assert.equal(model.map((one) => (one.type === 'text' ? one.text : '')).join(''), texts);
					const signed = pieces.flatMap((one) => (one.type === 'signature' ? [one.signature] : [])).at(-1);
					const found = model.flatMap((one) => (one.type === 'signature' ? [one.signature] : [])).at(-1);
					// Without a text there is nothing to remember it by.
					if (keepsThoughts || texts !== '') assert.equal(found, signed);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});
