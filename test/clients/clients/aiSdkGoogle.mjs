import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { askAiSdk } from './aiSdk.mjs';
import { model } from './questions.mjs';

export const name = 'ai + @ai-sdk/google';

export function ask(task, { url, token }) {
	return askAiSdk(task, createGoogleGenerativeAI({ apiKey: token, baseURL: `${url}/v1beta` })(model));
}
