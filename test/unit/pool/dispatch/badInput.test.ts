import assert from 'node:assert/strict';
import type { PoolEvent } from '../../../../src/pool/pool';
import { Events } from '../../../../src/pool/types/events';
import { strategyNames } from '../../../../src/pool/types/strategyName';
import { answers, fails, hangs, Rig, rpm } from '../../../support/pool/rig';

describe('bad input', () => {
	it('of options falls back to the defaults', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		rig.pool.configure({ maxRetries: NaN, baseDelayMs: -1, batchConcurrency: 99 });
		assert.ok((await rig.answer()).done);
		const bounded = new Rig(
			{ a: {} },
			() => fails({ type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 99, afterRetries: 'fail' }),
			{
				maxRetries: NaN,
				baseDelayMs: NaN,
			},
		);
		const { error } = await bounded.answer();
		assert.equal(error?.reason, 'network');
		assert.deepEqual(
			bounded.sends.map(({ at }) => at),
			[0, 1000, 3000, 7000, 15_000],
		);
	});

	it('of keys: none, all off, the same twice, ten thousand', async () => {
		const none = (await new Rig({}, answers).answer()).error;
		assert.deepEqual([none?.reason, none?.facts.limit], ['noKeys', undefined]);
		const off = (await new Rig({ a: { enabled: false } }, answers).answer()).error;
		assert.deepEqual([off?.reason, off?.facts.limit], ['noKeys', 1]);
		const many = new Rig(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, {}])), answers, {
			strategy: 'headroom',
		});
		assert.equal((await many.answer()).text, 'from k0');
		assert.equal((await many.answer()).text, 'from k1');
	});

	it('of a listener that throws: it is reported, and the pool goes on', async () => {
		const rig = new Rig({ a: {} }, answers);
		const seen: PoolEvent['type'][] = [];
		rig.pool.onEvent(() => {
			throw new Error('mine');
		});
		rig.pool.onEvent(({ type }) => seen.push(type));
		assert.ok((await rig.answer()).done);
		assert.ok(seen.includes('attempt'));
		const reported: unknown[] = [];
		const events = new Events<number>((error) => reported.push(error));
		const mine = new Error('mine');
		events.on(() => {
			throw mine;
		});
		events.emit(1);
		assert.deepEqual(reported, [mine]);
	});

	it('of a call that throws something strange: one worded reason', async () => {
		for (const thrown of [new TypeError('x'), 'text', undefined]) {
			const rig = new Rig({ a: {}, b: {} }, () => ({
				[Symbol.asyncIterator]: () => ({
					// eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the point
					next: () => Promise.reject(thrown),
				}),
			}));
			assert.equal((await rig.answer()).error?.reason, 'unexpected');
			assert.equal(rig.sends.length, 1);
		}
	});

	it('of a store that is down: said at once before sending, and an answer that is whole is not spoilt', async () => {
		const rig = new Rig({ a: {} }, answers);
		let down = false;
		const transact = rig.store.transact.bind(rig.store);
		rig.store.transact = (step) => (down ? Promise.reject(new Error('gone')) : transact(step));
		rig.setScript((send) => {
			down = true;
			return answers(send);
		});
		const first = await rig.answer();
		assert.equal(first.text, 'from a');
		assert.ok(first.done);
		assert.ok((await rig.answer()).error);
	});

	it('of one key: every strategy asks it, waits for it, and says when it is back', async () => {
		for (const strategy of strategyNames) {
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)), { strategy });
			const short = await rig.answer({ maxWaitMs: 5000 });
			assert.equal(short.error?.reason, 'waitedTooLong', strategy);
			assert.equal(short.error.facts.retryAt, rig.clock.wall() + 10_000);
			assert.equal((await rig.answer()).text, 'from a');
			assert.equal(rig.elapsed, 10_000);
		}
	});

	it('of weights: 0, below it, fractions and no number still answer every request', async () => {
		const weights = [0, -3, 0.5, NaN, Infinity, 1e300, -0.1];
		const keys = Object.fromEntries(weights.map((weight, at) => [`k${at}`, { weight }]));
		for (const strategy of strategyNames) {
			const rig = new Rig(keys, answers, { strategy });
			for (let n = 0; n < 10; n++) assert.ok((await rig.answer()).done, strategy);
		}
	});

	it('of a consumer that stops reading in the middle of an answer: the others are served', async () => {
		const rig = new Rig({ a: {} }, answers);
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		assert.equal((await parts.next()).done, false);
		for (let n = 0; n < 3; n++) assert.equal((await rig.answer()).text, 'from a');
		assert.equal(rig.elapsed, 0);
	});

	it('of a consumer that stops reading while it waits: its place expires, and who comes after it is served', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		await parts.next();
		// It is granted the probe after the cooldown, and never sends it.
		const asked = await rig.answer({ maxWaitMs: 120_000 });
		assert.equal(asked.text, 'from a');
		assert.equal(rig.sends.length, 2);
	});

	it('of a service that says nothing, for ever: the request ends with a reason', async () => {
		const rig = new Rig({ a: {}, b: {} }, hangs);
		assert.equal((await rig.answer()).error?.reason, 'idle');
	});

	it('of a stream that drips for ever: the attempt ends after 15 minutes with a reason, and its place is free', async () => {
		const rig = new Rig({ a: {} }, (send, clock) =>
			send.nth > 1
				? answers(send)
				: (async function* () {
						for (;;) {
							yield { output: '.' };
							await new Promise<void>((resolve) => clock.after(29_000, resolve));
						}
					})(),
		);
		const asked = await rig.answer();
		assert.equal(asked.error?.reason, 'answerTooLong');
		assert.deepEqual([rig.elapsed, asked.text], [15 * 60_000, '.'.repeat(32)]);
		assert.deepEqual(
			rig.pool.snapshot().keys.map(({ availability }) => availability.state),
			['usable'],
		);
		assert.equal((await rig.answer()).text, 'from a');
	});

	it('of a clock that goes backwards again and again: every request is answered', async () => {
		const limits = { m: { rpm: 2 } };
		const rig = new Rig({ a: { limits } }, answers);
		const asked = Array.from({ length: 6 }, () => rig.ask({ maxWaitMs: 600_000 }));
		for (let n = 0; n < 40; n++) {
			await rig.clock.advance(5000);
			if (n % 4 === 0) rig.clock.jump(-30_000);
		}
		await Promise.all(asked.map(({ ended }) => rig.clock.until(ended)));
		assert.ok(asked.every(({ done }) => done));
	});
});
