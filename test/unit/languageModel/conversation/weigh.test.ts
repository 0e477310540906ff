import assert from 'node:assert/strict';
import { weigh } from '../../../../src/languageModel/conversation/weigh';
import { DataPart, said, ToolResultPart, user } from '../../../support/languageModel/classes';

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

	it('counts pictures and other files at their prices, also as the editor’s processes hand them over', () => {
		const bytes = new Uint8Array(20_000);
		const picture = weigh(user(new DataPart(bytes, 'image/png')));
		assert.deepEqual(picture, { bytes: 0, tokens: 1_120 });
		assert.deepEqual(weigh({ content: [{ mimeType: 'image/png', data: { buffer: bytes } }] }), picture);
		assert.deepEqual(weigh(user(new DataPart(bytes, 'application/pdf'))), { bytes: 0, tokens: 258 + 101 });
	});
});
