import assert from 'node:assert/strict';
import { PoolError } from '../../../../src/pool/pool';
import { runBatch, type BatchResult } from '../../../../src/editor/batch/runBatch';
import { collect } from '../../../support/pool/collect';
import { answers, Rig } from '../../../support/pool/rig';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers that a test ends one by one, by the index of their prompt. */
function held(): {
	readonly begun: number[];
	readonly signals: AbortSignal[];
	readonly answer: (item: number, index: number, signal: AbortSignal) => Promise<number>;
	readonly end: (index: number) => Promise<void>;
} {
	const ends = new Map<number, () => void>();
	const begun: number[] = [];
	const signals: AbortSignal[] = [];
	return {
		begun,
		signals,
		answer: (item, index, signal) => {
			begun.push(index);
			signals.push(signal);
			return new Promise((resolve, reject) => {
				ends.set(index, () => resolve(item));
				signal.addEventListener('abort', () => reject(signal.reason as Error));
			});
		},
		end: async (index) => {
			ends.get(index)?.();
			await settle();
		},
	};
}

describe('the edges of a batch', () => {
	it('the next prompt begins as soon as one has ended, though the first is slow', async () => {
		const { answer, begun, end } = held();
		const results = runBatch([1, 2, 3, 4], answer, { concurrency: () => 2, signal: new AbortController().signal });
		const first = results.next();
		await settle();
		assert.deepEqual(begun, [0, 1]);
		await end(1);
		assert.deepEqual(begun, [0, 1, 2]);
		await end(2);
		assert.deepEqual(begun, [0, 1, 2, 3]);
		await end(0);
		assert.deepEqual((await first).value, { index: 0, state: 'answered', result: 1 });
		await results.return();
	});

	it('who leaves ends what still runs, with a reason', async () => {
		const { answer, signals, end } = held();
		const results = runBatch([1, 2], answer, { concurrency: () => 2, signal: new AbortController().signal });
		const first = results.next();
		await settle();
		await end(0);
		await first;
		assert.deepEqual(
			signals.map(({ aborted }) => aborted),
			[false, false],
		);
		await results.return();
		assert.equal(signals[1]?.aborted, true);
		assert.match(String(signals[1].reason), /ended/);
	});

	it('prompts may be anything, also nothing', async () => {
		const results: BatchResult<unknown>[] = [];
		const options = { concurrency: () => 1, signal: new AbortController().signal };
		for await (const result of runBatch([undefined, 0], (item) => Promise.resolve(item), options)) results.push(result);
		assert.deepEqual(results, [
			{ index: 0, state: 'answered', result: undefined },
			{ index: 1, state: 'answered', result: 0 },
		]);
	});

	for (const reason of [
		'tierLacksModel',
		'modelDenied',
		'proxy',
		'cancelled',
		'leaked',
		'denied',
		'suspended',
		'serviceDisabled',
		'blocked',
	] as const) {
		it(`keeps the rest where the pool says ${reason}`, async () => {
			const results: BatchResult<unknown>[] = [];
			const error = new PoolError(reason, []);
			const answer = (): Promise<unknown> => Promise.reject(error);
			const isOfModel = reason === 'tierLacksModel' || reason === 'modelDenied';
			const options = { concurrency: () => 1, signal: new AbortController().signal };
			for await (const result of runBatch(['x', 'y'], answer, options)) results.push(result);
			assert.deepEqual(results, [
				{ index: 0, state: 'kept', error, isOfModel },
				{ index: 1, state: 'kept', error, isOfModel },
			]);
		});
	}

	it('an answer is its pieces and nothing else', async () => {
		const rig = new Rig({ a: {} }, answers);
		assert.deepEqual(await rig.clock.until(collect(rig.pool.stream(rig.request(), rig.open))), ['from a']);
	});
});
