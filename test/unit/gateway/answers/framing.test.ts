import assert from 'node:assert/strict';
import { GatewayRig, question, stream } from '../../../support/gateway/gatewayRig';

describe('the gateway: pieces of an answer', () => {
	it('end a list with its bracket and nothing behind it, which readers take off by hand', async () => {
		const fault = { when: 'always', kind: 'silentEnd', afterPieces: 1 } as const;
		const asList = stream.replace('?alt=sse', '');
		// As Continue reads it where its last pieces come at once.
		const read = (text: string): unknown[] =>
			text
				.replace(/^\[/, '')
				.replace(/\]$/, '')
				.split('\n,')
				.map((piece): unknown => JSON.parse(piece));
		const whole = await new GatewayRig({ a: {} }).ask(asList, question());
		assert.match(JSON.stringify(read(whole.text).at(-1)), /"finishReason":"STOP"/);
		const cut = await new GatewayRig({ a: { faults: [fault] } }).ask(asList, question());
		assert.match(JSON.stringify(read(cut.text).at(-1)), /"error":\{/);
	});
});
