// `ai-fallback` over Vercel's AI SDK, as its README shows it: one model for each key, back to the first one after a minute.
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { streamText } from 'ai';
import { createFallback } from 'ai-fallback';

export function createPeer({ baseUrl, keys, model: name }) {
	const model = createFallback({
		models: keys.map(({ secret }) => createGoogleGenerativeAI({ apiKey: secret, baseURL: `${baseUrl}/v1beta` })(name)),
		modelResetInterval: 60_000,
	});
	return {
		async *ask(prompt, abortSignal) {
			const { fullStream } = streamText({ model, prompt, abortSignal, onError: () => undefined });
			for await (const part of fullStream) {
				if (part.type === 'error') throw part.error;
				if (part.type === 'abort') throw new Error('It was given up.');
				if (part.type === 'text-delta') yield { text: part.text };
			}
		},
	};
}
