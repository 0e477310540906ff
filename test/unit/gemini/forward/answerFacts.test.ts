import assert from 'node:assert/strict';
import { factsOf } from '../../../../src/gemini/forward/answerFacts';

describe('what the pool learns of a piece in OpenAI’s words', () => {
	const facts = (json: object) => factsOf('openai', json);

	it('is the model by its own name, which the service may write as that of a resource', () => {
		assert.equal(facts({ model: 'models/gemini-3.8-flash' }).servedModel, 'gemini-3.8-flash');
		assert.equal(facts({ model: 'gemini-3.8-flash' }).servedModel, 'gemini-3.8-flash');
	});

	it('is that an answer has begun: with a text or a call of a tool, streamed or not, and not with a role alone', () => {
		const calls = [{ index: 0, id: 'c', function: { name: 'now', arguments: '{}' } }];
		const hasContent = (message: object): readonly boolean[] =>
			[{ delta: message }, { message }].map((choice) => facts({ choices: [choice] }).hasContent);
		assert.deepEqual(hasContent({ content: 'Hi' }), [true, true]);
		assert.deepEqual(hasContent({ tool_calls: calls }), [true, true]);
		assert.deepEqual(hasContent({ role: 'assistant' }), [false, false]);
	});

	it('is thoughts apart from the answer, whether what was completed has them in it or the sum alone', () => {
		const usage = (completed: number, total: number) =>
			facts({
				usage: {
					...{ prompt_tokens: 10, completion_tokens: completed, total_tokens: total },
					completion_tokens_details: { reasoning_tokens: 12 },
				},
			}).usage;
		assert.deepEqual(usage(20, 30), { input: 10, cached: 0, output: 8, thoughts: 12 });
		assert.deepEqual(usage(8, 30), { input: 10, cached: 0, output: 8, thoughts: 12 });
	});
});
