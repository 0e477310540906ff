import assert from 'node:assert/strict';
import type { Fault } from '../../../src/simulator/service';
import { createStand, flash } from '../../support/simulator/stand';

const root = 'https://simulator.invalid/v1beta';
const question = { model: flash, messages: [{ role: 'user', content: 'Hi [short]' }] };
const add = { type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } };

interface Answered {
	readonly status: number;
	readonly text: string;
	/** The events of a stream. */
	readonly events: readonly string[];
}

/** Sends a call to a simulator of its own. */
function createCaller(faults: readonly Fault[] = []) {
	const { service, clock } = createStand({ keys: [{ secret: 'sim-one', project: 'one', faults }] });
	return (
		path: string,
		body?: unknown,
		headers: Readonly<Record<string, string>> = { authorization: 'Bearer sim-one' },
	) => {
		const read = async (): Promise<Answered> => {
			const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
			const response = await service.fetch(`${root}${path}`, { ...init, headers });
			const text = await response.text();
			const events = text.split('\r\n\r\n').map((event) => event.replace(/^data: /, ''));
			return { status: response.status, text, events: events.filter((event) => event !== '') };
		};
		return clock.until(read());
	};
}

const json = (text: string): Record<string, never> => JSON.parse(text) as Record<string, never>;

describe('simulator: OpenAI’s path', () => {
	it('answers a chat completion, whole and streamed, with usage where it is asked for', async () => {
		const call = createCaller();
		const whole = json((await call('/openai/chat/completions', question)).text);
		assert.match(JSON.stringify(whole['choices']), /"content":"You asked .*"finish_reason":"stop"/);
		assert.ok(whole['usage']);
		const plain = await call('/openai/chat/completions', { ...question, stream: true });
		assert.equal(plain.events.at(-1), '[DONE]');
		assert.match(plain.events.at(-2) ?? '', /"finish_reason":"stop"/);
		const counted = await call('/openai/chat/completions', {
			...question,
			stream: true,
			stream_options: { include_usage: true },
		});
		assert.match(counted.events.at(-2) ?? '', /"choices":\[\],"usage":\{"completion_tokens":\d+/);
	});

	it('says which filter held an answer back, without a message where the question was blocked', async () => {
		const asked = async (fault: object): Promise<unknown> => {
			const call = createCaller([{ when: 'always', ...fault } as Fault]);
			return json((await call('/openai/chat/completions', question)).text)['choices'];
		};
		const reason = 'PROHIBITED_CONTENT';
		assert.deepEqual(await asked({ kind: 'blockedPrompt', reason }), [
			{ finish_reason: 'content_filter: PROHIBITED_CONTENT', index: 0 },
		]);
		assert.deepEqual(await asked({ kind: 'finish', reason: 'MALFORMED_FUNCTION_CALL', afterPieces: 0 }), [
			{
				message: { role: 'assistant' },
				finish_reason: 'function_call_filter: MALFORMED_FUNCTION_CALL',
				index: 0,
			},
		]);
	});

	it('refuses what OpenAI alone may keep of a request, as Google’s translation does', async () => {
		const { status, text } = await createCaller()('/openai/chat/completions', { ...question, store: false });
		assert.equal(status, 400);
		assert.match(text, /Invalid JSON payload received. Unknown name \\"store\\": Cannot find field./);
	});

	it('calls functions, signs the first call, and wants the signature back', async () => {
		const call = createCaller();
		const asks = { role: 'user', content: '[call add {"a":1}] [call add {"a":2}]' };
		const first = json((await call('/openai/chat/completions', { model: flash, messages: [asks], tools: [add] })).text);
		const [choice] = first['choices'] as unknown as {
			message: { tool_calls: Record<string, unknown>[] };
			finish_reason: string;
		}[];
		assert.ok(choice);
		const { message } = choice;
		assert.equal(choice.finish_reason, 'tool_calls');
		assert.deepEqual(
			message.tool_calls.map(({ extra_content: extra }) => extra !== undefined),
			[true, false],
		);
		const results = message.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'done' }));
		const goOn = (called: unknown) =>
			call('/openai/chat/completions', { model: flash, messages: [asks, called, ...results], tools: [add] });
		assert.match((await goOn(message)).text, /add: \{/);
		const bare = { ...message, tool_calls: message.tool_calls.map(({ extra_content: _, ...rest }) => rest) };
		const refused = await goOn(bare);
		assert.equal(refused.status, 400);
		assert.match(refused.text, /missing a thought_signature/);
	});

	it('leaves out the index of streamed calls, and ends them with “stop”, as Google does', async () => {
		const messages = [{ role: 'user', content: '[call add {"a":1}] [call add {"a":2}]' }];
		const { text } = await createCaller()('/openai/chat/completions', {
			...question,
			messages,
			tools: [add],
			stream: true,
		});
		assert.equal([...text.matchAll(/"id":"function-call-/g)].length, 2);
		assert.doesNotMatch(text, /"tool_calls":\[[^\]]*"index"/);
		assert.match(text, /"finish_reason":"stop"/);
	});

	it('wraps its errors in an array, whichever they are', async () => {
		const faults: Fault[] = [{ when: { nth: 1 }, kind: 'error', body: '429_rpm_free' }];
		const call = createCaller(faults);
		const answers = [
			await call('/openai/chat/completions', question),
			await call('/openai/chat/completions', { ...question, model: 'gemini-none' }),
			await call('/openai/chat/completions', question, { authorization: 'Bearer sim-other' }),
			await call('/openai/chat/completions', question, {
				authorization: 'Bearer sim-one',
				'x-goog-api-key': 'sim-one',
			}),
			await call('/openai/files', question),
		];
		assert.deepEqual(
			answers.map(({ status }) => status),
			[429, 404, 400, 400, 404],
		);
		for (const { text } of answers) assert.match(text, /^\[\s*\{\s*"error"/);
	});

	it('lists models and makes vectors in both dialects, counted against the quota of their model', async () => {
		const call = createCaller();
		assert.match((await call('/openai/models')).text, /"id": "models\/gemini-3.8-flash"/);
		assert.match((await call('/openai/models/gemini-3.8-flash')).text, /"object": "model"/);
		const model = 'gemini-embedding-001';
		const { data } = json((await call('/openai/embeddings', { model, input: ['a', 'b'] })).text);
		assert.equal((data as unknown as unknown[]).length, 2);
		const native = { 'x-goog-api-key': 'sim-one' };
		const content = { parts: [{ text: 'a' }] };
		const one = json((await call(`/models/${model}:embedContent`, { content }, native)).text);
		const many = json((await call(`/models/${model}:batchEmbedContents`, { requests: [{ content }] }, native)).text);
		assert.deepEqual((many['embeddings'] as unknown as unknown[])[0], one['embedding']);
		assert.equal((await call(`/models/${flash}:embedContent`, { content }, native)).status, 404);
	});

	it('packs vectors where the client asks for that, as OpenAI’s SDK does by itself', async () => {
		const call = createCaller();
		const asked = { model: 'gemini-embedding-001', input: 'a' };
		const read = async (more: object): Promise<unknown> => {
			const { data } = json((await call('/openai/embeddings', { ...asked, ...more })).text);
			return (data as unknown as { embedding: unknown }[])[0]?.embedding;
		};
		const numbers = await read({ encoding_format: 'float' });
		const packed = await read({ encoding_format: 'base64' });
		assert.ok(Array.isArray(numbers) && typeof packed === 'string');
		const bytes = Uint8Array.from(Buffer.from(packed, 'base64'));
		assert.deepEqual([...new Float32Array(bytes.buffer)], numbers.map(Math.fround));
	});
});
