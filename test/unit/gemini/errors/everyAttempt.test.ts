import assert from 'node:assert/strict';
import type { Prompt } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { Asked, Rig, answers } from '../../../support/pool/rig';
import { flash } from '../../../support/simulator/stand';
import { loadSdk } from '../../../support/gemini/room';

const lite = 'gemini-3.5-flash-lite';
/** A conversation with a picture, and every option there is. */
const prompt: Prompt = {
	turns: [
		{ role: 'user', content: [{ type: 'text', text: 'What is this?' }] },
		{ role: 'model', content: [{ type: 'text', text: 'I need a picture.' }] },
		{
			role: 'user',
			content: [
				{ type: 'text', text: 'Here: größe 🌍' },
				{ type: 'image', mimeType: 'image/png', data: 'aGk=' },
			],
		},
	],
	options: {
		system: 'Be brief.',
		temperature: 0.5,
		topP: 0.9,
		maxOutputTokens: 10,
		stopSequences: ['END'],
		thinking: 'low',
		safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
		responseSchema: { type: 'object', properties: { name: { type: 'string' } } },
		functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } }],
	},
};
const image = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };
const asked = {
	contents: [
		{ role: 'user', parts: [{ text: 'What is this?' }] },
		{ role: 'model', parts: [{ text: 'I need a picture.' }] },
		{ role: 'user', parts: [{ text: 'Here: größe 🌍' }, image] },
	],
	systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' },
	generationConfig: {
		temperature: 0.5,
		topP: 0.9,
		maxOutputTokens: 10,
		stopSequences: ['END'],
		thinkingConfig: { thinkingLevel: 'LOW' },
		responseMimeType: 'application/json',
		responseJsonSchema: { type: 'object', properties: { name: { type: 'string' } } },
	},
	safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
	tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } }] }],
};

const refused = (status: number, name: string) => (): Response =>
	Response.json({ error: { code: status, status: name, message: name } }, { status });
const streamed =
	(...parts: readonly object[]) =>
	(): Response =>
		new Response(parts.map((candidate) => `data: ${JSON.stringify({ candidates: [candidate] })}\n\n`).join(''), {
			headers: { 'content-type': 'text/event-stream' },
		});
const piece = { content: { parts: [{ text: 'half' }] } };
const broken = streamed(piece);
const whole = streamed(piece, { finishReason: 'STOP' });
const overloaded = refused(503, 'UNAVAILABLE');

/** One request through pool and SDK against a service that answers so, in order. */
async function sent(service: readonly (() => Response)[]) {
	const rig = new Rig({ a: {}, b: {} }, answers);
	const bodies: unknown[] = [];
	const calls: string[] = [];
	const gemini = createGemini({
		secretOf: (key) => Promise.resolve(`sim-${key}`),
		baseUrl: () => 'https://simulator.invalid',
		mask: (text) => text,
		fetch: (input, init) => {
			const { url, headers } = new Request(input, init);
			bodies.push(JSON.parse(typeof init?.body === 'string' ? init.body : ''));
			const model = /models\/([^:]+)/.exec(url)?.[1];
			calls.push(`${String(model)} ${String(headers.get('x-goog-api-key'))}`);
			return Promise.resolve((service[calls.length - 1] ?? whole)());
		},
	});
	const request = rig.request({ models: [flash, lite], recovery: 'retract' });
	const outcome = new Asked(
		rig.pool.stream(request, async function* (on, signal) {
			for await (const { output, ...chunk } of gemini.open(prompt)(
				{ ...on, written: on.written.map((text) => ({ type: 'text', text })) },
				signal,
			)) {
				yield { ...chunk, ...(output?.type === 'text' ? { output: output.text } : {}) };
			}
		}),
	);
	await rig.clock.until(outcome.ended);
	return { bodies, calls, outcome };
}

describe('gemini: a request with history, a picture and every option', () => {
	before(loadSdk);

	const ways: Readonly<Record<string, readonly [service: readonly (() => Response)[], calls: readonly string[]]>> = {
		'on another key, after a 429': [[refused(429, 'RESOURCE_EXHAUSTED')], [`${flash} sim-a`, `${flash} sim-b`]],
		'on the same key once more, after a 500': [[refused(500, 'INTERNAL')], [`${flash} sim-a`, `${flash} sim-a`]],
		'after a stream that broke off': [[broken], [`${flash} sim-a`, `${flash} sim-a`]],
		'on the fallback model, after 503 each time': [
			[overloaded, overloaded, overloaded, overloaded, overloaded],
			[...Array.from({ length: 5 }, () => `${flash} sim-a`), `${lite} sim-b`],
		],
		'on the fallback model and another key, when every key is used up for the wanted one': [
			[refused(429, 'RESOURCE_EXHAUSTED'), refused(429, 'RESOURCE_EXHAUSTED'), refused(500, 'INTERNAL')],
			[`${flash} sim-a`, `${flash} sim-b`, `${lite} sim-a`, `${lite} sim-a`],
		],
	};
	for (const [name, [service, calls]] of Object.entries(ways)) {
		it(`is sent unchanged ${name}`, async () => {
			const done = await sent(service);
			assert.deepEqual(done.calls, calls);
			assert.equal(done.outcome.text, 'half');
			for (const body of done.bodies) assert.deepEqual(body, asked);
		});
	}
});
