import assert from 'node:assert/strict';
import { createStand, flash } from '../../support/simulator/stand';

describe('simulator: answers through the real SDK', () => {
	it('streams Markdown that quotes the question and holds the nonce of the log', async () => {
		const { stream, service } = createStand();
		const { texts, finishReason, error } = await stream('How do I sort a list?');
		const text = texts.join('');
		assert.equal(error, undefined);
		assert.equal(finishReason, 'STOP');
		assert.ok(texts.length > 5);
		assert.match(text, /^## /m);
		assert.match(text, /^- /m);
		assert.match(text, /^```typescript\n[^`]/m);
		assert.match(text, /^\| --- \| --- \|$/m);
		assert.match(text, /> How do I sort a list\?/);
		const [entry] = service.log;
		assert.match(entry?.nonce ?? '', /^sim-answer-[0-9a-f]{12}$/);
		assert.ok(text.includes(entry?.nonce ?? '-'));
		assert.equal(entry?.outcome, 'answered');
		assert.equal(entry.end, 'complete');
		assert.equal(entry.question, 'How do I sort a list?');
	});

	it('answers in one body, names the resolved model and counts tokens', async () => {
		const { client, clock, service } = createStand();
		const answer = await clock.until(
			client().models.generateContent({ model: 'gemini-flash-latest', contents: 'Hello there, simulator' }),
		);
		assert.equal(answer.modelVersion, flash);
		assert.equal(answer.candidates?.[0]?.finishReason, 'STOP');
		const usage = answer.usageMetadata;
		assert.ok(usage);
		assert.equal(
			usage.totalTokenCount,
			(usage.promptTokenCount ?? NaN) + (usage.candidatesTokenCount ?? NaN) + (usage.thoughtsTokenCount ?? NaN),
		);
		assert.equal(usage.promptTokenCount, service.log[0]?.inputTokens);
		const counted = await clock.until(
			client().models.countTokens({ model: flash, contents: 'Hello there, simulator' }),
		);
		assert.equal(counted.totalTokens, usage.promptTokenCount);
		assert.deepEqual(
			service.log.map(({ model }) => model),
			[flash, flash],
		);
	});

	it('gives one sentence, 10,000 tokens, JSON, thoughts and a cut answer when asked to', async () => {
		const { stream, client, clock } = createStand();
		const short = (await stream('[short] please')).texts.join('');
		assert.equal(short.trim().split('\n').length, 1);
		const long = (await stream('[long] please')).texts.join('');
		assert.ok(long.split('\n').length > 3000);
		assert.ok(long.length > 35_000 && long.length < 60_000, String(long.length));

		const json = await clock.until(
			client().models.generateContent({
				model: flash,
				contents: 'a city',
				config: {
					responseMimeType: 'application/json',
					responseJsonSchema: {
						type: 'object',
						properties: {
							name: { type: 'string' },
							size: { type: 'integer' },
							tags: { type: 'array', items: { enum: ['a', 'b'] } },
						},
					},
				},
			}),
		);
		const value: unknown = JSON.parse(json.text ?? '');
		assert.ok(typeof value === 'object' && value !== null && 'name' in value && 'size' in value && 'tags' in value);
		assert.equal(value.size, 1);
		assert.deepEqual(value.tags, ['a']);

		const thought = await clock.until(
			client().models.generateContent({
				model: flash,
				contents: 'x',
				config: { thinkingConfig: { includeThoughts: true } },
			}),
		);
		assert.deepEqual(
			thought.candidates?.[0]?.content?.parts?.map((part) => part.thought ?? false),
			[true, false],
		);

		const cut = await clock.until(
			client().models.generateContent({ model: flash, contents: 'x', config: { maxOutputTokens: 10 } }),
		);
		assert.equal(cut.candidates?.[0]?.finishReason, 'MAX_TOKENS');
		assert.equal(cut.usageMetadata?.candidatesTokenCount, 10);
	});

	it('lists models page by page, with what each can do; aliases on v1beta only', async () => {
		const { client, clock, service } = createStand();
		const names: string[] = [];
		const pager = await clock.until(client().models.list({ config: { pageSize: 2 } }));
		for await (const model of pager) {
			names.push(model.name ?? '');
			assert.equal(model.supportedActions?.includes('generateContent'), !model.name?.includes('embedding'));
		}
		assert.equal(names.length, 7);
		assert.ok(names.includes('models/gemini-pro-latest'));
		assert.equal((await clock.until(client().models.get({ model: flash }))).inputTokenLimit, 1_048_576);
		const headers = { 'x-goog-api-key': 'sim-one' };
		const alias = await service.fetch('https://simulator.invalid/v1/models/gemini-pro-latest', { headers });
		assert.equal(alias.status, 404);
		const known = await service.fetch(`https://simulator.invalid/v1/models/${flash}`, { headers });
		assert.equal(known.status, 200);
	});

	it('streams one JSON array without alt=sse', async () => {
		const { service, clock } = createStand();
		const response = await service.fetch(`https://simulator.invalid/v1/models/${flash}:streamGenerateContent`, {
			method: 'POST',
			headers: { 'x-goog-api-key': 'sim-one' },
			body: JSON.stringify({ contents: [{ parts: [{ text: '[short] x' }] }] }),
		});
		const text = await clock.until(response.text());
		const events: unknown = JSON.parse(text);
		assert.ok(Array.isArray(events));
		assert.equal(events.length, 2);
		// What readers of this form cut at.
		assert.equal(text.split('\n,\r\n').length, 2);
		assert.ok(text.endsWith('\n]\n'));
	});

	it('reads fields in both spellings, as the service does: LiteLLM and many scripts write them with underscores', async () => {
		const { service, clock } = createStand();
		const asked = async (body: object): Promise<string> => {
			const response = await service.fetch(`https://simulator.invalid/v1beta/models/${flash}:generateContent`, {
				method: 'POST',
				headers: { 'x-goog-api-key': 'sim-one' },
				body: JSON.stringify(body),
			});
			const text = await clock.until(response.text());
			return (JSON.parse(text) as { candidates: { content: { parts: { text: string }[] } }[] }).candidates
				.flatMap(({ content }) => content.parts.map((part) => part.text))
				.join('');
		};
		const contents = [{ role: 'user', parts: [{ text: 'Add [short]' }] }];
		const form = { response_mime_type: 'application/json', response_schema: { type: 'OBJECT' } };
		assert.deepEqual(JSON.parse(await asked({ contents, generation_config: form })), {});
		const turns = [
			...contents,
			{
				role: 'model',
				parts: [{ function_call: { name: 'add', args: {} }, thought_signature: 'skip_thought_signature_validator' }],
			},
			{ role: 'user', parts: [{ function_response: { name: 'add', response: { output: 'three' } } }] },
		];
		assert.match(await asked({ contents: turns }), /add: \{"output":"three"\}/);
	});

	it('takes one thing in place of a list, as the service does and its samples have it', async () => {
		const { service, clock } = createStand();
		const response = await service.fetch(`https://simulator.invalid/v1beta/models/${flash}:generateContent`, {
			method: 'POST',
			headers: { 'x-goog-api-key': 'sim-one' },
			body: JSON.stringify({
				system_instruction: { parts: { text: 'Be kind.' } },
				contents: { parts: { text: 'One?' } },
			}),
		});
		assert.match(await clock.until(response.text()), /> One\?/);
	});

	it('holds a stream after its first piece until it is released', async () => {
		const { client, clock, service } = createStand();
		const hold = service.hold(({ question }) => question === 'wait');
		const seen: string[] = [];
		const end = (): string | undefined => service.log[0]?.end;
		const reading = (async (): Promise<void> => {
			for await (const chunk of await client().models.generateContentStream({ model: flash, contents: 'wait' })) {
				seen.push(chunk.text ?? '');
			}
		})();
		await clock.advance(60_000);
		await hold.reached;
		assert.deepEqual(seen, ['## A simulated answer\n\n']);
		assert.equal(end(), 'open');
		hold.release();
		await clock.until(reading);
		assert.match(seen.join(''), /That is all\.\n$/);
		assert.equal(end(), 'complete');
	});
});
