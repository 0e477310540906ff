import assert from 'node:assert/strict';
import type { Ask } from '../../../../src/ask';
import { answerBatch, type BatchEnd, type BatchProgress } from '../../../../src/editor/batch/answerBatch';
import type { BatchPrompt } from '../../../../src/editor/batch/batchFile';
import type { BatchRow } from '../../../../src/editor/batch/resultFile';
import type { Piece } from '../../../../src/gemini/gemini';
import type { Chunk, OpenStream } from '../../../../src/pool/pool';
import {
	answers,
	breaks,
	fails,
	hangs,
	network,
	Rig,
	rpd,
	rpm,
	type KeyPlan,
	type Script,
} from '../../../support/pool/rig';

/** A batch over a real pool in virtual time, whose far side is a script. */
class BatchRig {
	readonly rig: Rig;
	readonly saves: (readonly BatchRow[])[] = [];
	readonly progress: BatchProgress[] = [];
	readonly asked: string[] = [];

	constructor(script: Script, keys: Readonly<Record<string, KeyPlan>> = { a: {} }) {
		this.rig = new Rig(keys, script);
	}

	get saved(): readonly BatchRow[] {
		return this.saves.at(-1) ?? [];
	}

	/** What the disk does with a save. */
	disk: () => Promise<void> = () => Promise.resolve();
	width = 1;

	run(
		texts: readonly (string | BatchPrompt)[],
		before = this.saved,
		signal = new AbortController().signal,
	): Promise<BatchEnd> {
		const { rig } = this;
		const ask: Ask = (prompt, { priority = 'chat', model = 'm' }, stop) => {
			const { turns } = typeof prompt === 'function' ? prompt('m') : prompt;
			const [content] = turns[0]?.content ?? [];
			this.asked.push(content?.type === 'text' ? content.text : '');
			return rig.pool.stream(rig.request({ priority, models: [model], maxWaitMs: 900_000 }), this.open, stop);
		};
		const done = new Map(before.filter(({ status }) => status === 'answered').map((row) => [row.index, row]));
		const parts = {
			ask,
			labelOf: (key: string) => `label of ${key}`,
			say: ({ reason }: { reason: string }) => `words for ${reason}`,
			explain: ({ reason }: { reason: string }) => `words for ${reason}`,
			width: () => this.width,
			save: (rows: readonly BatchRow[]) => {
				this.saves.push(rows);
				return this.disk();
			},
			tell: (progress: BatchProgress) => void this.progress.push(progress),
			clock: rig.clock,
		};
		return rig.clock.until(
			answerBatch(
				texts.map((prompt) => (typeof prompt === 'string' ? { prompt } : prompt)),
				done,
				parts,
				signal,
			),
		);
	}

	private readonly open: OpenStream<Piece> = (on, signal) => pieces(this.rig.open({ ...on, written: [] }, signal));
}

async function* pieces(chunks: AsyncIterable<Chunk<string>>): AsyncGenerator<Chunk<Piece>> {
	for await (const { output, ...rest } of chunks) {
		yield { ...rest, ...(output !== undefined && { output: { type: 'text', text: output } }) };
	}
}

const texts = ['one', 'two', 'three', 'four'];
const shown = (rows: readonly BatchRow[]) =>
	rows.map((row) => [row.index, row.prompt, row.status === 'answered' ? `${row.answer}, ${row.key}` : row.message]);

