import assert from 'node:assert/strict';
import type { Piece, Prompt } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import type { FailureAction } from '../../../../src/pool/pool';
import type { Failing } from '../../../../src/simulator/service';
import {
	cut,
	network,
	overloaded,
	empty,
	blocked,
	signature,
	malformedCall,
	proxy,
} from '../../../support/gemini/actions';
import { flash } from '../../../support/simulator/stand';
import {
	failureIn,
	loadSdk,
	mayCall,
	question,
	roomOver,
	run,
	simulated,
	actionIn,
	type Run,
} from '../../../support/gemini/room';

type Sent = Readonly<Record<string, unknown>>;

/** A service that answers every call with these bytes, cut into pieces, and notes what it was asked. */
function serving(
	body: string | readonly string[],
	{ status = 200, type = 'text/event-stream' }: { status?: number; type?: string } = {},
): { readonly fetch: typeof globalThis.fetch; readonly calls: { url: string; init: RequestInit; body: Sent }[] } {
	const calls: { url: string; init: RequestInit; body: Sent }[] = [];
	const pieces = typeof body === 'string' ? [body] : body;
	return {
		calls,
		fetch: (input, init = {}) => {
			const url = input instanceof Request ? input.url : String(input);
			const sent: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : {};
			calls.push({ url, init, body: sent as Sent });
			const stream = new ReadableStream<Uint8Array>({
				start(controller) {
					for (const piece of pieces) {
						controller.enqueue(new TextEncoder().encode(piece));
					}
					controller.close();
				},
			});
			return Promise.resolve(new Response(stream, { status, headers: { 'content-type': type } }));
		},
	};
}

function event(parts: readonly unknown[], rest: Sent = {}, response: Sent = {}): string {
	return `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, ...rest }], ...response })}\n\n`;
}

const done = event([], { finishReason: 'STOP' });

async function answering(body: string | readonly string[], prompt?: Prompt): Promise<Run> {
	return run(roomOver(serving(body).fetch), prompt === undefined ? {} : { prompt });
}

function faulty(failing: Failing): ReturnType<typeof simulated> {
	return simulated({ keys: [{ secret: 'sim-one', project: 'one', faults: [{ when: 'always', ...failing }] }] });
}

