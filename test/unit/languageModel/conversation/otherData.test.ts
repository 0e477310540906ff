import assert from 'node:assert/strict';
import type { Content } from '../../../../src/gemini/gemini';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages, type RawMessage } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import {
	assistant,
	classes,
	DataPart,
	said,
	ToolCallPart,
	ToolResultPart,
	user,
} from '../../../support/languageModel/classes';
import { flash } from '../../../support/simulator/stand';

const zip = new DataPart(new Uint8Array([80, 75, 3, 4]), 'application/zip');
const leftOut = '[application/zip, 4 bytes: left out, because this model does not take it]';

describe('data that no model takes', () => {
	function contents(...messages: readonly RawMessage[]): readonly (readonly Content[])[] {
		const request = { messages: readMessages(messages, classes), tools: [], isToolRequired: false, model: flash };
		return convertRequest(request, new CallMemory(), () => false).prompt.turns.map(({ content }) => content);
	}

	it('is named to the model, which would otherwise take the question for one without it', () => {
		assert.deepEqual(contents(user(said('What is in it?'), zip)), [
			[
				{ type: 'text', text: 'What is in it?' },
				{ type: 'text', text: leftOut },
			],
		]);
	});

	it('is named whatever its type is called, without its parameters; what is text stays one', () => {
		const named = (mimeType: string) => contents(user(new DataPart(new Uint8Array([1]), mimeType)))[0]?.[0];
		for (const [given, name] of [
			['application/zip; charset=binary', 'application/zip'],
			['application/x-own!#$&^_type', 'application/x-own!#$&^_type'],
			['image/*', 'image/*'],
		] as const) {
			const text = `[${name}, 1 bytes: left out, because this model does not take it]`;
			assert.deepEqual(named(given), { type: 'text', text });
		}
		assert.deepEqual(named('text/x-own#lines; charset=utf-8'), { type: 'text', text: '\u0001' });
	});

	it('is none where it is a text in UTF-16, as Windows PowerShell writes', () => {
		const utf16 = Uint8Array.from([255, 254, ...Buffer.from('Khóa', 'utf16le')]);
		const [content] = contents(user(new DataPart(utf16, 'text/plain')));
		assert.deepEqual(content, [{ type: 'text', text: 'Khóa' }]);
	});

	it('is named in the result of a tool, which would otherwise be one that found nothing', () => {
		const [, , result] = contents(
			user(said('Get it')),
			assistant(new ToolCallPart('1', 'get', {})),
			user(new ToolResultPart('1', [zip])),
		);
		assert.deepEqual(result, [{ type: 'result', name: 'get', response: { output: leftOut } }]);
	});

	it('is nothing that the model has said, and no marker that an editor leaves for itself', () => {
		const marker = new DataPart(new Uint8Array([1]), 'stateful_marker');
		const [, answer, question] = contents(user(said('Hi')), assistant(said('Hello'), zip), user(said('And?'), marker));
		assert.deepEqual(answer, [{ type: 'text', text: 'Hello' }]);
		assert.deepEqual(question, [{ type: 'text', text: 'And?' }]);
	});
});
