import assert from 'node:assert/strict';
import { unknownSignature } from '../../../src/gemini/request/parameters';
import type { Fault } from '../../../src/simulator/service';
import {
	chat,
	completions,
	GatewayRig,
	question,
	stream,
	whole,
	type Answered,
	type GatewayKey,
} from '../../support/gateway/gatewayRig';
import { flash, lite } from '../../support/simulator/stand';

const three: Readonly<Record<string, GatewayKey>> = { a: {}, b: {}, c: {} };
const keysOf = (rig: GatewayRig): string => rig.calls.map((call) => call.split(' ')[0]).join(' ');
const turn = (role: string, ...texts: string[]): object => ({ role, parts: texts.map((text) => ({ text })) });
const asked = (...contents: object[]): object => ({ contents });
const add = { type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } };
const native = { tools: [{ functionDeclarations: [{ name: 'add' }] }] };
const calls = { role: 'user', content: 'Please [call add {"a":1}] [call add {"a":2}]' };

interface ToolCall {
	readonly id: string;
	readonly extra_content?: unknown;
}

interface Message {
	readonly role: string;
	readonly tool_calls: readonly ToolCall[];
}

const messageIn = ({ text }: Answered): Message =>
	(JSON.parse(text) as { choices: { message: Message }[] }).choices[0]?.message ?? { role: '', tool_calls: [] };
const bare = (message: Message): Message => ({
	...message,
	tool_calls: message.tool_calls.map(({ extra_content: _, ...call }) => call),
});
const resultsOf = ({ tool_calls: made }: Message): readonly object[] =>
	made.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'done' }));

