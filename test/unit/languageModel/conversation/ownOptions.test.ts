import assert from 'node:assert/strict';
import { merged } from '../../../../src/generation/merged';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import { flash } from '../../../support/simulator/stand';
import { classes, said, system, user } from '../../../support/languageModel/classes';

describe('what a person says for their own questions, where an extension asks', () => {
	const generation = { system: 'Answer in rhyme.', stopSequences: ['\n'], store: false } as const;
	const sent = (messages: Parameters<typeof readMessages>[0], modelOptions: Readonly<Record<string, unknown>>) => {
		const request = { tools: [], isToolRequired: false, model: flash, modelOptions };
		const asked = { ...request, messages: readMessages(messages, classes) };
		const { options = {} } = convertRequest(asked, new CallMemory(), () => false).prompt;
		const { system: instruction, stopSequences, store } = merged(options, generation);
		return { instruction, stopSequences, store };
	};

	it('instructs no model and ends no answer; what Google may keep holds there, too', () => {
		const asked = [user(said('Go'))];
		assert.deepEqual(sent(asked, {}), { instruction: '', stopSequences: [], store: false });
		assert.deepEqual(sent([system(said('Be brief.')), ...asked], { stop: 'END' }), {
			...{ instruction: 'Be brief.', stopSequences: ['END'], store: false },
		});
	});
});