describe('a batch of prompts', () => {
	it('is answered in order, each with who answered, and saved as it goes', async () => {
		const batch = new BatchRig(answers);
		assert.deepEqual(await batch.run(texts), { answered: 4, failed: 0, kept: 0 });
		assert.deepEqual(
			shown(batch.saved),
			texts.map((text, at) => [at + 1, text, 'from a, a']),
		);
		assert.deepEqual(
			batch.saves.map(({ length }) => length),
			[1, 2, 3, 4],
		);
		assert.deepEqual(batch.progress.at(-1), { over: 4, all: 4 });
	});

	it('counts thoughts with what was written, as the line under an answer and every export do', async () => {
		const batch = new BatchRig(async function* () {
			await Promise.resolve();
			yield { output: 'Yes', finishReason: 'STOP', usage: { input: 10, cached: 0, output: 5, thoughts: 7 } };
		});
		await batch.run(['one']);
		assert.deepEqual(
			batch.saved.map((row) => row.status === 'answered' && [row.inputTokens, row.outputTokens]),
			[[10, 12]],
		);
	});

	it('holds a text once, whole, where the stream broke and another key took over', async () => {
		const batch = new BatchRig((send) => (send.key === 'a' ? breaks('half', rpm()) : answers(send)), { a: {}, b: {} });
		await batch.run(['one']);
		assert.deepEqual(shown(batch.saved), [[1, 'one', 'from b, b']]);
	});

	it('says of an answer that is not whole why it ended, and how many there are', async () => {
		const batch = new BatchRig(async function* (send) {
			yield { output: 'half', ...(send.nth === 2 && { finishReason: 'MAX_TOKENS' }) };
			if (send.nth !== 2) yield* answers(send);
		});
		assert.deepEqual(await batch.run(['one', 'two']), { answered: 2, failed: 0, cutOff: 1, kept: 0 });
		assert.deepEqual(
			batch.saved.map((row) => row.status === 'answered' && [row.answer, row.endedBy]),
			[
				['halffrom a', undefined],
				['half', 'MAX_TOKENS'],
			],
		);
	});

	it('goes on after a prompt that fails, and asks that one again when it is resumed', async () => {
		const batch = new BatchRig((send) =>
			send.nth === 2 ? fails({ type: 'fail', reason: 'badRequest' }) : answers(send),
		);
		assert.deepEqual(await batch.run(texts), { answered: 3, failed: 1, kept: 0 });
		assert.deepEqual(shown(batch.saved)[1], [2, 'two', 'words for badRequest']);
		assert.deepEqual(await batch.run(texts), { answered: 4, failed: 0, kept: 0 });
		assert.deepEqual(batch.asked, [...texts, 'two']);
	});

	it("keeps the rest when the day's quota ends, says when it is back, and asks only the rest then", async () => {
		const batch = new BatchRig((send) => (send.nth === 3 ? fails(rpd) : answers(send)));
		const end = await batch.run(texts);
		const stoppedBy = 'words for waitedTooLong';
		assert.deepEqual({ ...end, retryAt: 0 }, { answered: 2, failed: 0, kept: 2, retryAt: 0, stoppedBy });
		assert.ok((end.retryAt ?? 0) > batch.rig.clock.wall());
		assert.deepEqual(shown(batch.saved).length, 2);
		await batch.rig.clock.advance((end.retryAt ?? 0) - batch.rig.clock.wall() + 60_000);
		assert.deepEqual(await batch.run(texts), { answered: 4, failed: 0, kept: 0 });
		assert.deepEqual(batch.asked.slice(3), ['three', 'four']);
	});

	it('goes on with the lines of another model when one is used up, and says when the first one is back', async () => {
		const batch = new BatchRig((send) => (send.model === 'pro' ? fails(rpd) : answers(send)));
		const lines = ['one', 'two', 'three', 'four'].map((prompt, n) => ({
			prompt,
			...(n % 2 === 0 && { model: 'pro' }),
		}));
		const end = await batch.run(lines);
		const stoppedBy = 'words for waitedTooLong';
		assert.deepEqual({ ...end, retryAt: 0 }, { answered: 2, failed: 0, kept: 2, retryAt: 0, stoppedBy });
		assert.ok((end.retryAt ?? 0) > batch.rig.clock.wall());
		assert.deepEqual(
			batch.saved.map(({ prompt }) => prompt),
			['two', 'four'],
		);
		assert.deepEqual(batch.asked, ['one', 'two', 'four']);
	});

	it('says what ended it for all models, though one of them rests: it is over neither then nor by itself', async () => {
		const batch = new BatchRig((send) => fails(send.model === 'pro' ? rpd : network));
		const end = await batch.run([{ prompt: 'one', model: 'pro' }, 'two', 'three']);
		assert.deepEqual(end, { answered: 0, failed: 0, kept: 3, stoppedBy: 'words for network' });
		assert.deepEqual(new Set(batch.asked), new Set(['one', 'two']));
	});

	it('tells what it waits for, and goes on by itself after the minute', async () => {
		const batch = new BatchRig((send) => (send.nth === 2 ? fails(rpm(38_000)) : answers(send)));
		assert.deepEqual(await batch.run(texts), { answered: 4, failed: 0, kept: 0 });
		const wait = batch.progress.find((progress) => progress.wait)?.wait;
		assert.deepEqual([wait?.on, wait?.reason], ['label of a', 'rpm']);
	});

	it('without a network keeps what is left instead of failing every prompt, and asks it all when resumed', async () => {
		let cutOff = true;
		const batch = new BatchRig((send) => (cutOff && send.nth > 1 ? fails(network) : answers(send)));
		assert.deepEqual(await batch.run(texts), { answered: 1, failed: 0, kept: 3, stoppedBy: 'words for network' });
		cutOff = false;
		assert.deepEqual(await batch.run(texts), { answered: 4, failed: 0, kept: 0 });
		assert.deepEqual(batch.asked, ['one', 'two', 'two', 'three', 'four']);
	});

	it('stopped by the person keeps what has come', async () => {
		const stop = new AbortController();
		const batch = new BatchRig((send) => {
			if (send.nth === 2) stop.abort();
			return answers(send);
		});
		assert.deepEqual(await batch.run(texts, [], stop.signal), { answered: 1, failed: 0, kept: 3 });
		assert.deepEqual(shown(batch.saved), [[1, 'one', 'from a, a']]);
	});

	it('keeps an answer at once, also while a slower one before it is awaited', async () => {
		const stop = new AbortController();
		const batch = new BatchRig((send) => (send.nth === 1 ? hangs(send) : answers(send)));
		batch.width = 2;
		const run = batch.run(['slow', 'quick', 'quick as well'], [], stop.signal);
		await batch.rig.clock.advance(1_000);
		assert.deepEqual(
			batch.saved.map(({ index }) => index),
			[2, 3],
		);
		stop.abort();
		assert.deepEqual(await run, { answered: 2, failed: 0, kept: 1 });
	});

	it('stops asking when the disk takes no more, since the answers would be lost', async () => {
		const batch = new BatchRig(answers);
		batch.disk = () => (batch.saves.length === 2 ? Promise.reject(new Error('disk full')) : Promise.resolve());
		await assert.rejects(batch.run(texts), /disk full/);
		assert.deepEqual(batch.asked, ['one', 'two']);
	});

	it('of thousands is not written anew for each answer: the cost would grow with the square', async () => {
		const many = Array.from({ length: 300 }, (_, at) => `p${at}`);
		const batch = new BatchRig(answers);
		await batch.run(many);
		assert.equal(batch.saved.length, 300);
		assert.ok(batch.saves.length < 160, `${batch.saves.length} writes`);
	});

	it('of thousands is kept every few seconds, however few came: a window that closes writes nothing more', async () => {
		const stop = new AbortController();
		const many = Array.from({ length: 300 }, (_, at) => `p${at}`);
		const batch = new BatchRig((send) => (send.nth === 300 ? hangs(send) : answers(send)));
		const run = batch.run(many, [], stop.signal);
		await batch.rig.clock.advance(20_000);
		assert.equal(batch.saved.length, 299);
		stop.abort();
		assert.deepEqual(await run, { answered: 299, failed: 0, kept: 1 });
	});
});
