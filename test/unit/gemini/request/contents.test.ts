import assert from 'node:assert/strict';
import type { ThinkingLevel } from '../../../../src/generation/options';
import type { Content, Piece, Prompt, Turn } from '../../../../src/gemini/gemini';
import { contentsOf, parametersOf, unknownSignature } from '../../../../src/gemini/request/parameters';
import { sizeOf } from '../../../../src/gemini/request/requestSize';
import type { KeyId } from '../../../../src/pool/pool';
import { flash } from '../../../support/simulator/stand';
import { loadSdk, mayCall, roomOver, run, simulated, type Run } from '../../../support/gemini/room';

const functionDeclarations = [
	{ name: 'add', parametersJsonSchema: { type: 'object', properties: { a: { type: 'integer' } } } },
];
const user = (...content: Content[]): Turn => ({ role: 'user', content });
const model = (...content: Content[]): Turn => ({ role: 'model', content });
const text = (value: string): Content => ({ type: 'text', text: value });
const png = { mimeType: 'image/png', data: 'AAAA' };

type Call = Extract<Piece, { type: 'call' }>;
const callsIn = ({ chunks }: Run): readonly Call[] =>
	chunks.flatMap(({ output }) => (output?.type === 'call' ? [output] : []));
const asContent = ({ name, args, signature }: Call): Content => ({
	type: 'call',
	name,
	args: args as Record<string, unknown>,
	...(signature !== undefined && { signature, signedBy: flash }),
});

describe('gemini: functions through the real SDK', () => {
	before(loadSdk);
	const question = user(text('Please [call add {"a":1}] and [call add {"a":2}]'));
	const asked = async (turns: readonly Turn[]): Promise<Run> => {
		const { gemini, clock } = simulated();
		const prompt: Prompt = { turns, options: { functionDeclarations } };
		return clock.until(run(gemini, { prompt }));
	};

	it('hands out calls with their signature, and sends both back with the results', async () => {
		const first = await asked([question]);
		assert.equal(first.thrown, undefined);
		const calls = callsIn(first);
		assert.deepEqual(
			calls.map(({ name, args, signature }) => [name, args, typeof signature]),
			[
				['add', { a: 1 }, 'string'],
				['add', { a: 2 }, 'undefined'],
			],
		);
		const results = user(
			{ type: 'result', name: 'add', response: { output: 'one' } },
			{ type: 'result', name: 'add', response: { output: 'two' } },
		);
		const second = await asked([question, model(...calls.map(asContent)), results]);
		assert.equal(second.thrown, undefined);
		assert.match(second.text, /add: \{"output":"two"\}/);
		// The end of the answer is signed; the signature is a piece beside the text.
		assert.equal(second.chunks.filter(({ output }) => output?.type === 'signature').length, 1);
		// A signature that is not known goes as the stand-in; the service refuses an absent one.
		const unsigned = calls.map(({ name, args }) => asContent({ type: 'call', name, args }));
		assert.equal((await asked([question, model(...unsigned), results])).thrown, undefined);
		// Where the service has refused one, none goes: neither those that are known, nor those that are not.
		const wrong = calls.map((call): Content => ({ ...asContent(call), signature: 'c2lnbmVk' }) as Content);
		const prompt: Prompt = { turns: [question, model(...wrong), results], options: { functionDeclarations } };
		const { gemini, clock } = simulated();
		const target = { key: 'k1' as KeyId, model: flash, written: [], replaceSignatures: true };
		const pieces: unknown[] = [];
		const again = async (): Promise<void> => {
			for await (const chunk of await gemini.open(prompt)(target, new AbortController().signal)) pieces.push(chunk);
		};
		await clock.until(again());
		assert.ok(pieces.length > 0);
		assert.match(String((await clock.until(run(gemini, { prompt }))).thrown), /Failure/);
		// One of another family is not sent at all.
		const foreign = calls.map(
			(call): Content => ({ ...asContent(call), signature: 'c2lnbmVk', signedBy: 'gemini-2.5-pro' }) as Content,
		);
		assert.equal((await asked([question, model(...foreign), results])).thrown, undefined);
	});

	it('keeps the service’s own ids, and never masks a signature', async () => {
		const part = { functionCall: { id: 'c1', name: 'f', args: {} }, thoughtSignature: 'c2lnbmVk' };
		const parts = [part, { text: 'so', thoughtSignature: 'dGV4dA==' }];
		const body = `data: ${JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }] })}\n\n`;
		const gemini = roomOver(() =>
			Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
		);
		const { chunks } = await run(gemini, { prompt: mayCall });
		assert.deepEqual(
			chunks.map(({ output }) => output),
			[
				{ type: 'call', id: 'c1', name: 'f', args: {}, signature: 'c2lnbmVk' },
				{ type: 'text', text: 'so' },
				{ type: 'signature', signature: 'dGV4dA==' },
			],
		);
	});
});