describe('gemini: one call', () => {
	before(loadSdk);

	it('streams an answer with its finish, its usage and the model that served an alias', async () => {
		const { gemini, clock, service } = simulated();
		const { chunks, text, thrown } = await clock.until(run(gemini, { model: 'gemini-flash-latest' }));
		assert.equal(thrown, undefined);
		assert.match(text, /> Why is the sky blue\?/);
		const last = chunks.at(-1);
		assert.equal(last?.finishReason, 'STOP');
		assert.equal(last.servedModel, flash);
		assert.equal(last.usage?.input, service.log[0]?.inputTokens);
		assert.ok((last.usage?.output ?? 0) > 0);
		assert.equal(chunks.filter(({ finishReason: finished }) => finished !== undefined).length, 1);
	});

	it('tells texts, thoughts and function calls apart, and names the model also where it is the one asked for', async () => {
		const parts = [{ text: 'hm', thought: true }, { text: 'Yes' }, { functionCall: { name: 'f', args: { a: 1 } } }];
		const { chunks } = await answering(
			event(parts, { finishReason: 'STOP' }, { modelVersion: `models/${flash}` }),
			mayCall,
		);
		assert.deepEqual(chunks, [
			{ output: { type: 'thought', text: 'hm' }, isPreliminary: true },
			{ output: { type: 'text', text: 'Yes' } },
			{ output: { type: 'call', name: 'f', args: { a: 1 } }, finishReason: 'STOP', servedModel: flash },
		]);
	});

	const bytes = event([{ text: 'grüße 🌍' }]) + done;
	const framings: Readonly<Record<string, string | readonly string[]>> = {
		CRLF: bytes.replaceAll('\n', '\r\n'),
		CR: bytes.replaceAll('\n', '\r'),
		'single characters': Array.from(bytes.replaceAll('\n', '\r\n')),
		'names, ids and comments': `: hello\n\nevent: message\nid: 1\n${bytes}: bye\n\n`,
		'data over several lines, cut between CR and LF': Array.from(
			bytes.replaceAll('"parts"', '\ndata: "parts"').replaceAll('\n', '\r\n'),
		),
		'no blank line at the end': bytes.trimEnd(),
		'a [DONE] at the end': `${bytes}data: [DONE]\n\n`,
		'no space after the colon': bytes.replaceAll('data: ', 'data:'),
	};
	for (const [name, body] of Object.entries(framings)) {
		it(`reads a stream with ${name}`, async () => {
			const { text, chunks, thrown } = await answering(body);
			assert.deepEqual([text, chunks.at(-1)?.finishReason, thrown], ['grüße 🌍', 'STOP', undefined]);
		});
	}

	it('sends the key in its header alone, to v1beta, and refuses redirects', async () => {
		const { fetch, calls } = serving(event([{ text: 'x' }]) + done);
		await run(roomOver(fetch, { baseUrl: 'https://gateway.invalid/gemini/' }));
		const [call] = calls;
		assert.equal(call?.url, `https://gateway.invalid/gemini/v1beta/models/${flash}:streamGenerateContent?alt=sse`);
		assert.equal(new Headers(call.init.headers).get('x-goog-api-key'), 'sim-one');
		assert.equal(call.init.redirect, 'error');
		assert.ok(!JSON.stringify([call.url, call.body]).includes('sim-one'));
	});

	it('hands every option to the service', async () => {
		const { fetch, calls } = serving(event([{ text: 'x' }]) + done);
		const tool = { name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } };
		await run(roomOver(fetch), {
			prompt: {
				turns: [
					{ role: 'user', content: [{ type: 'text', text: 'a' }] },
					{ role: 'model', content: [{ type: 'text', text: 'b' }] },
					{ role: 'user', content: [{ type: 'image', mimeType: 'image/png', data: 'aGk=' }] },
				],
				options: {
					system: 'Be brief.',
					temperature: 0.5,
					topP: 0.9,
					maxOutputTokens: 10,
					stopSequences: ['END'],
					thinking: 'low',
					safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
					responseSchema: { type: 'string' },
					functionDeclarations: [tool],
				},
			},
		});
		assert.deepEqual(calls[0]?.body, {
			contents: [
				{ role: 'user', parts: [{ text: 'a' }] },
				{ role: 'model', parts: [{ text: 'b' }] },
				{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }] },
			],
			systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' },
			generationConfig: {
				temperature: 0.5,
				topP: 0.9,
				maxOutputTokens: 10,
				stopSequences: ['END'],
				thinkingConfig: { thinkingLevel: 'LOW' },
				responseMimeType: 'application/json',
				responseJsonSchema: { type: 'string' },
			},
			safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
			tools: [{ functionDeclarations: [tool] }],
		});
	});

	it('asks for the rest of an answer that broke off', async () => {
		const { fetch, calls } = serving(event([{ text: 'x' }]) + done);
		const written: readonly Piece[] = [
			{ type: 'thought', text: 'hm' },
			{ type: 'text', text: 'Because ' },
			{ type: 'text', text: 'of' },
		];
		await run(roomOver(fetch), { written });
		const contents = calls[0]?.body['contents'] as readonly { role: string; parts: readonly { text: string }[] }[];
		assert.deepEqual(
			contents.map(({ role }) => role),
			['user', 'model', 'user'],
		);
		assert.equal(contents[1]?.parts[0]?.text, 'Because of');
		assert.match(contents[2]?.parts[0]?.text ?? '', /Continue/);
	});
});

