import assert from 'node:assert/strict';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';
import { readMessages } from '../../../../src/languageModel/conversation/hostParts';
import { convertRequest } from '../../../../src/languageModel/conversation/request';
import { flash } from '../../../support/simulator/stand';
import { assistant, classes, said, ToolCallPart, ToolResultPart, user } from '../../../support/languageModel/classes';

describe('the service’s own id of a call', () => {
	it('is remembered, also that there was none, which a host may not know; of another provider’s call nothing is known', () => {
		const memory = new CallMemory();
		memory.keepCall('1', { model: flash, id: 'own' });
		memory.keepCall('2', { model: flash });
		const names = ['1', '2', '3'];
		const messages = [
			user(said('Go')),
			assistant(...names.map((id) => new ToolCallPart(id, 'look', {}))),
			user(...names.map((id) => new ToolResultPart(id, [said('seen')]))),
		];
		const request = { messages: readMessages(messages, classes), tools: [], isToolRequired: false, model: flash };
		const [, ...turns] = convertRequest(request, memory, () => false).prompt.turns;
		const ids = turns.map(({ content }) =>
			content.map((one) => (one.type === 'call' || one.type === 'result' ? one.id : one.type)),
		);
		assert.deepEqual(ids, [
			['own', '', undefined],
			['own', '', undefined],
		]);
	});
});

describe('a call that another extension hands over', () => {
	it('has its result also where its id is a number, or left out as Gemini’s own often are: nothing is lost', () => {
		for (const ids of [
			[1, 2],
			[undefined, undefined],
		]) {
			const messages = [
				user(said('Go')),
				assistant(...ids.map((id, n) => Reflect.construct(ToolCallPart, [id, `look_${n}`, {}]) as object)),
				user(...ids.map((id, n) => Reflect.construct(ToolResultPart, [id, [said(`seen ${n}`)]]) as object)),
			];
			const request = { messages: readMessages(messages, classes), tools: [], isToolRequired: false, model: flash };
			const { turns } = convertRequest(request, new CallMemory(), () => false).prompt;
			const results = turns[2]?.content.flatMap((one) => (one.type === 'result' ? [[one.name, one.response]] : []));
			assert.deepEqual(results, [
				['look_0', { output: 'seen 0' }],
				['look_1', { output: 'seen 1' }],
			]);
		}
	});

	it('has its input also where that is JSON, as OpenAI’s clients have it: the model read that it had said nothing', () => {
		const inputOf = (input: string): unknown => {
			const call = Reflect.construct(ToolCallPart, ['1', 'look', input]) as object;
			const messages = readMessages([user(said('Look')), assistant(call)], classes);
			const request = { messages, tools: [], isToolRequired: false, model: flash };
			const content = convertRequest(request, new CallMemory(), () => false).prompt.turns[1]?.content[0];
			return content?.type === 'call' ? content.args : undefined;
		};
		assert.deepEqual([inputOf('{"at":1}'), inputOf(''), inputOf('[1]')], [{ at: 1 }, {}, {}]);
	});
});
