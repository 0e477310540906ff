import assert from 'node:assert/strict';
import type { ForwardRequest } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { Failure, type KeyId } from '../../../../src/pool/pool';
import { flash } from '../../../support/simulator/stand';

const key = 'one' as KeyId;
const never = new AbortController().signal;
const streamed: ForwardRequest = {
	dialect: 'gemini',
	method: 'POST',
	path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
	body: () => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }] }),
	isStream: true,
	namesFile: false,
	hasFinish: true,
};

describe('an answer that is forwarded', () => {
	it('may be as large as a whole answer where it streams, as pictures are, and neither any larger', async () => {
		const mega = 'A'.repeat(1024 * 1024);
		const answerOf = (megabytes: number, finishReason?: string): string => {
			const content = { parts: [{ inlineData: { data: mega.repeat(megabytes) } }] };
			return JSON.stringify({ candidates: [{ content, finishReason }] });
		};
		const eventOf = (...answer: Parameters<typeof answerOf>): string => `data: ${answerOf(...answer)}\n\n`;
		const sizeOf = async (request: ForwardRequest, ...events: readonly string[]): Promise<number> => {
			const { forward } = createGemini({
				secretOf: () => Promise.resolve('sim-one'),
				baseUrl: () => 'https://simulator.invalid',
				mask: (said) => said,
				// In pieces, as a connection brings it.
				fetch: () => Promise.resolve(new Response(new Blob([...events]).stream().pipeThrough(inPieces()))),
			});
			let size = 0;
			const pieces = await forward(request)({ key, model: flash, written: [] }, never);
			for await (const { output } of pieces) size += output?.text.length ?? 0;
			return size;
		};
		const inPieces = (): TransformStream<Uint8Array, Uint8Array> =>
			new TransformStream({
				transform: (bytes, controller) => {
					for (let at = 0; at < bytes.length; at += 65_536) controller.enqueue(bytes.subarray(at, at + 65_536));
				},
			});
		const isTooLarge = (error: unknown): boolean =>
			error instanceof Failure && error.sent && error.action.reason === 'answerTooLarge';
		assert.ok((await sizeOf(streamed, eventOf(24, 'STOP'))) > 24 * 1024 * 1024);
		await assert.rejects(sizeOf(streamed, eventOf(20), eventOf(20), eventOf(1, 'STOP')), isTooLarge);
		for (const one of [eventOf, answerOf]) await assert.rejects(sizeOf(streamed, one(33, 'STOP')), isTooLarge);
		const whole: ForwardRequest = { ...streamed, isStream: false };
		// Ten minutes of speech. Whoever is told that something else was wrong asks again, and pays again.
		await assert.rejects(sizeOf(whole, answerOf(33, 'STOP')), isTooLarge);
	});
});
