import assert from 'node:assert/strict';
import { PoolError } from '../../../../src/pool/pool';
import { runBatch, type BatchResult } from '../../../../src/editor/batch/runBatch';
import { collect } from '../../../support/pool/collect';
import { answers, breaks, fails, Rig, rpd, rpm } from '../../../support/pool/rig';

interface Held {
	readonly index: number;
	end(): void;
}

/** Answers that end when a test says so. */
function held(): { answer: (item: string, index: number, signal: AbortSignal) => Promise<string>; open: Held[] } {
	const open: Held[] = [];
	return {
		open,
		answer: (item, index, signal) =>
			new Promise((resolve, reject) => {
				open.push({ index, end: () => resolve(item) });
				signal.addEventListener('abort', () => reject(new Error('cancelled')));
			}),
	};
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const items = (count: number): string[] => Array.from({ length: count }, (_, at) => `item ${at}`);
const told = <R>(result: BatchResult<R>): string =>
	`${result.index} ${result.state === 'failed' ? result.error.reason : result.state}`;

async function run(
	prompts: readonly string[],
	answer: (item: string, index: number, signal: AbortSignal) => Promise<unknown>,
	width = 1,
): Promise<string[]> {
	const results: string[] = [];
	const signal = new AbortController().signal;
	for await (const result of runBatch(prompts, answer, { concurrency: () => width, signal }))
		results.push(told(result));
	return results;
}

describe('a batch', () => {
	for (const [width, expected] of [
		[1, 1],
		[3, 3],
		[32, 32],
		[33, 32],
		[1e9, 32],
		[Infinity, 32],
		[0, 1],
		[-4, 1],
		[2.9, 2],
		[NaN, 1],
	] as const) {
		it(`asked for ${width} wide runs ${expected} wide`, async () => {
			const { answer, open } = held();
			const stop = new AbortController();
			const results = runBatch(items(40), answer, { concurrency: () => width, signal: stop.signal });
			const first = results.next();
			await settle();
			assert.equal(open.length, expected);
			open[0]?.end();
			assert.deepEqual((await first).value, { index: 0, state: 'answered', result: 'item 0' });
			stop.abort();
			await results.return(undefined);
		});
	}

	it('hands results out in order, and keeps what was answered when it is cancelled', async () => {
		const { answer, open } = held();
		const stop = new AbortController();
		const results: string[] = [];
		const ended = (async () => {
			for await (const result of runBatch(items(5), answer, { concurrency: () => 3, signal: stop.signal }))
				results.push(told(result));
		})();
		await settle();
		open[2]?.end();
		open[1]?.end();
		await settle();
		assert.deepEqual(results, []);
		open[0]?.end();
		await settle();
		assert.deepEqual(results, ['0 answered', '1 answered', '2 answered']);
		stop.abort();
		await ended;
		assert.deepEqual(results.slice(3), ['3 kept', '4 kept']);
	});

	it('goes on after a bad prompt, one that its model was too busy for, or a cap or a day is too small for, and something strange', async () => {
		const answer = (_: string, index: number): Promise<string> => {
			if (index === 3) return Promise.reject(new PoolError('overloaded', []));
			if (index === 4) return Promise.reject(new PoolError('cap', [], { limit: 300 }));
			if (index === 5) return Promise.reject(new PoolError('tpd', [], { limit: 300 }));
			if (index === 1) return Promise.reject(new PoolError('badRequest', []));
			return index === 2 ? Promise.reject(new Error('?')) : Promise.resolve('');
		};
		const told = ['0 answered', '1 badRequest', '2 unexpected', '3 overloaded', '4 cap', '5 tpd', '6 answered'];
		assert.deepEqual(await run(items(7), answer), told);
	});

	for (const reason of [
		'waitedTooLong',
		'cap',
		'paused',
		'noKeys',
		'noUsableKey',
		'paidOnly',
		'keysLocked',
		'hostRefused',
		'redirected',
		'region',
		'badKey',
		'billing',
		'storeUnavailable',
		'overloaded',
		// A limit of 0 that a person set.
		'rpm',
		'rpd',
	] as const) {
		it(`keeps what is left when the pool says ${reason}, and says why`, async () => {
			let asked = 0;
			const error = new PoolError(reason, [], { retryAt: 5 });
			const answer = (_: string, index: number): Promise<string> => {
				asked++;
				return index === 0 ? Promise.resolve('') : Promise.reject(error);
			};
			const signal = new AbortController().signal;
			const results: BatchResult<string>[] = [];
			for await (const result of runBatch(items(4), answer, { concurrency: () => 1, signal })) results.push(result);
			assert.deepEqual(
				results.slice(1).map((result) => result.state === 'kept' && result.error),
				[error, error, error],
			);
			assert.equal(asked, 2);
		});
	}

	for (const reason of [
		'waitedTooLong',
		'tierLacksModel',
		'modelDenied',
		'overloaded',
		'rpd',
		'paused',
		'noKeys',
	] as const) {
		const isOfModel = reason !== 'paused' && reason !== 'noKeys';
		it(`${isOfModel ? 'goes on with' : 'keeps as well'} what asks another model when the pool says ${reason} of one`, async () => {
			const asked: string[] = [];
			const answer = (item: string): Promise<string> => {
				asked.push(item);
				return item === 'other' ? Promise.resolve('') : Promise.reject(new PoolError(reason, [], { retryAt: 5 }));
			};
			const signal = new AbortController().signal;
			const results: string[] = [];
			const options = { concurrency: () => 1, signal, modelOf: (item: string) => item };
			for await (const result of runBatch(['rests', 'rests', 'other', 'rests', 'other'], answer, options))
				results.push(told(result));
			const others = isOfModel ? 'answered' : 'kept';
			assert.deepEqual(results, ['0 kept', '1 kept', `2 ${others}`, '3 kept', `4 ${others}`]);
			assert.deepEqual(asked, isOfModel ? ['rests', 'other', 'other'] : ['rests']);
		});
	}

	it("through the pool: the day's quota ends it, and the next day resumes it", async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(rpd) : answers(send)));
		const answer = (_: string, __: number, signal: AbortSignal): Promise<unknown> =>
			collect(rig.pool.stream(rig.request({ priority: 'batch', maxWaitMs: 900_000 }), rig.open, signal));
		const first = run(items(5), answer);
		assert.deepEqual(await rig.clock.until(first), ['0 answered', '1 answered', '2 kept', '3 kept', '4 kept']);
		await rig.clock.advance(12 * 3_600_000);
		assert.deepEqual(await rig.clock.until(run(items(3), answer, 3)), ['0 answered', '1 answered', '2 answered']);
	});

	it('collects the text that stands after retractions', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? breaks('half', rpm()) : answers(send)));
		assert.deepEqual(await rig.clock.until(collect(rig.pool.stream(rig.request(), rig.open))), ['from b']);
	});

	it('of nothing is nothing', async () => {
		assert.deepEqual(await run([], () => Promise.resolve('')), []);
	});
});