describe('a session behind the gateway', () => {
	it('stays on its key, known by its first turns alone, apart from other sessions and other clients', async () => {
		const rig = new GatewayRig(three, { strategy: 'headroom' });
		const [one, two] = [turn('user', 'One [short]'), turn('user', 'Two [short]')];
		await rig.ask(whole, asked(one));
		await rig.ask(whole, asked(two));
		for (let n = 0; n < 3; n++)
			await rig.ask(whole, asked(one, turn('model', 'Yes'), turn('user', `More ${n} [short]`)));
		await rig.ask(whole, asked(two, turn('model', 'Yes'), turn('user', 'More [short]')));
		assert.equal(keysOf(rig), 'a b a a a b');
		await rig.issue('other');
		await rig.ask(whole, asked(one));
		assert.equal(keysOf(rig).split(' ').at(-1), 'c');
	});

	it('has the name that the client gives it: by header, by its cache key, or by the cache itself', async () => {
		for (const [path, body, headers] of [
			[whole, asked(turn('user', 'Hi [short]')), { 'x-keypool-session': 's' }],
			[completions, chat('Hi [short]', { prompt_cache_key: 's' }), {}],
			[whole, { ...asked(turn('user', 'Hi [short]')), cachedContent: 'cachedContents/s' }, {}],
		] as const) {
			const rig = new GatewayRig(three, { strategy: 'headroom' });
			const other = JSON.parse(JSON.stringify(body).replace('Hi', 'Quite another beginning')) as object;
			await rig.ask(path, body, { headers });
			await rig.ask(whole, asked(turn('user', 'Between [short]')));
			await rig.ask(path, other, { headers });
			assert.equal(keysOf(rig), 'a b a');
			// Google's translation refuses a body with it (https://github.com/sipeed/picoclaw/pull/790).
			assert.ok(!rig.bodies.some((sent) => sent.includes('prompt_cache_key')));
		}
	});

	it('is known by its first turn where one thing stands in place of a list, as in Google’s own samples', async () => {
		const single = (text: string, more = {}): object => ({ contents: { parts: { text } }, ...more });
		const rig = new GatewayRig(three, { strategy: 'headroom' });
		for (const text of ['One', 'Two', 'One']) {
			const answer = await rig.ask(whole, single(`${text} [short]`));
			assert.match(answer.text, new RegExp(`You asked .*${text} `));
		}
		assert.equal(keysOf(rig), 'a b a');
		const busy: Fault = { when: { first: 1 }, model: flash, kind: 'error', body: '429_rpm_free' };
		const tools = { function_declarations: { name: 'add' } };
		const withTools = new GatewayRig({ a: { faults: [busy] } }, { rules: { fallbackModels: [lite] } });
		const answer = await withTools.ask(whole, single('Hi [short]', { tools }));
		assert.deepEqual([answer.status, answer.headers.get('x-keypool-model')], [200, flash]);
	});

	it('is looked for at each key where it names a cache or a file, which belong to one project', async () => {
		const other = { faults: [{ when: 'always', kind: 'error', body: '403_permission_denied' }] } as const;
		const named = [
			{ ...question(), cachedContent: 'cachedContents/one' },
			{ contents: [{ role: 'user', parts: [{ fileData: { fileUri: 'https://x.invalid/v1beta/files/one' } }] }] },
			{ contents: [{ role: 'user', parts: [{ file_data: { file_uri: 'https://films.invalid/watch?v=one' } }] }] },
			{ ...question(), tools: [{ fileSearch: { fileSearchStoreNames: ['fileSearchStores/one'] } }] },
			{ ...question(), tools: [{ file_search: { file_search_store_names: ['fileSearchStores/one'] } }] },
			{
				contents: [
					turn('user', 'Look [short]'),
					{ role: 'model', parts: [{ functionCall: { name: 'look' }, thoughtSignature: unknownSignature }] },
					{
						role: 'user',
						parts: [
							{ functionResponse: { name: 'look', response: {}, parts: [{ fileData: { fileUri: 'files/one' } }] } },
						],
					},
				],
			},
		];
		for (const body of named) {
			const rig = new GatewayRig({ a: other, b: other, c: {} }, { strategy: 'headroom' });
			for (let n = 0; n < 2; n++) assert.equal((await rig.ask(whole, body)).status, 200);
			assert.ok(keysOf(rig).endsWith('c c'), keysOf(rig));
			// What names none goes to keys that were asked for another project's.
			const asked = rig.calls.length;
			for (let n = 0; n < 3; n++) await rig.ask(whole, question(`Other ${n} [short]`));
			assert.notEqual(keysOf(rig).split(' ').slice(asked).join(' '), 'c c c');
			const none = await new GatewayRig({ a: other, b: other }).ask(whole, body);
			assert.deepEqual([none.status, /does not have permission/.test(none.text)], [400, true], none.text);
		}
	});

	it('sends nothing where the client leaves before an answer can have ended', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'latency', beforeHeaders: 5_000 }] } });
		for (let n = 0; n < 3; n++) await rig.ask(whole, question());
		const { status, text } = await rig.ask(whole, question(), { headers: { 'x-server-timeout': '4' } });
		assert.deepEqual([status, rig.calls.length, /usually takes 5 s/.test(text)], [504, 3, true], text);
		assert.equal((await rig.ask(whole, question(), { headers: { 'x-server-timeout': '7' } })).status, 200);
		assert.equal((await rig.ask(whole, question(), { headers: { 'x-server-timeout': 'soon' } })).status, 200);
	});

	it('stays on its key in the middle of a turn where every request else has its turn', async () => {
		const rig = new GatewayRig(three, { strategy: 'roundRobin' });
		const begins = { ...chat(), messages: [calls], tools: [add] };
		const message = messageIn(await rig.ask(completions, begins));
		await rig.ask(completions, { ...begins, messages: [calls, message, ...resultsOf(message)] });
		const surroundings = { role: 'user', content: 'It is noon [short]' };
		await rig.ask(completions, { ...begins, messages: [calls, message, ...resultsOf(message), surroundings] });
		await rig.ask(completions, begins);
		assert.equal(keysOf(rig), 'a a a b');
	});

	it('keeps its model while it uses tools: it waits where another one could answer', async () => {
		const busy: Fault = { when: { first: 1 }, model: flash, kind: 'error', body: '429_rpm_free' };
		const rig = new GatewayRig({ a: { faults: [busy] } }, { rules: { fallbackModels: [lite] } });
		const answer = await rig.ask(completions, { ...chat(), messages: [calls], tools: [add] });
		assert.deepEqual([answer.status, answer.headers.get('x-keypool-model')], [200, flash]);
		assert.ok(Number(answer.headers.get('x-keypool-wait-ms')) > 0);
	});

	it('keeps its model where it names a cache, which was made for that model alone and may hold tools', async () => {
		const busy: Fault = { when: { first: 1 }, model: flash, kind: 'error', body: '429_rpm_free' };
		const extra_body = { google: { cached_content: 'cachedContents/one' } };
		for (const [path, body] of [
			[whole, { ...question(), cachedContent: 'cachedContents/one' }],
			[completions, chat('Hi [short]', { extra_body })],
		] as const) {
			const rig = new GatewayRig({ a: { faults: [busy] } }, { rules: { fallbackModels: [lite] } });
			const { status, headers } = await rig.ask(path, body);
			assert.deepEqual([status, headers.get('x-keypool-model')], [200, flash]);
		}
		// A key for the client's own cache is no cache of Google's.
		const named = new GatewayRig({ a: { faults: [busy] } }, { rules: { fallbackModels: [lite] } });
		const answer = await named.ask(completions, chat('Hi [short]', { prompt_cache_key: 'one' }));
		assert.equal(answer.headers.get('x-keypool-model'), lite);
	});
});

