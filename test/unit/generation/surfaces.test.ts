import assert from 'node:assert/strict';
import * as v from 'valibot';
import { withDefaults, type AskOptions } from '../../../src/ask';
import { answerBatch } from '../../../src/editor/batch/answerBatch';
import { parseBatch, type BatchFormat } from '../../../src/editor/batch/batchFile';
import type { BatchRow } from '../../../src/editor/batch/resultFile';
import { sizeOf } from '../../../src/gemini/request/requestSize';
import { readTable, writeTable } from '../../../src/common/table';
import { chatRequest } from '../../../src/webviews/schema';
import { question as asked } from '../../support/chat/fixtures';
import { open } from '../../support/chat/openSession';

import { loadSdk, question } from '../../support/gemini/room';
import { VirtualClock } from '../../support/virtualClock';
import { generalOptions, lineOptions } from '../../support/generation/everyOption';
import { doorOver, sent, type Door } from '../../support/generation/sent';

const chat: AskOptions = { origin: 'chat' };

/** What the drawer sends to the host, and what the conversation asks then. */
async function fromDrawer(door: Door, options: object): Promise<unknown> {
	const request = v.parse(chatRequest, { type: 'options', options });
	assert.ok(request.type === 'options');
	const opened = await open();
	opened.session.setOptions(request.options);
	const end = opened.session.ask(asked('Why?'));
	const { prompt } = opened.script.last;
	opened.session.stop();
	await end;
	await opened.library.flush();
	const again = await open({ folder: opened.folder, id: opened.session.conversation.id });
	assert.deepEqual(again.session.conversation.options, options, 'it is stored with the conversation');
	return sent(door, prompt, chat);
}

/** What a file of one prompt asks, and what is written of it. */
async function fromFile(door: Door, text: string, format: BatchFormat) {
	const parsed = parseBatch(text, format, readTable);
	assert.ok(parsed.state === 'prompts', JSON.stringify(parsed));
	let rows: readonly BatchRow[] = [];
	const parts = {
		ask: door.ask,
		labelOf: () => 'a',
		say: () => '',
		explain: () => '',
		width: () => 1,
		save: (now: readonly BatchRow[]) => {
			rows = now;
			return Promise.resolve();
		},
		tell: () => undefined,
		clock: new VirtualClock(),
	};
	const end = await door.until(answerBatch(parsed.prompts, new Map(), parts, new AbortController().signal));
	assert.deepEqual([end.answered, end.failed], [1, 0]);
	return { body: door.bodies.at(-1), row: rows[0] };
}

const line = (options: object): string => JSON.stringify({ prompt: 'Why?', ...options });
const cell = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const table = (options: object): string => {
	const row = { Prompt: 'Why?', id: '7', ...options };
	const cells = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)]));
	return writeTable(Object.keys(row), [cells]);
};

describe('every option of an answer', () => {
	before(loadSdk);

	for (const [name, { value, body }] of Object.entries(generalOptions)) {
		it(`reaches the service from the setting: ${name}`, async () => {
			assert.deepEqual(await sent(doorOver({ [name]: value }), question(), chat), body);
		});

		it(`reaches the service from the setting through a batch: ${name}`, async () => {
			assert.deepEqual((await fromFile(doorOver({ [name]: value }), 'Why?', 'txt')).body, body);
		});

		it(`reaches the service from the drawer, and is stored: ${name}`, async () => {
			assert.deepEqual(await fromDrawer(doorOver(), { [name]: value }), body);
		});
	}

	for (const [name, { value, body }] of Object.entries(lineOptions)) {
		it(`reaches the service from a line of JSON: ${name}`, async () => {
			const { body: got } = await fromFile(doorOver(), line({ [name]: value }), 'jsonl');
			assert.deepEqual(got, body);
		});

		it(`reaches the service from a column of a table: ${name}`, async () => {
			for (const column of [name, name.toUpperCase()]) {
				const { body: got } = await fromFile(doorOver(), table({ [column]: value }), 'csv');
				assert.deepEqual(got, body, column);
			}
		});
	}

	it('is absent from a request where nobody chose it', async () => {
		assert.deepEqual(await sent(doorOver(), question(), chat), {});
	});

	for (const name of ['functionDeclarations', 'toolConfig'] as const) {
		it(`is no option of setting and drawer where nobody could execute what comes back: ${name}`, () => {
			const options = { [name]: lineOptions[name].value };
			assert.throws(() => doorOver(options), /generation is refused/);
			assert.equal(v.safeParse(chatRequest, { type: 'options', options }).success, false);
		});
	}
});

