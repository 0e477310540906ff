import assert from 'node:assert/strict';
import { failureIn, roomOver, run } from '../../../support/gemini/room';

/** What a page is told of an answer without the headers that let it read one, and of no network at all. */
const opaque = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch'));
const answer = (): Promise<Response> =>
	Promise.resolve(
		new Response(
			`data: {"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP"}]}\n\n`,
			{
				headers: { 'content-type': 'text/event-stream' },
			},
		),
	);

describe('an answer that the browser lets nobody read', () => {
	it('cools the bucket down for a little where the host is there, and asks that without a key', async () => {
		const calls: RequestInit[] = [];
		const failure = failureIn(
			await run(
				roomOver((_, init = {}) => {
					calls.push(init);
					return init.mode === 'no-cors' ? Promise.resolve(new Response()) : opaque();
				}),
			),
		);
		assert.deepEqual(failure.action, { type: 'coolDown', reason: 'unreadable', delayMs: 20_000 });
		assert.equal(failure.sent, true);
		const [, probe] = calls;
		assert.deepEqual(
			[calls.length, probe?.headers, probe?.body, probe?.credentials],
			[2, undefined, undefined, 'omit'],
		);
	});

	it('asks nothing where others were answered a moment ago', async () => {
		let calls = 0;
		const gemini = roomOver(() => (++calls === 1 ? answer() : opaque()));
		await run(gemini);
		const { action } = failureIn(await run(gemini));
		assert.deepEqual([action.reason, calls], ['unreadable', 2]);
	});

	it('is a broken connection where nothing answers', async () => {
		const { action } = failureIn(await run(roomOver(opaque)));
		assert.deepEqual([action.type, action.reason], ['retrySameKey', 'network']);
	});

	it('is a broken connection where the runtime names a cause', async () => {
		let calls = 0;
		const reset = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET', message: 'reset' } });
		const gemini = roomOver(() => (++calls === 1 ? answer() : Promise.reject(reset)));
		await run(gemini);
		const { action } = failureIn(await run(gemini));
		assert.deepEqual([action.reason, calls], ['network', 2]);
	});
});
