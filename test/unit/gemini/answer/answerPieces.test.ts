import assert from 'node:assert/strict';
import type { Prompt } from '../../../../src/gemini/gemini';
import { Failure } from '../../../../src/pool/pool';
import { loadSdk, mayCall, roomOver, run, type Run } from '../../../support/gemini/room';

/** Responses of the service with these candidates, through the real SDK. */
function answering(candidates: object | readonly object[], prompt?: Prompt): Promise<Run> {
	const all: readonly object[] = Array.isArray(candidates) ? candidates : [candidates];
	const body = all.map((candidate) => `data: ${JSON.stringify({ candidates: [candidate] })}\n\n`).join('');
	const room = roomOver(() =>
		Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
	);
	return run(room, prompt && { prompt });
}

describe('gemini: what an answer holds beside its text', () => {
	before(loadSdk);

	it('keeps code that the service ran, its result, and files of it apart from texts', async () => {
		const parts = [
			{ executableCode: { language: 'PYTHON', code: 'print(6*7)' } },
			{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' } },
			{ codeExecutionResult: { outcome: 'OUTCOME_FAILED', output: 'no' } },
			{ inlineData: { mimeType: 'image/png', data: 'aGk=' } },
		];
		const { chunks } = await answering({ content: { parts }, finishReason: 'STOP' });
		assert.deepEqual(
			chunks.map(({ output }) => output),
			[
				{ type: 'code', language: 'python', code: 'print(6*7)' },
				{ type: 'codeResult', outcome: '', output: '42\n' },
				{ type: 'codeResult', outcome: 'OUTCOME_FAILED', output: 'no' },
				{ type: 'file', mimeType: 'image/png' },
			],
		);
	});

	it('ends at its length where the service would go on in another request, which nobody makes', async () => {
		for (const part of [{ text: 'so far' }, { text: 'hm', thought: true }]) {
			const candidate = { content: { parts: [part] }, finishReason: 'CONTINUATION', continuationToken: 't' };
			const { chunks, thrown } = await answering(candidate);
			assert.deepEqual([thrown, chunks.at(-1)?.finishReason], [undefined, 'MAX_TOKENS']);
		}
	});

	it('names the sources of an answer once: search results, pages that were read, works that are quoted', async () => {
		const web = { uri: 'https://a.example/', title: 'A' };
		const facts = {
			groundingMetadata: {
				webSearchQueries: ['why', 'why'],
				groundingChunks: [{ web }, { web }, { retrievedContext: { uri: 'https://b.example/' } }, {}],
			},
			urlContextMetadata: {
				urlMetadata: [
					{ retrievedUrl: 'https://c.example/', urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS' },
					{ retrievedUrl: 'https://d.example/', urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_ERROR' },
				],
			},
			citationMetadata: {
				citationSources: [{ uri: 'https://e.example/', title: 'E', license: 'MIT' }, { license: 'x' }],
			},
		};
		const { chunks } = await answering({ content: { parts: [{ text: 'x' }] }, ...facts, finishReason: 'STOP' });
		assert.deepEqual(chunks.at(-1)?.output, {
			type: 'grounding',
			queries: ['why'],
			sources: [
				{ uri: 'https://a.example/', title: 'A' },
				{ uri: 'https://b.example/', title: 'https://b.example/' },
				{ uri: 'https://c.example/', title: 'https://c.example/' },
				{ uri: 'https://d.example/', title: 'https://d.example/ (URL_RETRIEVAL_STATUS_ERROR)' },
				{ uri: 'https://e.example/', title: 'E · MIT' },
				{ uri: '', title: 'x' },
			],
		});
	});

	it('is read from a gateway that writes null where the service says nothing', async () => {
		const none = {
			...{ thought: null, thoughtSignature: null, functionCall: null, executableCode: null },
			...{ codeExecutionResult: null, inlineData: null, fileData: null },
		};
		const call = { name: 'f', args: { a: null }, id: null };
		const body = {
			candidates: [
				{
					content: {
						role: 'model',
						parts: [{ ...none, text: 'a' }, { ...none, text: null, functionCall: call }, null],
					},
					...{ finishReason: 'STOP', finishMessage: null, groundingMetadata: null, citationMetadata: null },
				},
			],
			promptFeedback: { blockReason: null, safetyRatings: null },
			usageMetadata: { promptTokenCount: 3, candidatesTokenCount: null, promptTokensDetails: null },
			modelVersion: null,
		};
		const { chunks, thrown } = await run(
			roomOver(() => Promise.resolve(new Response(`data: ${JSON.stringify(body)}\n\n`))),
			{ prompt: mayCall },
		);
		assert.equal(thrown, undefined);
		assert.deepEqual(
			chunks.map(({ output }) => output),
			[
				{ type: 'text', text: 'a' },
				{ type: 'call', name: 'f', args: { a: null } },
			],
		);
		assert.deepEqual(chunks.at(-1)?.usage, { input: 3, cached: 0, output: 0, thoughts: 0 });
	});

	it('counts tokens as numbers, whatever a gateway writes for them', async () => {
		const candidates = [{ content: { parts: [{ text: 5 }, { text: 'a' }] }, finishReason: 'STOP' }];
		const usageMetadata = {
			...{ promptTokenCount: '7', toolUsePromptTokenCount: 1, cachedContentTokenCount: 'many' },
			...{ candidatesTokenCount: -1, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: '3' }] },
		};
		const body = `data: ${JSON.stringify({ candidates, usageMetadata })}\n\n`;
		const { chunks } = await run(roomOver(() => Promise.resolve(new Response(body))));
		assert.deepEqual(chunks, [
			{
				output: { type: 'text', text: 'a' },
				finishReason: 'STOP',
				usage: { input: 8, cached: 0, output: 0, thoughts: 0, toolUse: 1, inputAudio: 3 },
			},
		]);
	});

	it('goes on after a piece whose finish reason is empty', async () => {
		const piece = (text: string, more: object) =>
			`data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text, ...more }] }, finishReason: '' }], promptFeedback: { blockReason: '' } })}\n\n`;
		const body = `${piece('hm', { thought: true })}${piece('a', { thoughtSignature: '' })}`;
		const { chunks, thrown } = await run(roomOver(() => Promise.resolve(new Response(body))));
		assert.equal(thrown, undefined);
		assert.deepEqual(
			chunks.map(({ output, finishReason }) => [output?.type, finishReason]),
			[
				['thought', undefined],
				['text', undefined],
			],
		);
	});

	it('is no answer where it is the call of a function that nobody declared, told with its end or before it', async () => {
		const call = { functionCall: { name: 'undeclared', args: {} } };
		const finishReason = 'UNEXPECTED_TOOL_CALL';
		const together = [{ content: { parts: [call] }, finishReason }];
		const apart = [{ content: { parts: [call] } }, { content: { parts: [{ text: '' }] }, finishReason }];
		for (const [prompt, candidates] of [
			[undefined, together],
			[mayCall, together],
			[undefined, apart],
			[mayCall, apart],
		] as const) {
			const { chunks, thrown } = await answering(candidates, prompt);
			assert.ok(thrown instanceof Failure);
			assert.deepEqual([thrown.action.reason, chunks.filter(({ output }) => output)], ['emptyAnswer', []]);
		}
		const ended = [{ content: { parts: [call, { functionCall: { name: 'f' } }] } }, { finishReason: 'STOP' }];
		const { chunks } = await answering(ended, mayCall);
		assert.deepEqual(
			chunks.flatMap(({ output }) => (output?.type === 'call' ? [output.name] : [])),
			['f', 'undeclared'],
			'where the service takes it, an agent can say that there is no such tool',
		);
	});

	it('is no answer where it is thoughts and sources alone', async () => {
		const groundingMetadata = { webSearchQueries: ['why'] };
		const parts = [{ text: 'hm', thought: true }];
		const { thrown } = await answering({ content: { parts }, groundingMetadata, finishReason: 'STOP' });
		assert.ok(thrown instanceof Failure);
		assert.equal(thrown.action.reason, 'emptyAnswer');
	});

	it('is read for what is as it should be: a proxy may write the rest otherwise', async () => {
		const text = { text: 'Yes' };
		const good = { content: { parts: [text] }, finishReason: 'STOP' };
		for (const odd of [
			{ ...good, content: { parts: [null, 5, 'x', { text: 5 }, text] } },
			{ ...good, content: { parts: [text, { functionCall: 'f' }, { inlineData: 'x' }] } },
			{ ...good, groundingMetadata: { groundingChunks: [null, { web: 'x' }], webSearchQueries: [5] } },
			{ ...good, groundingMetadata: { groundingChunks: 'x', webSearchQueries: {} } },
			{ ...good, urlContextMetadata: 'x', citationMetadata: { citationSources: [null, { uri: 5, license: {} }] } },
		]) {
			const { chunks, thrown } = await answering(odd);
			const outputs = chunks.flatMap(({ output }) => output ?? []);
			assert.deepEqual(
				[thrown, outputs, chunks.at(-1)?.finishReason],
				[undefined, [{ type: 'text', ...text }], 'STOP'],
			);
		}
		const code = { executableCode: { language: 5, code: 'x' } };
		const { chunks } = await answering({ content: { parts: [code] }, finishReason: 'STOP' });
		assert.deepEqual(chunks[0]?.output, { type: 'code', language: '', code: 'x' });
		const unread = await answering({ content: { parts: 'Yes' }, finishReason: 'STOP' });
		assert.ok(unread.thrown instanceof Failure && unread.thrown.action.reason === 'emptyAnswer');
	});
});
