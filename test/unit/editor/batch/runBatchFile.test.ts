import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import type * as used from '../../../../src/editor/batch/runBatchFile';
import { PoolError } from '../../../../src/pool/pool';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { DocumentsStandIn, FileUri } from '../../../support/editor/documents';
import { heapBytes } from '../../../support/soak/heapCensus';
import { textsIn } from '../../../support/ui/editor';
import { VirtualClock } from '../../../support/virtualClock';
import { eventually, until } from '../../../support/window/until';

type How = (request: ScriptedRequest, nth: number) => void;

/** Windows on one disk with a file of two prompts, one after the other; `how` each prompt is answered. */
class Windows {
	readonly reported: unknown[] = [];
	readonly editor = new DocumentsStandIn();
	readonly disk = new Map([['/w/a.txt', 'one\ntwo\n']]);
	readonly clock = new VirtualClock();
	readonly memory = new Map<string, unknown>();
	/** What becomes of writing a file, of reading one, and of writing down which results are ours. */
	write = (): Promise<void> => Promise.resolve();
	reach = (): Promise<void> => Promise.resolve();
	note = (): Promise<void> => Promise.resolve();
	sent = 0;
	private readonly create = (this.editor.read('../editor/batch/runBatchFile') as typeof used).createBatchFiles;
	private readonly records = memoryFolder();

	constructor(public how: How) {}

	open(): used.BatchFiles {
		const { disk, clock, memory } = this;
		const assistant = {
			keys: { load: () => Promise.resolve(true), hasKeys: true },
			files: {
				checkReplaceable: () => Promise.resolve(),
				locate: () => Promise.resolve({ state: 'inside', path: '/w/a.txt' }),
				read: async (uri: FileUri) => {
					await this.reach();
					const text = disk.get(uri.path);
					return text === undefined ? undefined : new TextEncoder().encode(text);
				},
				replace: async (uri: FileUri, text: string) => {
					await this.write();
					disk.set(uri.path, text);
				},
			},
			heldKeys: { mayLinesBeSent: () => Promise.resolve(true) },
			labelOf: () => 'Key 1',
			now: clock.wall,
			words: {
				t: (text: string) => text,
				describeCount: String,
				describeError: ({ reason, facts: { retryAt } }: PoolError) => ({
					text: `Because of ${reason}.`,
					...(retryAt !== undefined && { remedy: 'Over at 9:00.' }),
				}),
			},
			report: (error: unknown) => void this.reported.push(error),
			ask: (...given: ConstructorParameters<typeof ScriptedRequest>) => {
				const request = new ScriptedRequest(...given);
				this.how(request, ++this.sent);
				return request;
			},
		};
		return this.create({
			assistant,
			width: () => 1,
			usual: () => ({ model: 'flash', options: {} }),
			clock,
			election: { tryAcquire: () => Promise.resolve(() => undefined) },
			records: {
				...this.records,
				write: (name: string, text: string) => this.note().then(() => this.records.write(name, text)),
			},
			memento: {
				get: (name: string) => memory.get(name),
				update: (name: string, value: unknown) =>
					new Promise<void>((resolve) => {
						memory.set(name, value);
						resolve();
					}),
			},
		} as unknown as Parameters<typeof used.createBatchFiles>[0]);
	}

	/** What the last end of a run told. */
	get told(): readonly string[] {
		const texts = textsIn(this.editor.given);
		return texts.slice(texts.lastIndexOf(texts.findLast((text) => text.includes('answered,')) ?? ''));
	}
}