describe('the flex tier behind the gateway', () => {
	const flex = { ...question(), serviceTier: 'FLEX' };
	const yes = { candidates: [{ content: { parts: [{ text: 'Yes' }] }, finishReason: 'STOP' }] };
	const busy = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };

	it('keeps nobody else from a model where it is refused for lack of room', async () => {
		const rig: GatewayRig = new GatewayRig(
			{ a: {} },
			{
				answer: () =>
					rig.bodies.at(-1)?.includes('FLEX') === true ? Response.json(busy, { status: 503 }) : Response.json(yes),
			},
		);
		const waits = rig.read(rig.send(whole, flex));
		await rig.clock.settle();
		const beside = await rig.ask(whole, question());
		assert.deepEqual([beside.status, beside.headers.get('x-keypool-wait-ms')], [200, '0']);
		assert.equal((await rig.clock.until(waits)).status, 503);
		assert.equal(rig.calls.length, 6, 'it was tried again as often as others are');
	});

	it('may take minutes to begin, as Google says of it, in a stream as well', async () => {
		const late = { faults: [{ when: 'always', kind: 'latency', beforeHeaders: 240_000 }] } as const;
		const rig = new GatewayRig({ a: late });
		const { status, isWhole } = await rig.ask(stream, flex);
		assert.deepEqual([status, isWhole, rig.calls.length], [200, true, 1]);
		assert.equal((await new GatewayRig({ a: late }).ask(stream, question())).status, 504);
	});

	it('tells nothing of how long answers of the model take', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: { first: 3 }, kind: 'latency', beforeHeaders: 240_000 }] } });
		for (let n = 0; n < 3; n++) assert.equal((await rig.ask(whole, flex)).status, 200);
		assert.equal((await rig.ask(whole, question(), { headers: { 'x-server-timeout': '30' } })).status, 200);
	});
});

describe('a call of a tool behind the gateway', () => {
	for (const late of [{ beforeHeaders: 240_000 }, { betweenPieces: 240_000 }]) {
		it(`may take minutes to be written, as it comes in one piece: ${Object.keys(late)[0]}`, async () => {
			const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'latency', ...late }] } });
			const asks = [
				[stream, { ...asked(turn('user', 'Hi [short]')), ...native }],
				[completions, chat('Hi [short]', { tools: [add], stream: true })],
			] as const;
			for (const [path, body] of asks) {
				const { status, isWhole } = await rig.ask(path, body);
				assert.deepEqual([status, isWhole], [200, true], path);
			}
			assert.equal(rig.calls.length, asks.length, 'none was sent again');
		});
	}
});

