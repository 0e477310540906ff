import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { askAiSdk } from './aiSdk.mjs';
import { model } from './questions.mjs';

export const name = 'ai + @ai-sdk/openai-compatible';

export function ask(task, { url, token }) {
	const options = { name: 'keypool', apiKey: token, baseURL: `${url}/v1`, supportsStructuredOutputs: true };
	return askAiSdk(task, createOpenAICompatible(options)(model));
}
