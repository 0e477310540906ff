import assert from 'node:assert/strict';
import type { Prompt } from '../../../../src/gemini/gemini';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages, type RawMessage } from '../../../../src/languageModel/conversation/hostParts';
import {
	convertRequest,
	type ConvertedRequest,
	type HostRequest,
} from '../../../../src/languageModel/conversation/request';
import { ToolFlaw } from '../../../../src/languageModel/toolSchema/tools';
import { flash } from '../../../support/simulator/stand';
import {
	assistant,
	classes,
	DataPart,
	said,
	system,
	ThinkingPart,
	ToolCallPart,
	ToolResultPart,
	TsxPart,
	user,
} from '../../../support/languageModel/classes';

const png = new DataPart(new Uint8Array([1, 2, 3]), 'image/png');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function converted(
	messages: readonly RawMessage[],
	{
		memory = new CallMemory(),
		thinks = false,
		...more
	}: Partial<HostRequest> & { memory?: CallMemory; thinks?: boolean } = {},
): ConvertedRequest {
	const request = {
		messages: readMessages(messages, classes),
		tools: [],
		isToolRequired: false,
		model: flash,
		...more,
	};
	return convertRequest(request, memory, () => thinks);
}

const turnsOf = (messages: readonly RawMessage[], more?: Parameters<typeof converted>[1]): Prompt['turns'] =>
	converted(messages, more).prompt.turns;
const text = (value: string) => ({ type: 'text', text: value });

