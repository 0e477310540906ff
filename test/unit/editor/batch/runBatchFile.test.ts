import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import type * as used from '../../../../src/editor/batch/runBatchFile';
import { PoolError } from '../../../../src/pool/pool';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { DocumentsStandIn, FileUri } from '../../../support/editor/documents';
import { textsIn } from '../../../support/ui/editor';

/** Runs a file of two prompts; `how` each is answered, and what is on the disk and told at the end. */
async function ran(
	how: (request: ScriptedRequest, nth: number) => void,
	path = '/w/a.txt',
	write: () => Promise<void> = () => Promise.resolve(),
) {
	const reported: unknown[] = [];
	const editor = new DocumentsStandIn();
	const disk = new Map([['/w/a.txt', 'one\ntwo\n']]);
	let sent = 0;
	const assistant = {
		keys: { load: () => Promise.resolve(true), hasKeys: true },
		files: {
			checkReplaceable: () => Promise.resolve(),
			locate: () => Promise.resolve({ state: 'inside', path: '/w/a.txt' }),
			read: (uri: FileUri) => {
				const text = disk.get(uri.path);
				return Promise.resolve(text === undefined ? undefined : new TextEncoder().encode(text));
			},
			replace: async (uri: FileUri, text: string) => {
				await write();
				disk.set(uri.path, text);
			},
		},
		heldKeys: { mayLinesBeSent: () => Promise.resolve(true) },
		labelOf: () => 'Key 1',
		now: () => 0,
		words: {
			t: (text: string) => text,
			describeCount: String,
			describeError: ({ reason }: PoolError) => ({ text: `Because of ${reason}.` }),
		},
		report: (error: unknown) => void reported.push(error),
		ask: (...given: ConstructorParameters<typeof ScriptedRequest>) => {
			const request = new ScriptedRequest(...given);
			how(request, ++sent);
			return request;
		},
	};
	const { createBatchFiles } = editor.read('../editor/batch/runBatchFile') as typeof used;
	const files = createBatchFiles({
		assistant,
		width: () => 1,
		usual: () => ({ model: 'flash', options: {} }),
		clock: { after: () => () => undefined },
		election: { tryAcquire: () => Promise.resolve(() => undefined) },
		records: memoryFolder(),
	} as unknown as Parameters<typeof createBatchFiles>[0]);
	editor.presses = 'Ask 2';
	await files.run(new FileUri('file', path));
	await new Promise(setImmediate);
	const end = textsIn(editor.given).lastIndexOf(
		textsIn(editor.given).findLast((text) => text.includes('answered,')) ?? '',
	);
	return { disk, sent, told: textsIn(editor.given).slice(end), reported };
}

function answer(request: ScriptedRequest): void {
	request.text('yes');
	const on = { key: keyId('k1'), model: 'flash' };
	request.send({ type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] });
	request.end();
}

const stopped = (request: ScriptedRequest): void => request.fail(new PoolError('paused', []));

describe('a run of a batch file', () => {
	it('is told when it is over, with the results to open', async () => {
		const { disk, told, reported } = await ran(answer);
		assert.deepEqual(reported, []);
		assert.deepEqual(told, ['a.txt: 2 answered, 0 failed.', 'Open Results']);
		assert.equal(disk.get('/w/a.txt.results.jsonl')?.split('\n').length, 3);
	});

	it('says what ended it, and offers no results where there are none', async () => {
		const { disk, told, sent } = await ran(stopped);
		assert.deepEqual(told, ['a.txt: 0 answered, 0 failed. 2 are kept for later. Because of paused.', 'Resume']);
		assert.deepEqual([[...disk.keys()], sent], [['/w/a.txt'], 1]);
		const half = await ran((request, nth) => (nth === 1 ? answer(request) : stopped(request)));
		assert.deepEqual(half.told, [
			'a.txt: 1 answered, 0 failed. 1 is kept for later. Because of paused.',
			'Resume',
			'Open Results',
		]);
	});

	it('from its results runs the prompts', async () => {
		const { disk } = await ran(answer, '/w/a.txt.results.jsonl');
		assert.deepEqual([...disk.keys()], ['/w/a.txt', '/w/a.txt.results.jsonl']);
	});

	it('whose results cannot be written ends, and says what to look at', async () => {
		const denied = new Error('EACCES: permission denied');
		const { told, sent, reported } = await ran(answer, '/w/a.txt', () => Promise.reject(denied));
		assert.match(told.join('\n'), /a\.txt\.results\.jsonl cannot be written\. Make sure that there is room/);
		assert.deepEqual([sent, reported], [1, [denied]], 'nothing more is asked');
	});
});