describe('gemini: what breaks', () => {
	before(loadSdk);

	const faults: readonly (readonly [Failing, FailureAction | 'ends without a finish' | 'answers'])[] = [
		[{ kind: 'reset' }, network],
		[{ kind: 'cutStream', afterPieces: 2 }, network],
		[{ kind: 'cutEvent', afterPieces: 0 }, cut],
		[{ kind: 'cutEvent', afterPieces: 2 }, cut],
		[{ kind: 'brokenJson', afterPieces: 2 }, cut],
		[{ kind: 'silentEnd', afterPieces: 0 }, 'ends without a finish'],
		[{ kind: 'silentEnd', afterPieces: 2 }, 'ends without a finish'],
		[{ kind: 'emptyBody' }, 'ends without a finish'],
		[{ kind: 'errorFrame', body: '503_overloaded', afterPieces: 0 }, overloaded],
		[{ kind: 'errorFrame', body: '503_overloaded', afterPieces: 2 }, overloaded],
		[{ kind: 'wordCode', afterPieces: 2 }, overloaded],
		[{ kind: 'blockedPrompt', reason: 'PROHIBITED_CONTENT' }, blocked],
		[{ kind: 'finish', reason: 'SAFETY', afterPieces: 0 }, blocked],
		[{ kind: 'finish', reason: 'SAFETY', afterPieces: 2 }, 'answers'],
		[{ kind: 'finish', reason: 'MAX_TOKENS', afterPieces: 0 }, 'answers'],
		[{ kind: 'html', status: 503 }, overloaded],
		[
			{ kind: 'redirect', to: 'https://elsewhere.invalid/' },
			{ type: 'fail', reason: 'redirected' },
		],
	];
	for (const [failing, expected] of faults) {
		const pieces = 'afterPieces' in failing ? ` after ${failing.afterPieces ?? 0} pieces` : '';
		it(`${failing.kind}${'reason' in failing ? ` ${failing.reason}` : ''}${pieces}`, async () => {
			const { gemini, clock, service } = faulty(failing);
			const outcome = await clock.until(run(gemini));
			const finishes = outcome.chunks.filter(({ finishReason: finished }) => finished !== undefined).length;
			if (typeof expected === 'string') {
				assert.equal(outcome.thrown, undefined);
				assert.equal(finishes, expected === 'answers' ? 1 : 0);
			} else {
				assert.deepEqual(actionIn(outcome), expected);
				assert.equal(finishes, 0);
			}
			assert.equal(service.counts.calls, 1);
			assert.equal(outcome.text === '', pieces === '' || pieces.includes('after 0'));
		});
	}

	const bodies: readonly (readonly [string, string, FailureAction | undefined])[] = [
		['a page instead of a stream', '<html><title>Sign in to the network</title></html>', proxy],
		['an error without a stream', JSON.stringify({ error: { code: 503, message: 'x' } }, undefined, 2), overloaded],
		['a STOP with nothing said', done, empty],
		['thoughts alone', event([{ text: 'hm', thought: true }], { finishReason: 'STOP' }), empty],
		['a malformed call', event([], { finishReason: 'MALFORMED_FUNCTION_CALL' }), malformedCall],
		['a missing signature', event([], { finishReason: 'MISSING_THOUGHT_SIGNATURE' }), signature],
		['a malformed call after text', event([{ text: 'x' }], { finishReason: 'MALFORMED_FUNCTION_CALL' }), undefined],
		['a reason of tomorrow', event([], { finishReason: 'NEW_POLICY' }), blocked],
		[
			'an answer that is complete when an error follows',
			`${event([{ text: 'x' }], { finishReason: 'STOP' })}event: error\ndata: {}\n\n`,
			undefined,
		],
		[
			'an answer that speaks of "error"',
			event([{ text: '{"error": {"code": 503}}' }, { functionCall: { name: 'f', args: { error: 1 } } }], {
				finishReason: 'STOP',
			}),
			undefined,
		],
		['an error frame in words', 'event: error\ndata: upstream exploded\n\n', { type: 'fail', reason: 'unexpected' }],
	];
	for (const [name, body, action] of bodies) {
		it(name, async () => {
			const outcome = await answering(body);
			assert.deepEqual(action === undefined ? outcome.thrown : actionIn(outcome), action);
		});
	}

	it('stops at a block, although the stream goes on', async () => {
		let heard: AbortSignal | null | undefined;
		const body = new ReadableStream<Uint8Array>({
			start(controller) {
				const text = event([{ text: 'so far' }]) + 'data: {"promptFeedback":{"blockReason":"SAFETY"}}\n\n';
				controller.enqueue(new TextEncoder().encode(text));
			},
		});
		const gemini = roomOver((_, init) => {
			heard = init?.signal;
			return Promise.resolve(new Response(body));
		});
		const outcome = await run(gemini);
		assert.deepEqual(
			[outcome.thrown, outcome.text, outcome.chunks.at(-1)?.finishReason],
			[undefined, 'so far', 'SAFETY'],
		);
		assert.ok(heard?.aborted, 'the connection stays open');
	});

	it('keeps what came before an error in the same packet', async () => {
		const outcome = await answering(`${event([{ text: 'so far' }])}data: {"error":{"code":503,"message":"x"}}\n\n`);
		assert.deepEqual([outcome.text, actionIn(outcome)], ['so far', overloaded]);
	});

	it('reads the beginning of a huge error body alone', async () => {
		let read = 0;
		const given = { up: false };
		const piece = new TextEncoder().encode('y'.repeat(16_384));
		const stream = new ReadableStream<Uint8Array>({
			pull(controller) {
				controller.enqueue(read === 0 ? new TextEncoder().encode('{"error":{"code":429,"message":"') : piece);
				read += piece.length;
			},
			cancel() {
				given.up = true;
			},
		});
		const outcome = await run(roomOver(() => Promise.resolve(new Response(stream, { status: 429 }))));
		assert.deepEqual(actionIn(outcome), { type: 'coolDown', reason: 'capacity' });
		assert.ok(given.up && read < 400_000, String(read));
		assert.ok(failureIn(outcome).serviceMessage.length <= 1000);
	});
});