/** Runs the file; what is on the disk and told at the end. */
async function ran(how: How, path = '/w/a.txt', write?: () => Promise<void>) {
	const windows = new Windows(how);
	if (write) windows.write = write;
	windows.editor.presses = 'Ask 2';
	await windows.open().run(new FileUri('file', path));
	await windows.clock.settle();
	return windows;
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

	it('says of a budget that it ended it, and until when: no key is back then', async () => {
		const { told } = await ran((request) => request.fail(new PoolError('budget', [], { retryAt: 9e12 })));
		const kept = 'a.txt: 0 answered, 0 failed. 2 are kept for later. Because of budget. Over at 9:00.';
		assert.deepEqual(told, [kept, 'Resume Then']);
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

	it('goes on where it cannot be noted that the results are ours, which costs a question at the next run', async () => {
		const windows = new Windows(answer);
		const full = new Error('ENOSPC: no space left on device');
		windows.note = () => Promise.reject(full);
		windows.editor.presses = 'Ask 2';
		await windows.open().run(new FileUri('file', '/w/a.txt'));
		await windows.clock.settle();
		assert.deepEqual(windows.told, ['a.txt: 2 answered, 0 failed.', 'Open Results']);
		assert.deepEqual(windows.reported, [full], 'once');
		await windows.open().run(new FileUri('file', '/w/a.txt'));
		assert.match(textsIn(windows.editor.given).join('\n'), /results\.jsonl was not written by Keypool/);
	});

	it('leaves nothing of its prompts behind: a window runs some each day for weeks', async () => {
		const windows = new Windows(answer);
		const files = windows.open();
		const { window } = windows.editor.api;
		const { showInformationMessage: show } = window;
		/** What the editor keeps of notices that nobody has closed. */
		const notices: unknown[] = [];
		window.showInformationMessage = (...given) =>
			textsIn(given).includes('Open Results') ? new Promise((resolve) => notices.push(resolve)) : show(...given);
		const run = async (nth: number): Promise<void> => {
			const line = (name: string): string => `${name} ${nth} `.repeat(15_000);
			windows.disk.set('/w/a.txt', `${line('one')}\n${line('two')}\n`);
			windows.editor.presses = 'Ask 2';
			await files.run(new FileUri('file', '/w/a.txt'));
			await windows.clock.settle();
		};
		for (let nth = 0; nth < 3; nth++) await run(nth);
		const before = heapBytes();
		for (let nth = 3; nth < 33; nth++) await run(nth);
		const [grown, read] = [heapBytes() - before, 30 * (windows.disk.get('/w/a.txt')?.length ?? 0)];
		assert.deepEqual([windows.sent, notices.length], [66, 33]);
		assert.ok(grown < read / 3, `${grown} bytes after ${read}`);
	});

	it('whose results cannot be shown says so', async () => {
		const windows: Windows = new Windows((request) => {
			windows.editor.presses = 'Open Results';
			answer(request);
		});
		const gone = new Error('It was moved away.');
		Object.assign(windows.editor.api, { commands: { executeCommand: () => Promise.reject(gone) } });
		windows.editor.presses = 'Ask 2';
		await windows.open().run(new FileUri('file', '/w/a.txt'));
		await eventually(() => assert.equal(windows.told.at(-1), 'That failed. See Keypool’s log for the reason.'));
		assert.deepEqual(windows.reported, [gone]);
	});
});

describe('a batch that is to go on by itself', () => {
	const hour = 3_600_000;

	/** A window whose run ended until an hour from now, and whose person pressed “Resume Then”. */
	async function kept(): Promise<{ readonly windows: Windows; readonly files: used.BatchFiles }> {
		const windows: Windows = new Windows((request) => {
			windows.editor.presses = 'Resume Then';
			request.fail(new PoolError('paused', [], { retryAt: windows.clock.wall() + hour }));
		});
		windows.editor.presses = 'Ask 2';
		const files = windows.open();
		await files.run(new FileUri('file', '/w/a.txt'));
		await until('the batch is kept', () => windows.memory.size > 0);
		windows.how = answer;
		windows.editor.presses = undefined;
		windows.editor.given.splice(0);
		return { windows, files };
	}

	it('does, once', async () => {
		const { windows } = await kept();
		await windows.clock.advance(hour + 1);
		await eventually(() => assert.deepEqual(windows.told, ['a.txt: 2 answered, 0 failed.', 'Open Results']));
		windows.open();
		await windows.clock.advance(hour);
		assert.deepEqual([windows.sent, windows.reported], [3, []]);
	});

	it('does not once everything was erased', async () => {
		const { windows } = await kept();
		windows.memory.clear();
		await windows.clock.advance(2 * hour);
		assert.deepEqual([windows.sent, textsIn(windows.editor.given)], [1, []]);
	});

	it('does in the window after a reload', async () => {
		const { windows, files } = await kept();
		files.dispose();
		windows.open();
		await windows.clock.advance(hour - 1000);
		assert.equal(windows.sent, 1);
		await windows.clock.advance(2000);
		await eventually(() => assert.deepEqual(windows.told, ['a.txt: 2 answered, 0 failed.', 'Open Results']));
	});

	it('asks first where no window was open when it was time, or the file changed', async () => {
		for (const isLate of [true, false]) {
			const { windows, files } = await kept();
			files.dispose();
			if (isLate) await windows.clock.advance(2 * hour);
			else windows.disk.set('/w/a.txt', 'one\nthree\n');
			windows.editor.presses = 'Resume';
			windows.open();
			await windows.clock.advance(2 * hour);
			const isExplained = textsIn(windows.editor.given).some((text) => text.includes('while this window was closed'));
			assert.equal(isExplained, isLate);
			await eventually(() =>
				assert.match(textsIn(windows.editor.given).join('\n'), /a\.txt contains 2 prompts\.[^]*Ask 2/),
			);
			assert.equal(windows.sent, 1, 'nothing unasked');
		}
	});

	it('asks in a notice, not over what the person types, where its file or its results changed, or it is being written', async () => {
		for (const change of ['saved', 'results', 'typed'] as const) {
			const { windows } = await kept();
			const save = () => assert.fail('what is being written is saved by its person alone');
			const open = { uri: new FileUri('file', '/w/a.txt'), isDirty: true, save };
			if (change === 'saved') windows.disk.set('/w/a.txt', 'one\nthree\n');
			else if (change === 'results') windows.disk.set('/w/a.txt.results.jsonl', '{}\n');
			else
				(windows.editor.api as unknown as { workspace: { textDocuments: object[] } }).workspace.textDocuments = [open];
			await windows.clock.advance(2 * hour);
			const notice = ['a.txt should have resumed now, but has changed since then.', 'Resume'];
			await eventually(() => assert.deepEqual(textsIn(windows.editor.given), notice, change));
			assert.deepEqual([windows.sent, windows.reported], [1, []], 'nothing unasked');
		}
	});

	it('goes on at once, unasked, where it is time when the person presses', async () => {
		const windows: Windows = new Windows((request, nth) => {
			if (nth > 1) return answer(request);
			windows.editor.presses = 'Resume Then';
			request.fail(new PoolError('paused', [], { retryAt: windows.clock.wall() + hour }));
		});
		const { window } = windows.editor.api;
		const { showInformationMessage: show } = window;
		window.showInformationMessage = async (...given) => {
			if (textsIn(given).includes('Resume Then')) await windows.clock.advance(2 * hour);
			return show(...given);
		};
		windows.editor.presses = 'Ask 2';
		await windows.open().run(new FileUri('file', '/w/a.txt'));
		await until('the batch is kept', () => windows.memory.size > 0);
		await windows.clock.advance(1);
		await eventually(() => assert.deepEqual(windows.told, ['a.txt: 2 answered, 0 failed.', 'Open Results']));
	});

	it('says where it did not, as with a drive that is away, and goes on once the person wants it', async () => {
		const { windows } = await kept();
		const away = new Error('EIO: i/o error');
		windows.reach = () => {
			windows.reach = () => Promise.resolve();
			return Promise.reject(away);
		};
		windows.editor.presses = 'Resume';
		await windows.clock.advance(hour + 1);
		const told = 'a.txt could not be resumed. See Keypool’s log for the reason.';
		const wanted = /^a\.txt contains 2 prompts\./m;
		await eventually(() => assert.match(textsIn(windows.editor.given).join('\n'), wanted));
		assert.ok(textsIn(windows.editor.given).includes(told));
		assert.deepEqual([windows.sent, windows.reported], [1, [away]]);
	});

	it('is forgotten where the person has run its file meanwhile', async () => {
		const { windows, files } = await kept();
		windows.editor.presses = 'Ask 2';
		await files.run(new FileUri('file', '/w/a.txt'));
		assert.equal(windows.sent, 3);
		assert.deepEqual([windows.clock.pending, [...windows.memory.values()]], [0, [undefined]]);
	});

	it('goes on where its memory is not to be written', async () => {
		const { windows } = await kept();
		windows.memory.set = () => {
			throw new Error('full');
		};
		await windows.clock.advance(hour + 1);
		await eventually(() => assert.equal(windows.told[0], 'a.txt: 2 answered, 0 failed.'));
		assert.equal(windows.reported.length, 1);
	});
});
