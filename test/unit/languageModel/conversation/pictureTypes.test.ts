import assert from 'node:assert/strict';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import {
	assistant,
	classes,
	DataPart,
	ToolCallPart,
	ToolResultPart,
	user,
} from '../../../support/languageModel/classes';
import { flash } from '../../../support/simulator/stand';

describe('the type of a picture or a sound', () => {
	it('is the right one of a JPEG, which editors and tools shorten, and of an SVG the text that it is', () => {
		const jpg = new DataPart(new Uint8Array([1, 2, 3]), 'image/JPG');
		const svg = new DataPart(new TextEncoder().encode('<svg/>'), 'image/svg+xml');
		const call = assistant(new ToolCallPart('1', 'draw', {}));
		const messages = readMessages([user(jpg, svg), call, user(new ToolResultPart('1', [jpg, svg]))], classes);
		const request = { messages, tools: [], isToolRequired: false, model: flash };
		const { turns } = convertRequest(request, new CallMemory(), () => false).prompt;
		const jpeg = { mimeType: 'image/jpeg', data: 'AQID' };
		assert.deepEqual(turns[0]?.content, [
			{ type: 'image', ...jpeg },
			{ type: 'text', text: '<svg/>' },
		]);
		const result = { type: 'result', name: 'draw', response: { output: '<svg/>' }, media: [jpeg] };
		assert.deepEqual(turns[2]?.content, [result]);
	});

	it('is no matter in the model’s own words: the service takes no picture there, and one that stands there is left out', () => {
		const png = new DataPart(new Uint8Array([1, 2, 3]), 'image/png');
		const svg = new DataPart(new TextEncoder().encode('<svg/>'), 'image/svg+xml');
		const messages = readMessages([user(svg), assistant(png, svg), user(svg)], classes);
		const request = { messages, tools: [], isToolRequired: false, model: flash };
		const { turns } = convertRequest(request, new CallMemory(), () => false).prompt;
		const told = { role: 'model', content: [{ type: 'text', text: '<svg/>' }] };
		assert.deepEqual([turns.length, turns[1]], [3, told]);
	});

	it('is known with what stands behind it, as a browser that records sound writes it', () => {
		const data = (mimeType: string) => new DataPart(new Uint8Array([1, 2, 3]), mimeType);
		const messages = readMessages([user(data('audio/webm;codecs=opus'), data('image/PNG; name=x'))], classes);
		const request = { messages, tools: [], isToolRequired: false, model: flash };
		assert.deepEqual(convertRequest(request, new CallMemory(), () => false).prompt.turns[0]?.content, [
			{ type: 'media', mimeType: 'audio/webm', data: 'AQID' },
			{ type: 'image', mimeType: 'image/png', data: 'AQID' },
		]);
	});
});
