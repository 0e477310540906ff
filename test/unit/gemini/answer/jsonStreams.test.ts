import assert from 'node:assert/strict';
import type { KeyId, FailureAction } from '../../../../src/pool/pool';
import { flash } from '../../../support/simulator/stand';
import { loadSdk, question, roomOver, run, actionIn, type Run } from '../../../support/gemini/room';

const cut: FailureAction = {
	type: 'retrySameKey',
	reason: 'cutStream',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};
const overloaded: FailureAction = {
	type: 'retrySameKey',
	reason: 'overloaded',
	scope: 'model',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};

function answering(body: string): Promise<Run> {
	return run(roomOver(() => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } }))));
}

describe('gemini: JSON where a stream was asked for', () => {
	before(loadSdk);

	const bodies: readonly (readonly [string, string, FailureAction])[] = [
		['a list that ends early', '[{"candidates":[{"content":{"parts":[{"te', cut],
		['a list with an error in it', '[{"error":{"code":503,"message":"x"}}]', overloaded],
		['JSON that is no answer', '{"hello":"there"}', { type: 'fail', reason: 'unexpected' }],
		['an empty list', '[]', { type: 'fail', reason: 'unexpected' }],
	];
	for (const [name, body, action] of bodies) {
		it(name, async () => assert.deepEqual(actionIn(await answering(body)), action));
	}

	it('shows a list of chunks as they come', async () => {
		let send: (text: string) => void = () => undefined;
		const body = new ReadableStream<Uint8Array>({
			start(controller) {
				send = (text) => controller.enqueue(new TextEncoder().encode(text));
			},
		});
		const gemini = roomOver(() => Promise.resolve(new Response(body)));
		const chunks = await gemini.open(question())(
			{ key: 'k' as KeyId, model: flash, written: [] },
			new AbortController().signal,
		);
		const parts = chunks[Symbol.asyncIterator]();
		send('[{"candidates":[{"content":{"parts":[{"text":"a \\"}');
		send('{\\\\"}]}}]}\n,\r\n');
		const first = await parts.next();
		assert.ok(first.done !== true);
		assert.deepEqual(first.value, { output: { type: 'text', text: 'a "}{\\' } });
		await parts.return?.();
	});

	it('keeps what came before an error in a list', async () => {
		const outcome = await answering(
			'[{"candidates":[{"content":{"parts":[{"text":"so far"}]}}]},{"error":{"code":503,"message":"x"}}]',
		);
		assert.deepEqual([outcome.text, actionIn(outcome)], ['so far', overloaded]);
	});
});
