import assert from 'node:assert/strict';
import { geminiUsage } from '../../../../src/gemini/answer/metadata';
import { factsOf } from '../../../../src/gemini/forward/answerFacts';
import type { Usage } from '../../../../src/pool/pool';
import { loadSdk, roomOver, run } from '../../../support/gemini/room';

const none = { input: 0, cached: 0, output: 0, thoughts: 0 };

function answerWith(usageMetadata: string): string {
	return `{"candidates":[{"content":{"parts":[{"text":"Yes"}]},"finishReason":"STOP"}],"usageMetadata":${usageMetadata}}`;
}

/** As the person's own prompts read it, and as the gateway does. */
async function usagesIn(usageMetadata: string): Promise<readonly (Usage | undefined)[]> {
	const body = answerWith(usageMetadata);
	const fetch = (): Promise<Response> =>
		Promise.resolve(new Response(`data: ${body}\n\n`, { headers: { 'content-type': 'text/event-stream' } }));
	const { chunks, thrown } = await run(roomOver(fetch));
	assert.equal(thrown, undefined);
	return [chunks.at(-1)?.usage, factsOf('gemini', JSON.parse(body)).usage];
}

describe('the usage of an answer', () => {
	before(loadSdk);

	it('is what the service counted', async () => {
		const told = `{"promptTokenCount":7,"toolUsePromptTokenCount":2,"candidatesTokenCount":5,"thoughtsTokenCount":3,
			"cachedContentTokenCount":4,"promptTokensDetails":[{"modality":"TEXT","tokenCount":5},{"modality":"AUDIO","tokenCount":2}]}`;
		for (const usage of await usagesIn(told.replaceAll(/\s/g, ''))) {
			assert.deepEqual(usage, { input: 9, cached: 4, output: 5, thoughts: 3, toolUse: 2, inputAudio: 2 });
		}
	});

	// A count below nothing, or one that is not finite, is no document: the shared store would have been set aside for it.
	for (const [what, told] of [
		['is below nothing', '{"promptTokenCount":-5,"candidatesTokenCount":-0.5}'],
		['is text that is no number', '{"promptTokenCount":"many","candidatesTokenCount":null}'],
		['has details of another shape', '{"promptTokensDetails":"x","candidatesTokensDetails":{}}'],
	] as const) {
		it(`counts as nothing where it ${what}`, async () => {
			for (const usage of await usagesIn(told)) assert.deepEqual(usage, none);
		});
	}

	it('stays a number that can be stored, however large', async () => {
		const told = '{"promptTokenCount":1e308,"toolUsePromptTokenCount":1e308,"candidatesTokenCount":1e999}';
		for (const usage of await usagesIn(told)) {
			assert.ok(usage && Object.values(usage).every((tokens) => Number.isSafeInteger(tokens)), JSON.stringify(usage));
		}
		const sound = [null, { modality: 'AUDIO', tokenCount: 3 }];
		const { inputAudio, cachedAudio } = geminiUsage({ promptTokensDetails: sound, cacheTokensDetails: sound });
		assert.deepEqual([inputAudio, cachedAudio], [3, 3]);
	});
});
