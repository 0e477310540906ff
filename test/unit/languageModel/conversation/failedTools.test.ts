import assert from 'node:assert/strict';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import { assistant, classes, said, ToolCallPart, ToolResultPart, user } from '../../../support/languageModel/classes';
import { flash } from '../../../support/simulator/stand';

describe('a tool that failed', () => {
	it('tells the model so, also where it said nothing: an empty output would be a success', () => {
		const failed = (...content: readonly unknown[]) =>
			Object.assign(new ToolResultPart('1', content), { isError: true });
		const responseTo = (result: object): unknown => {
			const messages = readMessages([assistant(new ToolCallPart('1', 'look', {})), user(result)], classes);
			const request = { messages, tools: [], isToolRequired: false, model: flash };
			const content = convertRequest(request, new CallMemory(), () => false).prompt.turns.at(-1)?.content[0];
			return content?.type === 'result' ? content.response : undefined;
		};
		assert.deepEqual(responseTo(failed(said('No such file.'))), { error: 'No such file.' });
		assert.deepEqual(responseTo(failed()), { error: 'The call failed.' });
		assert.deepEqual(responseTo(new ToolResultPart('1', [])), { output: '' });
	});
});
