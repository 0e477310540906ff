import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai/web';
import type { Fault } from '../../../src/simulator/service';
import { GatewayRig, question, stream, whole } from '../../support/gateway/gatewayRig';
import { flash, lite } from '../../support/simulator/stand';

/** What the service says where an answer has reached what one request may write, and where it has ended. */
const part = {
	candidates: [{ content: { parts: [{ text: 'one ' }] }, finishReason: 'CONTINUATION', continuationToken: 't' }],
};
const rest = { candidates: [{ content: { parts: [{ text: 'two' }] }, finishReason: 'STOP' }] };
const goingOn = { ...question(), continuationToken: 't' };

/** A service whose answers take two requests. */
function inTwo(): GatewayRig {
	const rig: GatewayRig = new GatewayRig(
		{ a: {}, b: {} },
		{
			answer: () => {
				const said = rig.bodies.at(-1)?.includes('continuationToken') === true ? rest : part;
				if (rig.addresses.at(-1)?.includes('alt=sse') !== true) return Response.json(said);
				const headers = { 'content-type': 'text/event-stream' };
				return new Response(`data: ${JSON.stringify(said)}\n\n`, { headers });
			},
		},
	);
	return rig;
}

describe('the gateway: an answer of several requests, as Gemini 4 gives long ones', () => {
	for (const path of [whole, stream]) {
		it(`is handed on part by part, each asked for once: ${path.split(':')[1]}`, async () => {
			const rig = inTwo();
			const first = await rig.ask(path, question());
			assert.deepEqual([first.status, first.isWhole, rig.calls.length], [200, true, 1], first.text);
			assert.match(first.text, /"finishReason":"CONTINUATION","continuationToken":"t"/);
			assert.ok(!first.text.includes('"error"'));
			const second = await rig.ask(path, goingOn);
			assert.deepEqual([second.isWhole, /two/.test(second.text), rig.calls.length], [true, true, 2]);
		});
	}

	it('is one for Google’s own SDK, which asks for the rest by itself', async () => {
		const rig = inTwo();
		await rig.ready;
		const send: typeof fetch = (address, init) =>
			rig.send(new URL(address instanceof Request ? address.url : address).pathname, init?.body);
		const { models } = new GoogleGenAI({
			apiKey: rig.token,
			apiVersion: 'v1beta',
			httpOptions: { baseUrl: 'http://127.0.0.1:8642', fetch: send },
		});
		const asked = models.generateContent({ model: flash, contents: 'Hi', config: { maxOutputTokens: 100_000 } });
		const { text, candidates } = await rig.clock.until(asked);
		assert.deepEqual([text, candidates?.[0]?.finishReason, rig.calls.length], ['one two', 'STOP', 2]);
	});

	it('goes on with its model and its key: another model would not take it up', async () => {
		const busy: Fault = { when: { first: 1 }, model: flash, kind: 'error', body: '429_rpm_free' };
		const rig = new GatewayRig({ a: { faults: [busy] } }, { rules: { fallbackModels: [lite] } });
		assert.equal((await rig.ask(whole, goingOn)).headers.get('x-keypool-model'), flash);
		const turns = new GatewayRig({ a: {}, b: {} }, { strategy: 'roundRobin' });
		for (const body of [question(), goingOn, { ...question(), continuation_token: 'u' }, question()]) {
			await turns.ask(whole, body);
		}
		assert.deepEqual(
			turns.calls.map((call) => call[0]),
			['a', 'a', 'a', 'b'],
		);
	});

	it('counts the calls of tools before it once, and teaches nothing of what a byte of text weighs', async () => {
		const contents = [
			{ role: 'user', parts: [{ text: `Fix it [short] ${'and well '.repeat(100)}` }] },
			{ role: 'model', parts: [{ functionCall: { name: 'run', args: {} }, thoughtSignature: 'c2tpcF90' }] },
			{ role: 'user', parts: [{ functionResponse: { name: 'run', response: { result: 'failed' } } }] },
		];
		const usageMetadata = { promptTokenCount: 60_000, candidatesTokenCount: 5, totalTokenCount: 60_005 };
		const rig = new GatewayRig({ a: {} }, { answer: () => Response.json({ ...rest, usageMetadata }) });
		for (let n = 0; n < 25; n++) {
			const { status, text } = await rig.ask(whole, { contents, continuationToken: `t${n}` });
			assert.equal(status, 200, text);
		}
		assert.equal(rig.store.replica().model.get(flash)?.samples ?? 0, 0);
	});
});
