import { GoogleGenAI } from '@google/genai/web';
import type { Peer, Place } from './peer';

/** Google's SDK with the best of the keys; `retries`: with its own retries, as it comes. */
export function bareSdk({ baseUrl, keys, model }: Place, retries: boolean): Peer {
	const [first] = keys;
	const client = new GoogleGenAI({
		apiKey: first?.secret ?? '',
		apiVersion: 'v1beta',
		httpOptions: { baseUrl, ...(retries && { retryOptions: {} }) },
	});
	return {
		async *ask(contents, abortSignal) {
			const pieces = await client.models.generateContentStream({ model, contents, config: { abortSignal } });
			for await (const { text } of pieces) if (text !== undefined) yield { text };
		},
	};
}
