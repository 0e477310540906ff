import { AnswerParts } from '../../../src/languageModel/conversation/answerParts';
import { CallMemory } from '../../../src/languageModel/conversation/callMemory';
import { readMessages, type RawMessage } from '../../../src/languageModel/conversation/hostParts';
import { convertRequest, type ConvertedRequest } from '../../../src/languageModel/conversation/request';
import { assistant, classes, said, ToolCallPart, ToolResultPart, user } from '../../support/languageModel/classes';
import { blocksFor, sampleOf, timedInTurn } from '../measure';
import type { Row } from '../row';

const model = 'gemini-3.8-flash';
const turns = 60;
/** With the turns, 40 KB: what gemini-cli and VS Code's agent send. */
const resultBytes = 600;

/** As editors offer them: objects with nested objects, lists and choices. */
const tools = Array.from({ length: 50 }, (_, n) => ({
	name: `tool_${String(n)}`,
	description: 'Reads lines of a file of the workspace, with their numbers.',
	inputSchema: {
		type: 'object',
		properties: {
			path: { type: 'string', description: 'Below the folder of the workspace.' },
			lines: { type: 'array', items: { type: 'integer', exclusiveMinimum: 0 } },
			mode: { anyOf: [{ const: 'text' }, { const: 'binary' }, { type: 'null' }] },
			range: { $ref: '#/$defs/range' },
		},
		required: ['path'],
		$defs: { range: { type: 'object', properties: { from: { type: 'integer' }, to: { type: 'integer' } } } },
	},
}));

const session: readonly RawMessage[] = [
	user(said('Find out why the build fails.')),
	...Array.from({ length: turns }, (_, n) => [
		assistant(said('I look.'), new ToolCallPart(`call_${String(n)}`, 'tool_1', { path: `src/file${String(n)}.ts` })),
		user(new ToolResultPart(`call_${String(n)}`, [said('x'.repeat(resultBytes))])),
	]).flat(),
];

export const row: Row = {
	name: 'languageModel',
	what:
		'What the provider for VS Code’s own chat and other extensions does to a request before the pool gets it, and to ' +
		`each piece of an answer. The request: the messages of a session of ${String(turns)} tool calls and 40 KB, ` +
		`without tools and with ${String(tools.length)} of them, whose schemas are converted for the service. The ` +
		'answer: a piece of text, and a call with its signature.',
	run: ({ quick }) => {
		const memory = new CallMemory();
		for (let n = 0; n < turns; n++)
			memory.keepCall(`call_${String(n)}`, { model, signature: `signature-${String(n)}` });
		const convert = (offered: typeof tools): ConvertedRequest =>
			convertRequest(
				{ messages: readMessages(session, classes), tools: offered, isToolRequired: false, model },
				memory,
				() => false,
			);
		const parts = new AnswerParts(new CallMemory(), { forEditor: (name) => name }, () => 'id', model);
		const [plain = [], offered = [], text = [], call = []] = timedInTurn(
			[
				() => void convert([]),
				() => void convert(tools),
				() => void parts.of({ type: 'text', text: ' word' }, model),
				() => void parts.of({ type: 'call', name: 'tool_1', args: { path: 'a' }, signature: 'signature' }, model),
			],
			blocksFor(quick),
		);
		return Promise.resolve([
			{ of: 'a session’s messages', unit: 'µs', ...sampleOf(plain), goal: { atMost: 1_000 } },
			{ of: 'the same with tools', unit: 'µs', ...sampleOf(offered), goal: { atMost: 5_000 } },
			{ of: 'a piece of text', unit: 'µs', ...sampleOf(text), goal: { atMost: 1 } },
			{ of: 'a call', unit: 'µs', ...sampleOf(call), goal: { atMost: 10 } },
		]);
	},
};