describe('a picture behind the gateway', () => {
	const ofModel = '/v1beta/models/gemini-3-pro-image-preview:streamGenerateContent?alt=sse';
	const ofBoth = { generationConfig: { responseModalities: ['TEXT', 'Image'] } };
	const draw = async (path: string, more: object): Promise<readonly [whole: boolean, sends: number]> => {
		const pieces = [{ content: { parts: [{ text: 'Here:' }] } }, { finishReason: 'STOP' }];
		const body = (): ReadableStream<Uint8Array> => {
			const left = [...pieces];
			return new ReadableStream({
				pull: async (controller) => {
					if (left.length < 2) await new Promise<void>((resolve) => rig.clock.after(120_000, resolve));
					const piece = left.shift();
					if (piece === undefined) controller.close();
					else controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify({ candidates: [piece] })}\r\n\r\n`));
				},
			});
		};
		const rig = new GatewayRig({ a: {} }, { answer: () => new Response(body()) });
		const { isWhole } = await rig.ask(path, { ...asked(turn('user', 'A cat')), ...more });
		return [isWhole, rig.calls.length];
	};

	it('comes in one piece: minutes of silence are borne where one is asked for', async () => {
		assert.deepEqual(await draw(ofModel, {}), [true, 1]);
		assert.deepEqual(await draw(stream, ofBoth), [true, 1]);
		assert.deepEqual(await draw(stream, { generation_config: { response_modalities: ['IMAGE'] } }), [true, 1]);
		assert.deepEqual(await draw(ofModel.replace('gemini-3-pro-image', 'nano-banana-pro'), {}), [true, 1]);
		assert.deepEqual(await draw(stream, {}), [false, 1]);
	});

	it('is waited for as sound is, which comes in one piece as well', async () => {
		assert.deepEqual(await draw(ofModel.replace('image', 'tts'), {}), [true, 1]);
		assert.deepEqual(await draw(stream, { generationConfig: { responseModalities: ['AUDIO'] } }), [true, 1]);
		assert.deepEqual(await draw(stream, { generationConfig: { responseModalities: ['TEXT'] } }), [false, 1]);
	});
});

describe('thought signatures behind the gateway', () => {
	for (const isStream of [false, true]) {
		it(`are put back where a client dropped them, ${isStream ? 'of a stream' : 'of a whole answer'}`, async () => {
			const rig = new GatewayRig({ a: {} });
			const begins = { ...chat(), messages: [calls], tools: [add], stream: isStream };
			const answer = await rig.ask(completions, begins);
			const message = isStream
				? {
						role: 'assistant',
						tool_calls: answer.events
							.filter((event) => event !== '[DONE]')
							.flatMap((event) => (JSON.parse(event) as { choices: { delta: Partial<Message> }[] }).choices)
							.flatMap(({ delta }) => delta.tool_calls ?? []),
					}
				: messageIn(answer);
			assert.equal(message.tool_calls.length, 2);
			assert.ok(message.tool_calls[0]?.extra_content);
			const dropped = bare(message);
			const next = await rig.ask(completions, { ...begins, messages: [calls, dropped, ...resultsOf(dropped)] });
			assert.equal(next.status, 200, next.text);
			assert.equal(rig.calls.length, 2, 'at the first try');
			const sent = JSON.parse(rig.bodies.at(-1) ?? '') as { messages: Message[] };
			assert.deepEqual(
				sent.messages[1]?.tool_calls.map(({ extra_content: extra }) => extra),
				message.tool_calls.map(({ extra_content: extra }) => extra),
			);
		});
	}

	it('of one client are put into no request of another', async () => {
		const rig = new GatewayRig({ a: {} });
		const begins = { ...chat(), messages: [calls], tools: [add] };
		const message = bare(messageIn(await rig.ask(completions, begins)));
		await rig.issue('other');
		await rig.ask(completions, { ...begins, messages: [calls, message, ...resultsOf(message)] });
		assert.ok(!(rig.bodies[1] ?? '').includes('thought_signature'));
	});

	it('that nobody remembers are replaced once by the documented stand-in, on the first call of each step', async () => {
		const rig = new GatewayRig({ a: {}, b: {} });
		const made = [{ id: 'x', type: 'function', function: { name: 'add', arguments: '{}' } }];
		const message = { role: 'assistant', tool_calls: made };
		const answer = await rig.ask(completions, {
			...chat(),
			messages: [calls, message, ...resultsOf(message)],
			tools: [add],
		});
		assert.equal(answer.status, 200, answer.text);
		assert.equal(keysOf(rig), 'a a');
		assert.ok(!(rig.bodies[0] ?? '').includes('skip_thought_signature_validator'));
		assert.match(
			rig.bodies[1] ?? '',
			/"extra_content":\{"google":\{"thought_signature":"skip_thought_signature_validator"\}\}/,
		);
	});

	it('of a text that the service refuses are replaced as well, with calls beside it and without', async () => {
		const faults: Fault[] = [{ when: { first: 1 }, kind: 'error', body: '400_thought_signature_corrupted' }];
		const signed = (thought_signature: string): object => ({ extra_content: { google: { thought_signature } } });
		const text = { role: 'assistant', content: 'Yes' };
		for (const tool_calls of [[], [{ id: 'x', type: 'function', function: { name: 'add', arguments: '{}' } }]]) {
			const rig = new GatewayRig({ a: { faults } });
			const made = { ...text, tool_calls, ...signed('Zm9yZWlnbg==') };
			const body = chat('', { messages: [calls, made, ...resultsOf(made), { role: 'user', content: 'And? [short]' }] });
			const answer = await rig.ask(completions, body);
			assert.deepEqual([answer.status, rig.calls.length], [200, 2], answer.text);
			const { messages } = JSON.parse(rig.bodies.at(-1) ?? '') as { messages: object[] };
			assert.deepEqual(messages[1], {
				...made,
				...signed(unknownSignature),
				tool_calls: tool_calls.map((call) => ({ ...call, ...signed(unknownSignature) })),
			});
		}
	});

	it('that the service refuses are replaced in Gemini’s own dialect, and a second refusal ends it', async () => {
		const contents = (thoughtSignature: string): object[] => [
			turn('user', 'Please'),
			{ role: 'model', parts: [{ functionCall: { name: 'add', args: {} }, thoughtSignature }] },
			{ role: 'user', parts: [{ functionResponse: { name: 'add', response: { output: 'done' } } }] },
		];
		const rig = new GatewayRig({ a: {}, b: {} });
		const answer = await rig.ask(stream, { contents: contents('Zm9yZWlnbg=='), ...native });
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(JSON.parse(rig.bodies.at(-1) ?? ''), {
			contents: contents('skip_thought_signature_validator'),
			...native,
		});
		const faults: Fault[] = [{ when: 'always', kind: 'error', body: '400_thought_signature_corrupted' }];
		const refusing = new GatewayRig({ a: { faults }, b: { faults } });
		const refused = await refusing.ask(stream, { contents: contents('Zm9yZWlnbg=='), ...native });
		assert.deepEqual([refused.status, refusing.calls.length], [400, 2]);
		assert.match(refused.text, /Corrupted thought signature/);
		const plain = new GatewayRig({ a: { faults } });
		assert.deepEqual([(await plain.ask(stream, asked(turn('user', 'Hi')))).status, plain.calls.length], [400, 1]);
	});
});
