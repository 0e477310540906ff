import assert from 'node:assert/strict';
import { chat, completions, GatewayRig, question, stream, type Answered } from '../../support/gateway/gatewayRig';

/** A piece of the answer with this index. */
type Piece = readonly [index: number, text: string, isLast?: boolean];
/** How a body ends after its pieces. */
type End = 'orderly' | 'cut';

const gemini = ([index, text, isLast = false]: Piece): object => ({
	// As protobuf writes it: the first one has no index.
	candidates: [
		{ content: { parts: [{ text }] }, ...(isLast && { finishReason: 'STOP' }), ...(index > 0 && { index }) },
	],
});
const openAi = ([index, content, isLast = false]: Piece): object => ({
	choices: [{ index, delta: { content }, finish_reason: isLast ? 'stop' : null }],
});

/** A stream of the service that says these pieces. */
function served(pieces: readonly object[], end: End): Response {
	const texts = pieces.map((piece) => new TextEncoder().encode(`data: ${JSON.stringify(piece)}\n\n`));
	const body = new ReadableStream<Uint8Array>({
		pull: (controller) => {
			const text = texts.shift();
			if (text) controller.enqueue(text);
			else if (end === 'cut') controller.error(new TypeError('terminated'));
			else controller.close();
		},
	});
	return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

const dialects = [
	['Gemini', stream, { ...question(), generationConfig: { candidateCount: 2 } }, gemini],
	['Gemini, in text', stream, { ...question(), generation_config: { candidate_count: '2' } }, gemini],
	['OpenAI', completions, chat('Hi', { stream: true, n: 2 }), openAi],
] as const;

describe('the gateway: several answers in one stream', () => {
	for (const [name, path, body, pieceOf] of dialects) {
		const ask = (pieces: readonly Piece[], end: End): Promise<Answered> =>
			new GatewayRig({ a: {} }, { answer: () => served(pieces.map(pieceOf), end) }).ask(path, body);

		it(`are whole when each of them is: ${name}`, async () => {
			const both: readonly Piece[] = [
				[0, 'one', true],
				[1, 'two'],
				[1, '!', true],
			];
			for (const end of ['orderly', 'cut'] as const) assert.ok((await ask(both, end)).isWhole, end);
			// The service may give fewer than were asked for, and says so by its end alone.
			assert.ok((await ask([[0, 'one', true]], 'orderly')).isWhole);
		});

		it(`are not whole when one of them is: ${name}`, async () => {
			const half: readonly Piece[] = [
				[0, 'one'],
				[1, 'tw'],
				[0, '', true],
			];
			for (const pieces of [half, half.toReversed()]) {
				for (const end of ['orderly', 'cut'] as const) {
					const answer = await ask(pieces, end);
					assert.ok(!answer.isWhole && answer.text.includes('"error"'), `${end}: ${answer.text}`);
				}
			}
			assert.ok(!(await ask([[0, 'one', true]], 'cut')).isWhole);
		});
	}
});
