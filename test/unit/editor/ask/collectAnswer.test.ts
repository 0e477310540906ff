import assert from 'node:assert/strict';
import { collectAnswer, type CollectProgress } from '../../../../src/editor/ask/collectAnswer';
import type { Piece } from '../../../../src/gemini/gemini';
import type { StreamPart } from '../../../../src/pool/pool';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { question } from '../../../support/gemini/room';

const output = (value: Piece): StreamPart<Piece> => ({ type: 'output', attempt: 1, value });
const on = { key: keyId('k1'), model: 'flash' };

describe('a whole answer', () => {
	it('keeps code that the service ran apart from the text, so that a command takes no foreign code for its own', async () => {
		const request = new ScriptedRequest(question(), { origin: 'selection' }, new AbortController().signal);
		const steps: CollectProgress[] = [];
		for (const part of [
			output({ type: 'thought', text: 'hm' }),
			output({ type: 'text', text: 'void' }),
			{ type: 'retract', attempt: 1, reason: 'cutStream' } as const,
			output({ type: 'thought', text: 'so' }),
			output({ type: 'code', language: 'python', code: 'print(1)' }),
			output({ type: 'codeResult', outcome: '', output: '1' }),
			output({ type: 'text', text: 'One.' }),
			output({ type: 'call', name: 'f', args: {} }),
			output({ type: 'grounding', queries: [], sources: [{ title: 'A', uri: 'https://a.example/' }] }),
			{ type: 'done', attempt: 2, finishReason: 'STOP', on, attempts: [] } as const,
		])
			request.send(part);
		request.end();
		const answer = await collectAnswer(
			request,
			(key) => `label of ${key}`,
			(step) => steps.push(step),
		);
		assert.deepEqual(
			[answer.text, answer.markdown, answer.thoughts, answer.calls, answer.grounding?.sources.length, answer.key],
			[
				'One.',
				'\n\n```python\nprint(1)\n```\n\n\n\n```text\n1\n```\n\nOne.',
				'so',
				[{ name: 'f', args: {} }],
				1,
				'label of k1',
			],
		);
		assert.deepEqual(
			steps.map((step) => step.state === 'coming' && step.text),
			['void', 'One.'],
		);
	});
});
