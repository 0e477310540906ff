import assert from 'node:assert/strict';
import { answerBounds } from '../../../../src/gateway/requests/answerBounds';

describe('what a body says of the price of its answer', () => {
	it('is read in each spelling that Google takes: a tier that is not known would cost as if it were standard', () => {
		for (const [tier, known] of [
			['flex', 'flex'],
			['SERVICE_TIER_PRIORITY', 'priority'],
			['service_tier_flex', 'flex'],
			['SERVICE_TIER_UNSPECIFIED', undefined],
			[3, undefined],
		] as const) {
			for (const body of [{ serviceTier: tier }, { service_tier: tier }])
				assert.equal(answerBounds('gemini', body).serviceTier, known, String(tier));
			assert.equal(answerBounds('openai', { service_tier: tier }).serviceTier, known, String(tier));
		}
		const most = { maxOutputTokens: '100', candidateCount: 3 };
		for (const body of [{ generationConfig: most }, { generation_config: most }])
			assert.deepEqual(answerBounds('gemini', body), { answers: 3, maxOutput: 100 });
		const snake = { max_output_tokens: 100, candidate_count: 3 };
		assert.deepEqual(answerBounds('gemini', { generationConfig: snake }), { answers: 3, maxOutput: 100 });
		assert.equal(answerBounds('openai', { max_completion_tokens: 7, max_tokens: 9 }).maxOutput, 9, 'the dearer one');
	});

	it('bounds nothing where it is no number of tokens: the longest answer of the model is set aside then', () => {
		for (const value of [0, -1, 1.5, 'many', null, 1e300])
			assert.deepEqual(answerBounds('openai', { max_tokens: value, n: value }), { answers: 1 }, String(value));
	});
});