describe('gemini: before a byte is sent', () => {
	before(loadSdk);

	const unreachable: typeof globalThis.fetch = () => Promise.reject(new Error('nothing may be sent'));

	for (const [name, secret] of [
		['missing', ''],
		['holds a line break', `sim-${'x'.repeat(30)}\nsim-two`],
		['holds a curly quote', `sim-${'x'.repeat(30)}’`],
	] as const) {
		it(`quarantines a key that ${name}, and does not quote it`, async () => {
			const failure = failureIn(await run(roomOver(unreachable, { secret })));
			assert.deepEqual([failure.action.type, failure.action.reason, failure.sent], ['quarantine', 'badKey', false]);
			assert.ok(!failure.serviceMessage.includes('sim-'));
		});
	}

	it('refuses an address that must not see a key', async () => {
		const failure = failureIn(await run(roomOver(unreachable, { baseUrl: 'http://elsewhere.invalid' })));
		assert.deepEqual([failure.action, failure.sent], [{ type: 'fail', reason: 'unexpected' }, false]);
	});

	it('refuses a prompt without a question', async () => {
		for (const prompt of [
			{ turns: [] },
			question(''),
			{ turns: [...question().turns, { role: 'model' as const, content: [{ type: 'text' as const, text: 'x' }] }] },
			{ ...question(), options: { safetySettings: [{ category: 'no words', threshold: 'x' }] } },
		]) {
			const failure = failureIn(await run(roomOver(unreachable), { prompt }));
			assert.deepEqual([failure.action, failure.sent], [{ type: 'fail', reason: 'badRequest' }, false]);
		}
	});
});

describe('gemini: a cancel', () => {
	before(loadSdk);

	it('throws its own reason, before, while waiting and in the middle, and reaches the service', async () => {
		for (const failing of [{ kind: 'hang' }, { kind: 'hang', afterPieces: 1 }] as const) {
			const { gemini, clock, service } = faulty(failing);
			const controller = new AbortController();
			const reason = new Error('enough');
			const running = run(gemini, { signal: controller.signal });
			await clock.advance(1000);
			controller.abort(reason);
			const { thrown } = await clock.until(running);
			assert.equal(thrown, reason);
			assert.match(JSON.stringify(service.log[0]), /aborted|rejected:hang/);
			assert.equal(clock.pending, 0);
			assert.equal((await run(gemini, { signal: controller.signal })).thrown, reason);
			assert.equal(service.counts.calls, 1);
		}
	});

	it('does not wait for a keyring that hangs', async () => {
		const controller = new AbortController();
		const gemini = createGemini({
			secretOf: () => new Promise(() => undefined),
			baseUrl: () => 'https://simulator.invalid',
			mask: (text) => text,
			fetch: () => Promise.reject(new Error('nothing may be sent')),
		});
		const running = run(gemini, { signal: controller.signal });
		controller.abort(new Error('enough'));
		assert.match(String((await running).thrown), /enough/);
	});

	it('leaves the stream when the consumer does, and no listener on its signal', async () => {
		const { gemini, clock, service } = faulty({ kind: 'hang', afterPieces: 3 });
		const controller = new AbortController();
		let listeners = 0;
		const { signal } = controller;
		const add = signal.addEventListener.bind(signal);
		const remove = signal.removeEventListener.bind(signal);
		signal.addEventListener = (...args: Parameters<typeof add>): void => (listeners++, add(...args));
		signal.removeEventListener = (...args: Parameters<typeof remove>): void => (listeners--, remove(...args));
		const reading = (async () => {
			const stream = await gemini.open(question())({ key: 'k1' as never, model: flash, written: [] }, signal);
			for await (const chunk of stream) {
				return chunk;
			}
			return undefined;
		})();
		assert.ok((await clock.until(reading))?.output);
		await clock.settle();
		assert.match(JSON.stringify(service.log[0]), /aborted/);
		assert.equal(listeners, 0);
	});
});
