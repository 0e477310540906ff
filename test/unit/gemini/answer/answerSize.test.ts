import assert from 'node:assert/strict';
import { failureIn, loadSdk, roomOver, run, actionIn } from '../../../support/gemini/room';

describe('gemini: an answer that is larger than 16 MB', () => {
	before(loadSdk);

	it('is ended, whatever it is made of, and what came stays', async () => {
		const text = 'y'.repeat(1024 * 1024);
		const chunk = JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] });
		for (const [name, piece, came] of [
			['texts', `data: ${chunk}\n\n`, 16],
			['JSON where events were asked for', `${chunk},`, 16],
			['white space', ' '.repeat(1024 * 1024), 0],
			['one event without an end', 'data: '.padEnd(1024 * 1024, 'x'), 0],
		] as const) {
			let read = 0;
			const given = { up: false };
			const stream = new ReadableStream<Uint8Array>(
				{
					pull(controller) {
						controller.enqueue(new TextEncoder().encode(read === 0 && piece.startsWith('{') ? `[${piece}` : piece));
						read += piece.length;
					},
					cancel() {
						given.up = true;
					},
				},
				{ highWaterMark: 0 },
			);
			const headers = { 'content-type': 'text/event-stream' };
			const outcome = await run(roomOver(() => Promise.resolve(new Response(stream, { headers }))));
			assert.deepEqual(actionIn(outcome), { type: 'fail', reason: 'answerTooLarge' }, name);
			assert.equal(failureIn(outcome).sent, true);
			assert.equal(outcome.text.length, came * text.length, name);
			assert.ok(given.up && read <= 18 * 1024 * 1024, `${name}: ${read}`);
		}
	});
});
