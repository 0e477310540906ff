import assert from 'node:assert/strict';
import type { Attempt, KeyId, PoolEvent } from '../../../src/pool/pool';
import { Events } from '../../../src/pool/events';
import { MemoryLedger } from '../../../src/pool/memoryLedger';
import { count, Statistics } from '../../../src/pool/statistics';
import { answers, fails, Rig, rpm } from './rig';

describe('snapshots', () => {
	it('are one object for each revision, and time alone makes a new one when a rest ends', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		const resting = rig.pool.snapshot();
		assert.equal(rig.pool.snapshot(), resting);
		assert.equal(resting.usable, 0);
		const events: string[] = [];
		rig.pool.onEvent(({ type }) => events.push(type));
		await rig.clock.advance(9_999);
		assert.equal(rig.pool.snapshot(), resting);
		assert.deepEqual(events, []);
		await rig.clock.advance(1);
		assert.deepEqual(events, ['changed']);
		const usable = rig.pool.snapshot();
		assert.equal(usable.usable, 1);
		assert.ok(usable.rev > resting.rev);
	});

	it('show nothing twice: taking none keeps the revision', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { rev } = rig.pool.snapshot();
		await rig.answer();
		assert.equal(rig.pool.snapshot().rev, rev + 1);
	});

	it('count as usable who is enabled, not benched, and has a bucket that takes a request now', async () => {
		const plan = { a: {}, b: { enabled: false }, c: { limits: { m: { rpm: 1 } } } } as const;
		const rig = new Rig(plan, answers);
		for (let n = 0; n < 2; n++) await rig.answer();
		const { usable, total, keys } = rig.pool.snapshot();
		assert.deepEqual([usable, total], [1, 2]);
		assert.deepEqual(
			keys.map(({ standing }) => standing.is),
			['usable', 'disabled', 'resting'],
		);
	});

	it("see the user's limits by whichever name they were set", async () => {
		const rig = new Rig(
			{ a: { limits: { latest: { rpm: 1 } } } },
			async function* () {
				await Promise.resolve();
				yield { output: 'x', servedBy: 'real', finished: 'STOP' };
			},
			{ model: 'latest' },
		);
		await rig.answer({ models: ['latest'] });
		assert.equal(rig.pool.snapshot().keys[0]?.standing.is, 'resting');
	});
});

describe('statistics', () => {
	const room = () => {
		let now = 0;
		const ledger = new MemoryLedger({ wall: () => now });
		return {
			statistics: new Statistics(ledger),
			at: (ms: number) => (now = ms),
			sent: (of: Partial<Attempt> = {}) =>
				ledger.transact((tx, at) => {
					count(tx, ledger.replica(), { key: 'a' as KeyId, outcome: 'answered', ...of }, at);
				}),
		};
	};
	const usage = { input: 3, cached: 0, output: 2, thoughts: 4 };

	it('count by minute, key and outcome, with tokens', async () => {
		const { statistics, at, sent } = room();
		await sent({ usage });
		at(59_999);
		await sent({ usage });
		at(60_000);
		await sent();
		await sent({ outcome: 'rpm' });
		assert.deepEqual(statistics.minutes(), [
			{ minute: 0, key: 'a', outcome: 'answered', sends: 2, input: 6, output: 12 },
			{ minute: 1, key: 'a', outcome: 'answered', sends: 1, input: 0, output: 0 },
			{ minute: 1, key: 'a', outcome: 'rpm', sends: 1, input: 0, output: 0 },
		]);
	});

	it('keep 24 hours, 50,000 counts and the last 200 trails', async () => {
		const { statistics, at, sent } = room();
		for (let minute = 0; minute < 1500; minute++) {
			at(minute * 60_000);
			await sent();
		}
		assert.equal(statistics.minutes().length, 1440);
		assert.equal(statistics.minutes()[0]?.minute, 60);
		for (let key = 0; key < 60_000; key++) await sent({ key: `k${key}` as KeyId });
		assert.equal(statistics.minutes().length, 50_000);
		for (let n = 0; n < 300; n++) {
			await statistics.ended({ request: `r${n}`, origin: 'o', endedAt: n, outcome: 'answered', attempts: [] });
		}
		assert.equal(statistics.trails().length, 200);
		assert.equal(statistics.trails()[0]?.request, 'r100');
	});
});

describe('bad input', () => {
	it('of options falls back to the defaults, and an unknown strategy to headroom', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		rig.pool.configure({ strategy: 'nonsense', maxRetries: NaN, baseDelayMs: -1, batchWidth: 99 });
		assert.equal(rig.pool.snapshot().strategy, 'headroom');
		assert.ok((await rig.answer()).done);
		const bounded = new Rig(
			{ a: {} },
			() => fails({ act: 'backOff', why: 'network', scope: 'request', times: 99, then: 'fail' }),
			{
				maxRetries: NaN,
				baseDelayMs: NaN,
			},
		);
		const { error } = await bounded.answer();
		assert.equal(error?.reason, 'tooManyTries');
		assert.deepEqual(
			bounded.sends.map(({ at }) => at),
			[0, 1000, 3000, 7000, 15_000],
		);
	});

	it('of keys: none, all off, the same twice, ten thousand', async () => {
		assert.equal((await new Rig({}, answers).answer()).error?.reason, 'noKeys');
		assert.equal((await new Rig({ a: { enabled: false } }, answers).answer()).error?.reason, 'noKeys');
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

	it('of a ledger that is down: said at once before sending, and an answer that is whole is not spoilt', async () => {
		const rig = new Rig({ a: {} }, answers);
		let down = false;
		const transact = rig.ledger.transact.bind(rig.ledger);
		rig.ledger.transact = (step) => (down ? Promise.reject(new Error('gone')) : transact(step));
		rig.setScript((send) => {
			down = true;
			return answers(send);
		});
		const first = await rig.answer();
		assert.equal(first.text, 'from a');
		assert.ok(first.done);
		assert.ok((await rig.answer()).error);
	});
});
