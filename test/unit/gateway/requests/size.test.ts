import assert from 'node:assert/strict';
import { sizeOfBody } from '../../../../src/gateway/requests/size';

const picture = 'A'.repeat(400_000);

describe('the size of a body', () => {
	it('is that of its texts, in bytes of UTF-8, in whichever dialect', () => {
		assert.deepEqual(sizeOfBody({ contents: [{ parts: [{ text: 'Grüße 🙂' }] }] }), { bytes: 12, tokens: 0 });
		assert.deepEqual(sizeOfBody({ messages: [{ content: 'abc' }, { content: [{ text: 'de' }] }] }), {
			bytes: 5,
			tokens: 0,
		});
		assert.deepEqual(sizeOfBody({ input: ['abc', 'de'] }), { bytes: 5, tokens: 0 });
		assert.deepEqual(sizeOfBody({ input: `a${'🙂é'.repeat(20_000)}` }), { bytes: 120_001, tokens: 0 });
	});

	it('takes pictures and files at a fixed price, and never their base64 for text', () => {
		for (const part of [
			{ inlineData: { mimeType: 'image/png', data: picture } },
			{ inline_data: { mime_type: 'image/jpeg', data: picture } },
			{ image_url: { url: `data:image/png;base64,${picture}` } },
			{ type: 'input_image', image_url: `data:image/webp;charset=x;base64,${picture}` },
			{ functionResponse: { response: {}, parts: [{ inlineData: { mimeType: 'image/png', data: picture } }] } },
		]) {
			const { bytes, tokens } = sizeOfBody({ contents: [{ parts: [part] }] });
			assert.ok(bytes < 40 && tokens === 1_120, JSON.stringify([bytes, tokens]));
		}
		const sound = sizeOfBody({ messages: [{ content: [{ input_audio: { data: picture, format: 'mp3' } }] }] });
		assert.deepEqual(sound, { bytes: 0, tokens: 858 });
		assert.deepEqual(sizeOfBody({ fileData: { fileUri: 'https://x/files/a', mimeType: 'video/mp4' } }), {
			bytes: 0,
			tokens: 258,
		});
	});

	it('takes a text for a text that begins as a picture would: its client would be charged for a thousand tokens in place of a million', () => {
		const text = `data:image/png;base64,${'some words '.repeat(10_000)}`;
		for (const body of [
			{ contents: [{ parts: [{ text }] }] },
			{ systemInstruction: { parts: [{ text }] } },
			{ contents: [{ parts: [{ functionResponse: { name: 'read', response: { url: text } } }] }] },
			{ messages: [{ role: 'user', content: text }] },
			{ messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
		])
			assert.ok(sizeOfBody(body).bytes >= text.length, JSON.stringify(body).slice(0, 100));
		const file = { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${picture}` } };
		assert.ok(sizeOfBody({ messages: [{ content: [file] }] }).bytes < 40);
	});

	it('counts what the model reads of tools with its names, and no signature', () => {
		const tools = [
			{
				functionDeclarations: [{ name: 'add', parameters: { type: 'object', properties: { a: { type: 'integer' } } } }],
			},
		];
		const { bytes } = sizeOfBody({ tools });
		const written = JSON.stringify(tools).length;
		assert.ok(bytes > written * 0.6 && bytes < written * 1.1, `${bytes} of ${written}`);
		const signed = { parts: [{ functionCall: { name: 'add', args: { a: 1 } }, thoughtSignature: picture }] };
		assert.ok(sizeOfBody(signed).bytes < 50);
	});

	it('counts the names in a schema for the answer as well, wherever it stands', () => {
		const schema = { type: 'object', properties: { quite_a_long_name: { type: 'string' } } };
		const written = JSON.stringify(schema).length;
		for (const body of [
			{ generationConfig: { responseSchema: schema } },
			{ generation_config: { response_schema: schema } },
			{ generationConfig: { responseJsonSchema: schema } },
			{ generation_config: { response_json_schema: schema } },
			{ response_format: { type: 'json_schema', json_schema: { schema } } },
		]) {
			const { bytes } = sizeOfBody(body);
			assert.ok(bytes > written * 0.6, `${bytes} of ${written}: ${JSON.stringify(body)}`);
		}
	});

	it('takes for text what a tool was called with and what it gave back, whatever its fields are called', () => {
		const text = 'some words '.repeat(1_000);
		for (const part of [
			{ functionCall: { name: 'edit', args: { fileUri: 'file:///a.ts', text } } },
			{ functionResponse: { name: 'read', response: { file_uri: 'file:///a.ts', text } } },
			{ functionResponse: { name: 'read', response: { format: 'json', data: text } } },
			{ functionResponse: { name: 'read', response: { mimeType: 'image/png', data: `${'A'.repeat(200)}${text}` } } },
		]) {
			const { bytes } = sizeOfBody({ contents: [{ parts: [part] }] });
			assert.ok(bytes > text.length, `${bytes}: ${Object.keys(part).join()}`);
		}
	});

	it('counts a number of a tool by its digits, and lists by what holds them together', () => {
		for (const data of [
			Array.from({ length: 1_000 }, (_, n) => 1_000_000.123456789 + n),
			Array.from({ length: 1_000 }, () => []),
			Array.from({ length: 1_000 }, (_, n) => (n % 2 === 0 ? null : false)),
		]) {
			const written = JSON.stringify(data).length;
			const { bytes } = sizeOfBody({
				contents: [{ parts: [{ functionResponse: { name: 'read', response: { data } } }] }],
			});
			assert.ok(bytes > written * 0.6 && bytes < written * 1.1, `${bytes} of ${written}`);
		}
	});

	it('is found of a body that is nested as deeply as it can be', () => {
		const depth = 100_000;
		const body: unknown = JSON.parse(`${'['.repeat(depth)}"abc"${']'.repeat(depth)}`);
		assert.equal(sizeOfBody({ contents: body }).bytes, 3);
	});
});
