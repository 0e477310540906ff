import assert from 'node:assert/strict';
import { geminiReplacements, openAiReplacements, SignatureMemory } from '../../../../src/gateway/requests/signatures';

const callOf = (id: string, signature?: string) => ({
	...{ id, function: { name: 'look', arguments: '{}' } },
	...(signature !== undefined && { extra_content: { google: { thought_signature: signature } } }),
});
const paths = (edits: readonly { readonly path: readonly unknown[] }[]) => edits.map(({ path }) => path.join('.'));

describe('thought signatures behind the gateway', () => {
	it('are known of the newest calls, however many have come: those that went give their room back', () => {
		const memory = new SignatureMemory();
		for (let n = 0; n < 40; n++) memory.learn('tool', { tool_calls: [callOf(`call ${n}`, 's'.repeat(1024 * 1024))] });
		const known = (n: number) => memory.editsFor('tool', { messages: [{ tool_calls: [callOf(`call ${n}`)] }] }).length;
		assert.deepEqual([0, 23, 30, 39].map(known), [0, 0, 1, 1]);
		assert.deepEqual(memory.editsFor('another', { messages: [{ tool_calls: [callOf('call 39')] }] }), []);
	});

	it('are replaced wherever one stands, and on the first call of each step, once one was refused', () => {
		const calls = [callOf('1'), callOf('2', 'old'), callOf('3')];
		assert.deepEqual(
			paths(openAiReplacements({ messages: [{ role: 'user' }, { tool_calls: calls }] })),
			[0, 1].map((n) => `messages.1.tool_calls.${n}.extra_content.google.thought_signature`),
		);
		const parts = [
			{ text: 'Hm', thoughtSignature: 'old' },
			{ functionCall: { name: 'look' } },
			{ functionCall: { name: 'look' }, thought_signature: 'old' },
			{ functionCall: { name: 'look' } },
		];
		assert.deepEqual(paths(geminiReplacements({ contents: [{ parts }] })), [
			'contents.0.parts.0.thoughtSignature',
			'contents.0.parts.1.thoughtSignature',
			'contents.0.parts.2.thought_signature',
		]);
	});
});
