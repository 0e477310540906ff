import assert from 'node:assert/strict';
import { weigh } from '../../../../src/languageModel/conversation/weigh';
import {
	DataPart,
	said,
	ThinkingPart,
	ToolCallPart,
	ToolResultPart,
	TsxPart,
	user,
} from '../../../support/languageModel/classes';

describe('what a message of the editor weighs', () => {
	const data = (text: string, mimeType: string) => new DataPart(new TextEncoder().encode(text), mimeType);
	const bytesOf = (...parts: readonly object[]) => weigh(user(...parts)).bytes;

	it('is what is sent of it: data that is text weighs as a text, and a marker of an editor nothing', () => {
		const json = JSON.stringify({ found: 'é'.repeat(1_000) });
		const asText = weigh(user(said(json)));
		assert.deepEqual(weigh(user(data(json, 'application/json'))), asText);
		assert.deepEqual(weigh(user(new ToolResultPart('1', [data(json, 'application/json')]))), asText);
		assert.deepEqual(weigh(user(said(json), data('ephemeral', 'cache_control'))), asText);
		assert.equal(bytesOf(data('a,b', 'text/csv; charset=utf-8')), 3);
	});

	it('counts a tool call with all of its input, whatever its fields are called', () => {
		const input = { metadata: { type: 'a'.repeat(500) }, numbers: [1, 2, 3], isDry: true };
		const { length } = `write${JSON.stringify(input)}`;
		assert.equal(bytesOf(new ToolCallPart('call_1', 'write', input)), length);
		// As the editor's processes hand it over.
		const part = { type: 'tool_use', toolCallId: 'call_1', name: 'write', parameters: input };
		assert.equal(weigh({ role: 2, content: [part] }).bytes, length);
	});

	it('counts of a thought what goes back: its signature, where it is one of ours', () => {
		const metadata = { signature: 's'.repeat(300), model: 'gemini-3.8-flash' };
		const thought = new ThinkingPart('hm '.repeat(1_000), undefined, metadata);
		assert.equal(bytesOf(said('Yes'), thought), 303);
		assert.equal(bytesOf(new ThinkingPart('hm', undefined, { signature: 'of another' })), 0);
		assert.equal(bytesOf(new ThinkingPart('hm')), 0);
		assert.equal(weigh({ role: 2, content: [{ type: 'thinking', value: 'hm' }] }).bytes, 0);
		assert.equal(weigh({ role: 2, content: [{ type: 'thinking', value: 'hm', metadata }] }).bytes, 300);
	});

	it('counts what a tool rendered, however deep it lies, and no name of who says it', () => {
		let node: object = { type: 2, text: 'found' };
		for (let level = 0; level < 40; level++) node = { type: 1, children: [node] };
		assert.equal(bytesOf(new ToolResultPart('1', [new TsxPart({ node })])), 5);
		const references = [{ anchor: { scheme: 'file', path: '/somewhere/far.ts' } }];
		node = { type: 1, ctor: 1, ctorName: 'Tag', props: { name: 'file' }, references, children: [node] };
		assert.equal(bytesOf(new ToolResultPart('1', [new TsxPart({ node })])), 5);
		assert.equal(weigh({ ...user(said('Hi')), name: 'Somebody' }).bytes, 2);
	});

	it('counts pictures and other files at their prices, also as the editor’s processes hand them over', () => {
		const bytes = new Uint8Array(20_000);
		const picture = weigh(user(new DataPart(bytes, 'image/png')));
		assert.deepEqual(picture, { bytes: 0, tokens: 1_120 });
		assert.deepEqual(weigh({ content: [{ mimeType: 'image/png', data: { buffer: bytes } }] }), picture);
		assert.deepEqual(weigh(user(new DataPart(bytes, 'application/pdf'))), { bytes: 0, tokens: 258 + 101 });
	});
});