describe('a request of the editor', () => {
	it('has its system messages, wherever they stand, as the one instruction', () => {
		const { prompt } = converted([system(said('Be kind.')), user(said('Hi')), system(said('Be brief.'))]);
		assert.equal(prompt.options?.system, 'Be kind.\n\nBe brief.');
		assert.deepEqual(prompt.turns, [{ role: 'user', content: [text('Hi')] }]);
	});

	it('takes for an instruction what the assistant says first, as extensions write one that have no role for it', () => {
		const [prompt, task] = [assistant(said('You are an agent.')), user(said('Go'))];
		const turns = [{ role: 'user', content: [text('Go')] }];
		const asked = converted([prompt, assistant(said('Be brief.')), task]).prompt;
		assert.deepEqual([asked.options?.system, asked.turns], ['You are an agent.\n\nBe brief.', turns]);
		// Of a conversation that was cut it is an answer: one of ours, or where there is an instruction already.
		const memory = new CallMemory();
		memory.keepText('You are an agent.', { signature: 's', model: flash });
		for (const { prompt: cut } of [
			converted([prompt, task], { memory }),
			converted([system(said('Be kind.')), prompt, task]),
		]) {
			assert.notEqual(cut.options?.system, 'You are an agent.');
			assert.deepEqual(
				cut.turns.map(({ role }) => role),
				['user', 'model', 'user'],
			);
		}
		assert.equal(converted([prompt]).prompt.options?.system, '');
	});

	it('joins messages of one side, and leaves out what nobody knows or says nothing', () => {
		const unknown = { value: 'marker' };
		assert.deepEqual(
			turnsOf([
				user(said('A'), unknown, said('')),
				user(said('B')),
				assistant(unknown),
				user({ role: 1 }, null, 'x', said('C')),
			]),
			[{ role: 'user', content: [text('A'), text('B'), text('C')] }],
		);
		assert.deepEqual(turnsOf([{ role: 1, content: 'plain' }]), [{ role: 'user', content: [text('plain')] }]);
	});

	it('sends pictures, documents, sound and text by what the model takes, and no markers', () => {
		const pdf = new DataPart(bytes('%PDF'), 'application/pdf');
		const json = new DataPart(bytes('{"a":1}'), 'application/json');
		const marker = new DataPart(bytes('x'), 'cache_control');
		assert.deepEqual(turnsOf([user(png, pdf, json, marker)])[0]?.content, [
			{ type: 'image', mimeType: 'image/png', data: 'AQID' },
			{ type: 'media', mimeType: 'application/pdf', data: 'JVBERg==' },
			text('{"a":1}'),
		]);
		assert.deepEqual(turnsOf([user(png, pdf)], { model: 'gemma-3-1b-it' })[0]?.content, [
			text('[image/png, 3 bytes: left out, because this model does not take it]'),
			text('[application/pdf, 4 bytes: left out, because this model does not take it]'),
		]);
		const large = new DataPart(new Uint8Array(100_000).fill(255), 'image/jpeg');
		const [sent] = turnsOf([user(large)])[0]?.content ?? [];
		assert.deepEqual(sent, {
			type: 'image',
			mimeType: 'image/jpeg',
			data: Buffer.alloc(100_000, 255).toString('base64'),
		});
	});

	it('puts each result right behind its call, by the id, in the order of the calls', () => {
		const turns = turnsOf([
			user(said('Look')),
			assistant(said('I will.'), new ToolCallPart('1', 'look', { at: 1 }), new ToolCallPart('2', 'hear', {})),
			user(new ToolResultPart('2', [said('noise')]), said('And?')),
			user(new ToolResultPart('1', [said('seen')])),
		]);
		assert.deepEqual(turns.slice(1), [
			{
				role: 'model',
				content: [
					text('I will.'),
					{ type: 'call', name: 'look', args: { at: 1 } },
					{ type: 'call', name: 'hear', args: {} },
				],
			},
			{
				role: 'user',
				content: [
					{ type: 'result', name: 'look', response: { output: 'seen' } },
					{ type: 'result', name: 'hear', response: { output: 'noise' } },
					text('And?'),
				],
			},
		]);
	});

	it('gives a call that was never answered a result that says so, and a result without a call as text', () => {
		const turns = turnsOf([
			assistant(new ToolCallPart('1', 'look', {})),
			user(said('Never mind'), new ToolResultPart('gone', [said('late')])),
			assistant(said('Fine.')),
		]);
		assert.deepEqual(turns, [
			{ role: 'user', content: [text('(The beginning of the conversation is left out.)')] },
			{ role: 'model', content: [{ type: 'call', name: 'look', args: {} }] },
			{
				role: 'user',
				content: [
					{
						type: 'result',
						name: 'look',
						response: { error: 'The call has no result: it was not run, or it was cancelled.' },
					},
					text('Never mind'),
					text('Result of the tool call gone:'),
					text('late'),
				],
			},
			{ role: 'model', content: [text('Fine.')] },
			{ role: 'user', content: [text('Continue.')] },
		]);
	});

	it('ties results to calls of one id in their order', () => {
		const call = new ToolCallPart('same', 'look', {});
		const result = (value: string) => user(new ToolResultPart('same', [said(value)]));
		const outputs = turnsOf([user(said('Go')), assistant(call), result('one'), assistant(call), result('two')]).flatMap(
			({ content }) => content.flatMap((one) => (one.type === 'result' ? [one.response['output']] : [])),
		);
		assert.deepEqual(outputs, ['one', 'two']);
	});

	it('sends pictures of a result with it, sound beside it, and what was rendered as text', () => {
		const sound = new DataPart(bytes('wav'), 'audio/wav');
		const rendered = new TsxPart({
			node: {
				type: 1,
				children: [
					{ type: 2, text: 'Hello ' },
					{ type: 1, children: [{ type: 2, text: 'there' }] },
				],
			},
		});
		const turns = turnsOf([
			user(said('Go')),
			assistant(new ToolCallPart('1', 'shot', {}), new ToolCallPart('2', 'page', {})),
			user(new ToolResultPart('1', [png, sound]), new ToolResultPart('2', [rendered, { unknown: true }])),
		]);
		assert.deepEqual(turns.at(-1)?.content, [
			{
				type: 'result',
				name: 'shot',
				response: { output: 'The result is attached.' },
				media: [{ mimeType: 'image/png', data: 'AQID' }],
			},
			{ type: 'result', name: 'page', response: { output: 'Hello there' } },
			{ type: 'media', mimeType: 'audio/wav', data: 'd2F2' },
		]);
	});

	it('keeps the texts of a result apart, as of a tool that gives one for each thing it found', () => {
		const call = new ToolCallPart('1', 'list', {});
		const found = new ToolResultPart('1', [said('src/a.ts'), png, said('src/b.ts')]);
		const [result] = turnsOf([user(said('Go')), assistant(call), user(found)]).at(-1)?.content ?? [];
		assert.deepEqual(result?.type === 'result' && result.response, { output: 'src/a.ts\nsrc/b.ts' });
	});

	it('signs calls from the editor’s thinking parts, or from memory where the editor dropped them', () => {
		const call = new ToolCallPart('1', 'look', {});
		const thinking = new ThinkingPart('', undefined, { signature: 'kept', model: 'm', callId: '1' });
		const callIn = (messages: readonly RawMessage[], memory?: CallMemory) =>
			turnsOf(messages, memory && { memory })[1]?.content.find(({ type }) => type === 'call');
		assert.deepEqual(callIn([user(said('Go')), assistant(thinking, new ThinkingPart('hm'), call)]), {
			...{ type: 'call', name: 'look', args: {} },
			...{ signature: 'kept', signedBy: 'm' },
		});
		const memory = new CallMemory();
		memory.keepCall('1', { signature: 'remembered', model: flash, id: 'own' });
		assert.deepEqual(callIn([user(said('Go')), assistant(call)], memory), {
			...{ type: 'call', name: 'look', args: {}, id: 'own' },
			...{ signature: 'remembered', signedBy: flash },
		});
	});

	it('leaves out a GIF, which the service refuses with all that goes along, now and with each later question', () => {
		const gif = new DataPart(new Uint8Array([1, 2, 3]), 'image/gif');
		const left = '[image/gif, 3 bytes: left out, because this model does not take it]';
		assert.deepEqual(turnsOf([user(gif)])[0]?.content, [text(left)]);
		const results = turnsOf([assistant(new ToolCallPart('1', 'look', {})), user(new ToolResultPart('1', [gif]))]);
		assert.deepEqual(results[2]?.content, [{ type: 'result', name: 'look', response: { output: left } }]);
	});

	it('takes no signature of another provider for one of ours, which name the model that made them', () => {
		const foreign = new ThinkingPart('Hm', undefined, { signature: 'b3RoZXI=' });
		const call = new ToolCallPart('1', 'look', {});
		const ofCall = new ThinkingPart('', undefined, { signature: 'b3RoZXI=', callId: '1' });
		assert.deepEqual(turnsOf([user(said('Go')), assistant(foreign, said('Gone.'), ofCall, call)])[1]?.content, [
			text('Gone.'),
			{ type: 'call', name: 'look', args: {} },
		]);
	});

	it('signs a text likewise', () => {
		const signature = { type: 'signature', signature: 's', signedBy: flash };
		const thinking = new ThinkingPart('', undefined, { signature: 's', model: flash });
		assert.deepEqual(turnsOf([user(said('Go')), assistant(said('Gone.'), thinking)])[1]?.content, [
			text('Gone.'),
			signature,
		]);
		const memory = new CallMemory();
		memory.keepText('Gone.', { signature: 's', model: flash });
		assert.deepEqual(turnsOf([user(said('Go')), assistant(said('Go'), said('ne.'))], { memory })[1]?.content, [
			text('Go'),
			text('ne.'),
			signature,
		]);
	});

	it('stays with the model that called while its calls are answered, whichever was asked for', () => {
		const memory = new CallMemory();
		memory.keepCall('1', { model: 'gemini-3.5-flash-lite' });
		const calls = [user(said('Go')), assistant(new ToolCallPart('1', 'look', {}))];
		const inTurn = converted([...calls, user(new ToolResultPart('1', [said('seen')]))], { memory });
		assert.deepEqual([inTurn.model, inTurn.isInTurn], ['gemini-3.5-flash-lite', true]);
		// After a reload nothing is remembered: the editor's thinking part tells.
		const signed = { signature: 's', model: 'gemini-3.5-flash-lite', callId: '1' };
		const reloaded = converted([
			user(said('Go')),
			assistant(new ThinkingPart('', undefined, signed), new ToolCallPart('1', 'look', {})),
			user(new ToolResultPart('1', [said('seen')])),
		]);
		assert.deepEqual([reloaded.model, reloaded.isInTurn], ['gemini-3.5-flash-lite', true]);
		// Of calls side by side the service signs the first.
		const parallel = converted([
			user(said('Go')),
			assistant(
				new ThinkingPart('', undefined, signed),
				new ToolCallPart('1', 'look', {}),
				new ToolCallPart('2', 'hear', {}),
			),
			user(new ToolResultPart('1', [said('seen')]), new ToolResultPart('2', [said('heard')])),
		]);
		assert.deepEqual([parallel.model, parallel.isInTurn], ['gemini-3.5-flash-lite', true]);
		const after = converted(
			[...calls, user(new ToolResultPart('1', [said('seen')])), assistant(said('Ok')), user(said('Thanks'))],
			{ memory },
		);
		assert.deepEqual([after.model, after.isInTurn], [flash, false]);
	});

	it('goes to the model that a person has chosen since: the one that called may be used up', () => {
		const calling = new ToolCallPart('1', 'look', {});
		const results = [user(new ToolResultPart('1', [said('seen')])), user(said('Go on'))];
		for (const called of [{ model: flash }, { model: 'gemini-3.5-flash-lite' }]) {
			const known = { ...called, wanted: flash };
			const memory = new CallMemory();
			memory.keepCall('1', known);
			const thinking = new ThinkingPart('', undefined, { signature: 's', callId: '1', ...known });
			const before = user(said('Go'));
			const asked = [before, assistant(calling), ...results];
			const reloaded = [before, assistant(thinking, calling), ...results];
			for (const model of [flash, 'gemini-3.1-pro']) {
				for (const now of [converted(asked, { memory, model }), converted(reloaded, { model })])
					assert.deepEqual([now.model, now.isInTurn], model === flash ? [called.model, true] : [model, false]);
			}
		}
	});

	it('declares tools by names that the service takes, and gives the editor its own back', () => {
		const tools = [
			{ name: 'look', description: 'Looks', inputSchema: { type: 'object', properties: { at: { type: 'integer' } } } },
			{ name: '1 odd/name', description: '' },
			{ name: '_1_odd_name', description: '' },
		];
		const { prompt, names } = converted(
			[user(said('Go')), assistant(new ToolCallPart('1', '1 odd/name', {})), user(said('On'))],
			{ tools },
		);
		assert.deepEqual(prompt.options?.functionDeclarations, [
			{
				name: 'look',
				description: 'Looks',
				parametersJsonSchema: { type: 'object', properties: { at: { type: 'integer' } } },
			},
			{ name: '_1_odd_name_2' },
			{ name: '_1_odd_name' },
		]);
		assert.equal(names.forEditor('_1_odd_name_2'), '1 odd/name');
		assert.equal(names.forEditor('_1_odd_name'), '_1_odd_name');
		assert.equal(names.forEditor('made_up'), 'made_up');
		assert.ok(prompt.turns[1]?.content.some((one) => one.type === 'call' && one.name === '_1_odd_name_2'));
		assert.equal(prompt.options.toolConfig, undefined);
	});

	it('offers a tool once that comes twice: the service refuses a second one of its name', () => {
		const tools = ['first', 'other'].map((description) => ({ name: 'look', description }));
		const { options } = converted([user(said('Go'))], { tools, isToolRequired: true }).prompt;
		assert.deepEqual(options?.functionDeclarations, [{ name: 'look', description: 'first' }]);
		assert.deepEqual(options.toolConfig?.functionCallingConfig?.allowedFunctionNames, ['look']);
	});

	it('demands a call where one is required', () => {
		const tools = [{ name: 'a b', description: '' }];
		assert.deepEqual(converted([user(said('Go'))], { tools, isToolRequired: true }).prompt.options?.toolConfig, {
			functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a_b'] },
		});
		assert.equal(converted([user(said('Go'))], { isToolRequired: true }).prompt.options?.toolConfig, undefined);
	});

	it('names the tool whose schema cannot be made acceptable', () => {
		const tools = [
			{ name: 'good', description: '' },
			{ name: 'bad_one', description: '', inputSchema: { type: 'string' } },
		];
		assert.throws(
			() => converted([user(said('Go'))], { tools }),
			(error) => error instanceof ToolFlaw && error.tool === 'bad_one' && /object/.test(error.flaw),
		);
	});

	it('heeds what a caller may choose, and not what the person set for their own questions', () => {
		const modelOptions = {
			temperature: 0.5,
			max_tokens: 9,
			stop: 'END',
			top_p: 7,
			serviceTier: 'priority',
			_internal: 1,
			system: 'Obey',
		};
		const options = (more: Parameters<typeof converted>[1]) => converted([user(said('Go'))], more).prompt.options;
		const own = { system: '', stopSequences: [], responseMimeType: 'text/plain' } as const;
		const heeded = { ...own, temperature: 0.5, maxOutputTokens: 9, stopSequences: ['END'] };
		assert.deepEqual(options({ modelOptions }), heeded);
		// OpenAI has renamed it.
		assert.equal(options({ modelOptions: { max_completion_tokens: 9 } })?.maxOutputTokens, 9);
		const { responseMimeType: _, ...formless } = own;
		const responseSchema = { type: 'object' };
		assert.deepEqual(options({ modelOptions: { responseSchema } }), { ...formless, responseSchema });
		assert.deepEqual(options({ thinks: true }), { ...own, includeThoughts: true });
		const { functionDeclarations, ...rest } = options({ tools: [{ name: 'a', description: '' }] }) ?? {};
		assert.equal(functionDeclarations?.length, 1);
		assert.deepEqual(rest, { ...own, googleSearch: false, codeExecution: false, urlContext: false });
	});

	it('asks something even where there is nothing but an instruction', () => {
		assert.deepEqual(turnsOf([system(said('Say hello.'))]), [{ role: 'user', content: [text('Say hello.')] }]);
		assert.deepEqual(turnsOf([]), []);
	});
});
