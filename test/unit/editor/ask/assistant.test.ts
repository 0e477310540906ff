import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/ask/assistant';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { question } from '../../../support/gemini/room';
import { EditorStandIn } from '../../../support/ui/editor';
import { hour, noon, words } from '../../../support/views/snapshots';

describe('how far an answer is', () => {
	it('is told each thousand characters: a screen reader reads every message of a notification, and what it was reading is cut', async () => {
		const editor = new EditorStandIn();
		const { askWithProgress } = editor.read('../editor/ask/assistant') as typeof used;
		const heard: string[] = [];
		const assistant = {
			...{ words, labelOf: () => 'Key 1', now: () => 0 },
			heldKeys: { mayBeSent: () => Promise.resolve(true) },
			ask: (...given: ConstructorParameters<typeof ScriptedRequest>) => {
				const request = new ScriptedRequest(...given);
				for (let n = 0; n < 250; n++) request.text('ten chars.');
				const on = { key: keyId('k1'), model: 'flash' };
				request.send({ type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] });
				request.end();
				return request;
			},
		} as unknown as used.Assistant;
		await askWithProgress(assistant, 'Fix', question(), (text) => heard.push(text));
		const told = editor.given.flatMap((given) =>
			typeof given === 'object' && given !== null && 'message' in given ? [given.message] : [],
		);
		assert.deepEqual(told, ['10 characters so far', '1,000 characters so far', '2,000 characters so far']);
		assert.equal(heard.length, 250);
	});

	it('names the day of a time that a request waits for: a batch waits over midnight, and its notification stays as it is', () => {
		const { stepInWords } = new EditorStandIn().read('../editor/ask/assistant') as typeof used;
		const step = { state: 'waiting', on: 'Key 1', reason: 'rpd', inMs: 20 * hour, ahead: 0 } as const;
		assert.match(stepInWords(step, { words, now: () => noon }), / until Wed 08:00: /);
	});
});
