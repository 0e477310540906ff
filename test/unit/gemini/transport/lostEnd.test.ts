import assert from 'node:assert/strict';
import type { BodyReader } from '../../../../src/common/body';
import { readAtMost } from '../../../../src/gemini/transport/guardedFetch';

/** A body that comes in these pieces, the last of which may not be its end; undefined: the way is silent for a moment. */
function body(...pieces: readonly (string | undefined)[]) {
	const left = [...pieces];
	let isCancelled = false;
	const next = async (): ReturnType<BodyReader['read']> => {
		const piece = left.shift();
		if (piece !== undefined) return { done: false, value: new TextEncoder().encode(piece) };
		await new Promise((resolve) => {
			AbortSignal.timeout(20).addEventListener('abort', resolve);
		});
		return left.length > 0 ? next() : new Promise(() => undefined);
	};
	const cancel = (): Promise<void> => ((isCancelled = true), Promise.resolve());
	return { body: { getReader: () => ({ read: next, cancel }) }, isCancelled: () => isCancelled };
}

describe('a body that is read whole', () => {
	it('has ended where it is whole and nothing more comes: its last bytes are no reason to wait for minutes', async () => {
		const lost = body('{"a":', '1}');
		assert.equal(await readAtMost(lost, 1_000, undefined, 1), '{"a":1}');
		assert.ok(lost.isCancelled());
	});

	it('is waited for where it is not whole, however silent it is', async () => {
		assert.equal(await readAtMost(body('{"a":', undefined, '1}'), 1_000, undefined, 1), '{"a":1}');
	});

	it('leaves no timer behind once it has ended', async () => {
		const running = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
		// The first time is the test runner's, whose own timer begins behind what runs at once.
		const text = await readAtMost(new Response('{"a":1}'), 1_000);
		const before = running();
		assert.equal(await readAtMost(new Response('{"a":1}'), 1_000), text);
		assert.equal(running(), before);
	});
});
