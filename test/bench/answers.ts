import type { Chunk } from '../../src/pool/pool';

/** What the service streams for a short answer: two events. */
export const answer = [
	{ candidates: [{ content: { role: 'model', parts: [{ text: 'An answer.' }] }, index: 0 }] },
	{
		candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP', index: 0 }],
		usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 3, totalTokenCount: 7 },
	},
]
	.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`)
	.join('');

/** An answer without any service. */
export async function* instantly(): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: 'An answer.' };
	yield { finishReason: 'STOP', usage: { input: 4, cached: 0, output: 3, thoughts: 0 } };
}