describe('gemini: turns as they are sent', () => {
	const call: Content = { type: 'call', id: 'c1', name: 'look', args: { at: 1 } };
	const result: Content = { type: 'result', id: 'c1', name: 'look', response: { output: 'seen' }, media: [png] };

	it('puts files into the result for models from Gemini 3 on, and behind all results for older ones', () => {
		const [newer] = contentsOf([user(result, { ...result, media: [] })], flash);
		assert.deepEqual(newer?.parts, [
			{ functionResponse: { id: 'c1', name: 'look', response: { output: 'seen' }, parts: [{ inlineData: png }] } },
			{ functionResponse: { id: 'c1', name: 'look', response: { output: 'seen' } } },
		]);
	});

	it('keep results apart from whatever stands behind them, which newer models take for the end of the call', () => {
		const kinds = (name: string) =>
			contentsOf([user(result, { ...result, media: [] }, text('And?')), model(text('Hm'))], name).map(
				({ role, parts }) => [role, ...(parts ?? []).map((part) => Object.keys(part)[0])],
			);
		const results = ['user', 'functionResponse', 'functionResponse'];
		assert.deepEqual(kinds(flash), [results, ['user', 'text'], ['model', 'text']]);
		assert.deepEqual(kinds('gemini-2.5-flash'), [results, ['user', 'inlineData', 'text'], ['model', 'text']]);
	});

	it('tie each result to its call by an id from Gemini 3 on, also where that of the service is forgotten', () => {
		const named = (type: 'call' | 'result', id?: string, signedBy = flash): Content => {
			const shared = { name: 'look', ...(id !== undefined && { id }) };
			return type === 'call' ? { type, ...shared, args: {}, signedBy } : { type, ...shared, response: {} };
		};
		const turns = [
			model(named('call'), named('call')),
			user(named('result'), named('result'), text('And?')),
			model(named('call', 'c1'), named('call')),
			user(named('result', 'c1'), named('result')),
			model(named('call')),
			user(text('Never mind')),
			model(text('Ok'), named('call')),
			user(named('result')),
			// A host that gives none may not know them.
			model(named('call', '')),
			user(named('result', '')),
			// An older model gives none.
			model(named('call', '', 'gemini-2.5-flash'), named('call', '', 'gemini-2.5-flash')),
			user(named('result', ''), named('result', '')),
		];
		const ids = (name: string) =>
			contentsOf(turns, name).map(({ parts }) =>
				parts?.flatMap(({ functionCall, functionResponse = functionCall }) => functionResponse?.id ?? []),
			);
		const both = (...made: string[]) => [made, made];
		for (const name of [flash, 'gemini-flash-latest', 'gemini-4-argon']) {
			assert.deepEqual(
				ids(name),
				[
					...both('keypool_1', 'keypool_2'),
					[],
					...both('c1', 'keypool_3'),
					...[['keypool_4'], []],
					...both('keypool_5'),
					...both(),
					...both('keypool_6', 'keypool_7'),
				],
				name,
			);
		}
		assert.deepEqual(ids('gemini-2.5-flash').flat(), ['c1', 'c1']);
	});

	it('stands in for an unknown signature on the first call, for models that demand one', () => {
		const signatures = (name: string, ...content: Content[]) =>
			contentsOf([model(...content)], name)[0]?.parts?.map(({ thoughtSignature }) => thoughtSignature);
		assert.deepEqual(signatures(flash, call, call), [unknownSignature, undefined]);
		assert.deepEqual(signatures('gemini-flash-latest', call), [unknownSignature]);
		assert.deepEqual(signatures('gemini-2.5-flash', call), [undefined]);
		assert.deepEqual(signatures('gemma-3-27b-it', call), [undefined]);
		assert.deepEqual(signatures(flash, { ...call, signature: 's', signedBy: 'gemini-3.5-flash-lite' }), ['s']);
		assert.deepEqual(signatures(flash, { ...call, signature: 's', signedBy: 'gemini-flash-latest' }), ['s']);
		assert.deepEqual(signatures(flash, { ...call, signature: 's', signedBy: 'gemini-2.5-pro' }), [unknownSignature]);
	});

	it('are Unicode, where a text was cut in the middle of a character', () => {
		const half = '😀'.slice(0, 1);
		const cut: Content = { type: 'result', name: 'look', response: { output: [`whole 😀, half ${half}`] } };
		const prompt: Prompt = {
			turns: [user(text(`${half} and 😀`)), model({ ...call, args: { [half]: half } }), user(cut)],
			options: { system: `Be kind ${half}`, functionDeclarations: [{ name: 'look', description: half }] },
		};
		const { contents, config } = parametersOf(prompt, flash, [], new AbortController().signal);
		const sent = JSON.stringify([contents, config?.systemInstruction, config?.tools]);
		assert.doesNotMatch(sent, /\\ud8/);
		assert.equal(sent.match(/\ufffd/g)?.length, 6);
		assert.equal(sent.match(/😀/gu)?.length, 2);
		assert.match(sent, /whole 😀, half \ufffd/u);
	});

	it('begin with the instruction, for models that take none beside', () => {
		const prompt: Prompt = {
			turns: [user(text('Hi')), model(text('Yes?')), user(text('So'))],
			options: { system: 'Be kind.' },
		};
		const sent = (name: string) => {
			const { contents, config } = parametersOf(prompt, name, [], new AbortController().signal);
			return JSON.stringify([contents, config?.systemInstruction]);
		};
		for (const name of ['gemma-3-27b-it', 'gemma-3n-e4b-it', 'gemma-2-9b-it']) {
			assert.match(
				sent(name),
				/^\[\[\{"role":"user","parts":\[\{"text":"Be kind\."\},\{"text":"Hi"\}\]\}.*,null\]$/,
				name,
			);
		}
		for (const name of ['gemma-4-31b-it', flash]) {
			assert.match(sent(name), /^\[\[\{"role":"user","parts":\[\{"text":"Hi"\}\]\}.*,"Be kind\."\]$/, name);
		}
	});

	it('think by the tokens that Google makes of a level, for models that know no level', () => {
		const sent = (name: string, thinking: ThinkingLevel | number) => {
			const prompt: Prompt = { turns: [user(text('Hi'))], options: { thinking } };
			return parametersOf(prompt, name, [], new AbortController().signal).config?.thinkingConfig;
		};
		assert.deepEqual(
			(['minimal', 'low', 'medium', 'high', 'xhigh'] as const).map((level) => sent('gemini-2.5-flash', level)),
			[1_024, 1_024, 8_192, 24_576, 24_576].map((thinkingBudget) => ({ thinkingBudget })),
		);
		assert.deepEqual(sent('gemini-2.5-flash', 0), { thinkingBudget: 0 });
		for (const name of [flash, 'gemini-flash-latest', 'gemma-4-31b-it']) {
			assert.deepEqual(sent(name, 'high'), { thinkingLevel: 'HIGH' }, name);
		}
	});

	it('think as little, or as much, as the model can where it refuses what is asked for', () => {
		const sent = (name: string, thinking: ThinkingLevel | number) => {
			const prompt: Prompt = { turns: [user(text('Hi'))], options: { thinking } };
			return parametersOf(prompt, name, [], new AbortController().signal).config?.thinkingConfig;
		};
		const level = (thinkingLevel: string) => ({ thinkingLevel });
		const pros = ['gemini-3-pro-preview', 'gemini-3.1-pro-preview', 'gemini-pro-latest'];
		const fours = ['gemini-4-argon', 'gemini-4-hydrogen'];
		for (const name of ['gemini-3.7-flash', 'gemini-3.8-flash', 'gemini-flash-latest', ...pros, ...fours]) {
			assert.deepEqual(sent(name, 'minimal'), level('LOW'), name);
			assert.deepEqual(sent(name, 'low'), level('LOW'), name);
		}
		const lites = ['gemini-3.5-flash-lite', 'gemini-flash-lite-latest'];
		for (const name of ['gemini-3-flash-preview', 'gemini-3.5-flash', 'gemini-3.6-flash', ...lites]) {
			assert.deepEqual(sent(name, 'minimal'), level('MINIMAL'), name);
		}
		for (const name of lites) assert.deepEqual(sent(name, 0), level('MINIMAL'), name);
		for (const name of pros) assert.deepEqual(sent(name, 0), level('LOW'), name);
		assert.deepEqual(sent('gemini-2.5-pro', 0), { thinkingBudget: 1_024 });
		for (const name of ['gemini-3.6-flash', 'gemini-3.8-flash']) {
			assert.deepEqual(sent(name, 0), { thinkingBudget: 0 }, name);
		}
		for (const name of [...fours, 'gemini-4-neon']) {
			assert.deepEqual(
				[0, 1_024, 2_048, 8_192, 24_576, 32_768].map((budget) => sent(name, budget)),
				['LOW', 'LOW', 'MEDIUM', 'MEDIUM', 'HIGH', 'HIGH'].map(level),
			);
			assert.deepEqual(sent(name, -1), {});
		}
		assert.deepEqual(sent('gemini-3.5-flash-lite', 512), { thinkingBudget: 512 });
		for (const name of ['gemini-3.8-flash', 'gemini-flash-latest', ...lites, ...pros, 'gemini-4-argon']) {
			assert.deepEqual(sent(name, 'xhigh'), level('HIGH'), name);
		}
		assert.deepEqual(sent('gemini-4-hydrogen', 'xhigh'), level('XHIGH'));
	});

	it('think or hardly do with Gemma 4, which knows nothing between and no budget', () => {
		const sent = (thinking: ThinkingLevel | number) => {
			const prompt: Prompt = { turns: [user(text('Hi'))], options: { thinking } };
			return parametersOf(prompt, 'gemma-4-31b-it', [], new AbortController().signal).config?.thinkingConfig;
		};
		for (const little of ['minimal', 'low', 0] as const) {
			assert.deepEqual(sent(little), { thinkingLevel: 'MINIMAL' }, String(little));
		}
		for (const much of ['medium', 'high', 'xhigh', 2_048] as const) {
			assert.deepEqual(sent(much), { thinkingLevel: 'HIGH' }, String(much));
		}
		assert.deepEqual(sent(-1), {});
	});

	it('signs the text before, or an empty part', () => {
		const signature: Content = { type: 'signature', signature: 's' };
		assert.deepEqual(contentsOf([model(text('Yes'), signature)], flash)[0]?.parts, [
			{ text: 'Yes', thoughtSignature: 's' },
		]);
		assert.deepEqual(contentsOf([model(call, signature)], 'gemini-2.5-pro')[0]?.parts?.at(-1), {
			text: '',
			thoughtSignature: 's',
		});
		assert.deepEqual(contentsOf([model(text('Yes'), { ...signature, signedBy: 'gemini-2.5-pro' })], flash)[0]?.parts, [
			{ text: 'Yes' },
		]);
	});

	it('counts calls and results as text, and files by their kind', () => {
		const weigh = (...content: Content[]) => sizeOf({ turns: [user(...content)] });
		assert.deepEqual(weigh(text('four')), { bytes: 4, tokens: 0 });
		assert.equal(weigh(call).bytes, 'look{"at":1}'.length);
		assert.deepEqual(weigh(result), { bytes: 'look{"output":"seen"}'.length, tokens: 1_120 });
		const media = (mimeType: string): number => weigh({ type: 'media', mimeType, data: 'A'.repeat(40_000) }).tokens;
		assert.equal(media('audio/mp3'), 258 + 60);
		assert.equal(media('application/pdf'), 258 + 150);
		assert.equal(media('video/mp4'), 258 + 70);
		const texts = ['text/plain', 'Text/CSV', 'application/jsonl', 'application/x-javascript', 'application/x-python'];
		for (const type of [...texts, 'application/x-yaml', 'application/sql', 'application/atom+xml; charset=utf-8'])
			assert.equal(media(type), 258 + 10_000, type);
		const packed = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
		assert.equal(media(packed), media('application/pdf'));
	});
});
