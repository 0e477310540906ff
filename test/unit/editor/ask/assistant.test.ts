import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/ask/assistant';
import { attempt, keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { question } from '../../../support/gemini/room';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { PoolError } from '../../../../src/pool/pool';
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
				// A budget can be that of the commands on a selection alone.
				assert.equal(request.options.origin, 'selection');
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

describe('an answer that does not come', () => {
	/** What the person is told and what is done and logged, where asking ends with this error. */
	async function afterwards(error: Error, presses?: string, isStopped = false) {
		const editor = new EditorStandIn();
		editor.presses = presses;
		const done: unknown[] = [];
		const stop = (run: () => void) => {
			if (isStopped) run();
			return { dispose: () => undefined };
		};
		Object.assign(editor.api, {
			commands: { executeCommand: (command: string) => Promise.resolve(done.push(command)) },
			env: { openExternal: (page: unknown) => Promise.resolve(done.push(page)) },
			Uri: { parse: String },
		});
		Object.assign(editor.api.window, {
			withProgress: (_: unknown, work: (...of: unknown[]) => unknown) =>
				work({ report: () => undefined }, { onCancellationRequested: stop }),
		});
		const { askWithProgress } = editor.read('../editor/ask/assistant') as typeof used;
		const reported: unknown[] = [];
		const assistant = {
			...{ words, labelOf: () => 'Key 1', now: () => noon, report: (what: unknown) => reported.push(what) },
			heldKeys: { mayBeSent: () => Promise.resolve(true) },
			ask: (...given: ConstructorParameters<typeof ScriptedRequest>) => {
				const request = new ScriptedRequest(...given);
				request.fail(error);
				return request;
			},
		} as unknown as used.Assistant;
		assert.equal(await askWithProgress(assistant, 'Fix', question()), undefined);
		await new Promise(setImmediate);
		return { told: textsIn(editor.given), done, reported };
	}

	it('is said, with the key that it is about, and the command and the page that help', async () => {
		const badKey = new PoolError('badKey', [attempt('Key 2', 'badKey')]);
		const { told, done } = await afterwards(badKey, 'Google AI Studio');
		assert.match(told.join('\n'), /^Key 2: Google does not accept this key\..*\nAdd Key\nGoogle AI Studio$/);
		assert.deepEqual(done, ['https://aistudio.google.com/apikey']);
		assert.deepEqual((await afterwards(badKey, 'Add Key')).done, ['keypool.addKey']);
	});

	it('is no failure where the person stopped it: nothing is said', async () => {
		for (const { told, done, reported } of [
			await afterwards(new PoolError('cancelled', [])),
			await afterwards(new PoolError('network', []), undefined, true),
		]) {
			assert.deepEqual([told, done, reported], [[], [], []]);
		}
	});

	it('is logged where nobody expected it, and its own words, which can be anything, are not shown', async () => {
		const error = new TypeError('x is not a function');
		const { told, reported } = await afterwards(error);
		assert.deepEqual(reported, [error]);
		assert.doesNotMatch(told.join('\n'), /^$|is not a function/);
	});
});