describe('a thinking budget', () => {
	before(loadSdk);

	it('and a level exclude each other, on every surface', async () => {
		const body = { generationConfig: { thinkingConfig: { thinkingBudget: 128, includeThoughts: true } } };
		const options = { thinking: 128, includeThoughts: true };
		assert.deepEqual(await sent(doorOver({ thinking: 'high' }), { ...question(), options }, chat), body);
		for (const both of [
			{ thinking: { level: 'low', budget: 5 } },
			{ thinking: 'low', thinkingBudget: 5 },
			{ thinking: ['low', 5] },
		]) {
			assert.throws(() => doorOver(both), /generation is refused/);
			assert.equal(parseBatch(line(both), 'jsonl', readTable).state, 'bad');
			assert.equal(v.safeParse(chatRequest, { type: 'options', options: both }).success, false);
		}
	});
});

describe('thoughts that are not thought', () => {
	before(loadSdk);

	it('are not asked for: the service refuses a budget of none together with them', async () => {
		const body = { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } };
		const setting = doorOver({ includeThoughts: true });
		assert.deepEqual(await sent(setting, { ...question(), options: { thinking: 0 } }, chat), body);
	});
});

describe('where two levels say something', () => {
	before(loadSdk);

	it('line and conversation go before the setting, option by option', async () => {
		const setting = { temperature: 1, topK: 5, googleSearch: true, system: 'From the setting.' };
		const own = { temperature: 0, googleSearch: false, seed: 1 };
		const body = {
			systemInstruction: { parts: [{ text: 'From the setting.' }], role: 'user' },
			generationConfig: { temperature: 0, topK: 5, seed: 1 },
		};
		assert.deepEqual(await fromDrawer(doorOver(setting), own), body);
		assert.deepEqual((await fromFile(doorOver(setting), line(own), 'jsonl')).body, body);
		assert.deepEqual((await fromFile(doorOver(setting), table(own), 'csv')).body, body);
	});

	it('an empty system instruction means none', async () => {
		const { body } = await fromFile(doorOver({ system: 'x' }), line({ system: '' }), 'jsonl');
		assert.deepEqual(body, {});
	});

	it('form and schema of the answer are one choice, so that a command that needs a text gets one', async () => {
		const setting = { responseMimeType: 'application/json', responseSchema: { type: 'object' } };
		const options = { responseMimeType: 'text/plain' } as const;
		assert.deepEqual(await sent(doorOver(setting), { ...question(), options }, chat), {
			generationConfig: { responseMimeType: 'text/plain' },
		});
	});

	it('safety settings are one choice for each category', async () => {
		const [a, b] = ['HARM_CATEGORY_HARASSMENT', 'HARM_CATEGORY_HATE_SPEECH'].map((category) => ({
			category,
			threshold: 'BLOCK_NONE',
		}));
		const own = { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }] };
		const body = await fromDrawer(doorOver({ safetySettings: [a, b] }), own);
		assert.deepEqual(body, { safetySettings: [b, ...own.safetySettings] });
	});

	it('a schema with types in capitals goes into the field for Google’s own form', async () => {
		const responseSchema = { type: 'STRING', enum: ['a', 'b'] };
		const options = { responseMimeType: 'text/x.enum', responseSchema } as const;
		assert.deepEqual(await sent(doorOver(), { ...question(), options }, chat), {
			generationConfig: { responseMimeType: 'text/x.enum', responseSchema },
		});
	});

	it('the estimate counts what the setting adds: instruction, schema and declarations', () => {
		const plain = sizeOf(question('1234'));
		const options = { functionDeclarations: [{ name: 'f' }] };
		const defaults = { system: 'abc', responseSchema: { a: 1 } };
		const { bytes } = sizeOf(withDefaults({ ...question('1234'), options }, defaults));
		assert.equal(bytes - plain.bytes, 3 + JSON.stringify({ a: 1 }).length + JSON.stringify([{ name: 'f' }]).length);
	});
});

describe('what comes back to a batch', () => {
	before(loadSdk);

	it('is written: functions that the model wants called, thoughts, sources, and code with its result', async () => {
		const response = {
			candidates: [
				{
					content: {
						parts: [
							{ text: 'hm', thought: true },
							{ executableCode: { language: 'PYTHON', code: 'print(1)' } },
							{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
							{ text: 'One.' },
							{ functionCall: { name: 'f', args: { a: 1 } } },
						],
					},
					groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example/', title: 'A' } }] },
					finishReason: 'STOP',
				},
			],
		};
		const { row } = await fromFile(doorOver({}, response), line({ functionDeclarations: [{ name: 'f' }] }), 'jsonl');
		assert.ok(row?.status === 'answered');
		assert.deepEqual(
			[row.answer, row.thoughts, row.functionCalls, row.sources, row.wantedOptions],
			[
				'\n\n```python\nprint(1)\n```\n\n\n\n```text\n1\n```\n\nOne.',
				'hm',
				[{ name: 'f', args: { a: 1 } }],
				[{ title: 'A', uri: 'https://a.example/' }],
				{ functionDeclarations: [{ name: 'f' }] },
			],
		);
	});
});
