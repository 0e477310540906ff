import assert from 'node:assert/strict';
import type { FailureAction, PoolRequest, StreamPart } from '../../../../src/pool/pool';
import {
	answers,
	badKey,
	fails,
	hangs,
	internal,
	network,
	overloaded,
	Rig,
	rpm,
	type Asked,
	type Script,
} from '../../../support/pool/rig';
import { plainMaxCost, plainPricing } from '../../../support/pool/pricing';

const limited = (rpmLimit: number): { limits: Record<string, { rpm: number }> } => ({
	limits: { m: { rpm: rpmLimit } },
});
const ended = (all: readonly Asked[]): Promise<unknown> => Promise.all(all.map((asked) => asked.ended));

const typeOf = ({ done, value }: IteratorResult<StreamPart<string>, unknown>): string => (done ? 'end' : value.type);

/** Says in which order requests were sent, by their ids. */
function order(rig: Rig): string[] {
	const ids: string[] = [];
	rig.pool.onEvent((event) => {
		if (event.type === 'attempt') ids.push(event.request);
	});
	return ids;
}

describe('waiting', () => {
	it('serves first come first, and tells each how many are ahead', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		const ids = order(rig);
		const asked = Array.from({ length: 4 }, () => rig.ask({ maxWaitMs: 900_000 }));
		await rig.clock.settle();
		assert.deepEqual(
			asked.slice(1).map(({ parts }) => parts.at(-1)?.type === 'waiting' && parts.at(-1)),
			[
				{ type: 'waiting', on: { key: 'a', model: 'm' }, reason: 'rpm', inMs: 60_150, ahead: 0 },
				{ type: 'waiting', on: { key: 'a', model: 'm' }, reason: 'rpm', inMs: 60_150, ahead: 1 },
				{ type: 'waiting', on: { key: 'a', model: 'm' }, reason: 'rpm', inMs: 60_150, ahead: 2 },
			],
		);
		assert.equal(rig.pool.snapshot().waiting, 3);
		await rig.clock.until(ended(asked));
		assert.deepEqual(ids, ['r1', 'r2', 'r3', 'r4']);
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 60_150, 120_300, 180_450],
		);
	});

	it('for a budget that answers under way hold names no end of the day: it may have what lacks in a moment', async () => {
		const budgets = { pool: { day: (1.5 * plainMaxCost) / 1e6 } };
		const rig = new Rig({ a: { tier: 'paid' } }, hangs, { pricing: plainPricing, budgets });
		const asked = [rig.ask(), rig.ask()];
		await rig.clock.advance(1_000);
		const waits = asked[1]?.parts.at(-1);
		assert.ok(waits?.type === 'waiting');
		assert.deepEqual([waits.reason, waits.inMs], ['budget', 10_000]);
		rig.pool.dispose();
		await rig.clock.until(ended(asked));
	});

	it('serves chat before batch, and one batch after four chats', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		const ids = order(rig);
		const asked = [rig.ask({ id: 'first' })];
		await rig.clock.settle();
		for (let n = 0; n < 2; n++) asked.push(rig.ask({ id: `b${n}`, priority: 'batch', maxWaitMs: 9e6 }));
		for (let n = 0; n < 6; n++) asked.push(rig.ask({ id: `c${n}`, maxWaitMs: 9e6 }));
		await rig.clock.until(ended(asked));
		assert.deepEqual(ids, ['first', 'c0', 'c1', 'c2', 'c3', 'b0', 'c4', 'c5', 'b1']);
	});

	it('holds the tokens for a large request that is ahead, and the small ones behind it wait instead of failing', async () => {
		const rig = new Rig({ a: { limits: { m: { tpm: 1000 } } } }, (send) => answers(send));
		const ids = order(rig);
		const cost = (tokens: number) => ({ size: { bytes: 0, tokens } });
		const asked = [rig.ask({ id: 'now', ...cost(600) })];
		await rig.clock.settle();
		// The service counted 100 of the first.
		asked.push(rig.ask({ id: 'large', ...cost(950) }), rig.ask({ id: 'small', maxWaitMs: 900_000, ...cost(50) }));
		await rig.clock.settle();
		const small = asked[2]?.parts.at(-1);
		assert.ok(small?.type === 'waiting' && small.reason === 'tpm' && small.ahead === 1);
		await rig.clock.until(ended(asked));
		assert.deepEqual(ids, ['now', 'large', 'small']);
		assert.deepEqual(
			asked.map(({ error }) => error),
			[undefined, undefined, undefined],
		);
	});

	it('asks no one again without a cause: one timer, and few looks', async () => {
		const slow = { type: 'coolDown', reason: 'capacity', delayMs: 100_000 } as const;
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(slow) : answers(send)));
		let looks = 0;
		const transact = rig.store.transact.bind(rig.store);
		rig.store.transact = (step) => {
			looks++;
			return transact(step);
		};
		const asked = [rig.ask(), rig.ask(), rig.ask()];
		await rig.clock.settle();
		const before = looks;
		assert.ok(rig.clock.pending <= 2, `${rig.clock.pending} timers`);
		await rig.clock.advance(99_000);
		assert.equal(looks, before);
		await rig.clock.until(ended(asked));
		assert.ok(looks - before < 20, `${looks - before}`);
		assert.equal(rig.sends.length, 4);
	});

	it('is left at once by a cancel, which counts against nobody, and the next one moves up', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		const stop = new AbortController();
		const asked = [rig.ask(), rig.ask({}, stop.signal), rig.ask({ maxWaitMs: 900_000 })];
		await rig.clock.settle();
		stop.abort();
		await rig.clock.settle();
		assert.equal(asked[1]?.error?.reason, 'cancelled');
		assert.equal(asked[1].error.attempts.length, 0);
		const moved = asked[2]?.parts.at(-1);
		assert.ok(moved?.type === 'waiting' && moved.ahead === 0);
		await rig.clock.until(ended(asked));
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 60_150],
		);
	});

	it('takes another model at any time, also behind others that wait for the same', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		const asked = [rig.ask(), rig.ask(), rig.ask()];
		await rig.clock.settle();
		asked[2]?.stream.useModel('other');
		await rig.clock.settle();
		assert.equal(asked[2]?.done?.on.model, 'other');
		assert.equal(rig.elapsed, 0);
		assert.ok(asked[2].parts.every(({ type }) => type !== 'switched'));
		assert.equal(rig.pool.snapshot().waiting, 1);
		await rig.clock.until(ended(asked));
	});

	it('takes another model in the middle of a back-off of its own', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(network) : answers(send)));
		const asked = rig.ask();
		await rig.clock.settle();
		asked.stream.useModel('other');
		await rig.clock.settle();
		assert.equal(asked.text, 'from a');
		assert.equal(rig.elapsed, 0);
		assert.equal(rig.clock.pending, 0);
	});

	it('ends when its patience ends, and fails at once when the wait is known to be longer', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(60_000)));
		const exact = await rig.answer({ maxWaitMs: 60_000 });
		assert.equal(exact.error?.reason, 'waitedTooLong');
		assert.equal(rig.elapsed, 60_000);
		assert.equal(rig.sends.length, 2);
		await rig.answer({ maxWaitMs: 59_999 });
		assert.equal(rig.elapsed, 60_000);
		assert.equal(rig.sends.length, 2);
	});

	it('is woken by a person who clears a cooldown, resumes or adds a key', async () => {
		const script: Script = (send) => (send.key === 'a' && send.nth === 1 ? fails(rpm(100_000)) : answers(send));
		const rig = new Rig({ a: {} }, script);
		const first = rig.ask();
		await rig.clock.settle();
		const [a] = rig.pool.snapshot().keys;
		assert.ok(a);
		await rig.pool.execute({ type: 'clearCooldown', project: a.project.id });
		await rig.clock.settle();
		assert.equal(first.text, 'from a');
		const other = new Rig({ a: {} }, script);
		const second = other.ask();
		await other.clock.settle();
		other.setKeys({ a: {}, b: {} });
		await other.clock.settle();
		assert.equal(second.text, 'from b');
	});

	it('fails with the reason when the last key is quarantined meanwhile', async () => {
		const rig = new Rig({ a: limited(1) }, (send) => (send.nth === 1 ? hangs(send) : answers(send)));
		const stop = new AbortController();
		const first = rig.ask({}, stop.signal);
		const second = rig.ask();
		await rig.clock.settle();
		await rig.store.transact((tx) => {
			const id = rig.pool.snapshot().keys[0]?.key.id;
			assert.ok(id);
			const state = { state: 'quarantined', reason: 'billing', since: 0, rechecksLeft: [], hadWorked: true } as const;
			tx.put({ kind: 'key', id, doc: { ...tx.key(id), status: state } });
		});
		await rig.clock.settle();
		assert.equal(second.error?.reason, 'billing');
		stop.abort();
		await rig.clock.until(first.ended);
	});

	it('gives its place back when the consumer leaves between two parts, so that nobody waits for its probe', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		assert.equal(typeOf(await parts.next()), 'waiting');
		await rig.clock.advance(10_001);
		// The place is granted by now, but nobody reads.
		assert.equal(rig.sends.length, 1);
		await parts.return?.();
		await rig.clock.settle();
		assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a');
	});

	it('does not send on a place that a slow consumer let grow old, nor count it', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		await rig.answer();
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		await parts.next();
		await rig.clock.advance(80_000);
		assert.equal(typeOf(await parts.next()), 'output');
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 80_000],
		);
		assert.equal(rig.pool.snapshot().keys[0]?.models[0]?.requestsToday, 2);
		await parts.return?.();
	});

	it('counts the minute from the send, where a consumer took a while over the news that it waits', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		await rig.answer();
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		assert.equal(typeOf(await parts.next()), 'waiting');
		await rig.clock.advance(60_350);
		for (let next = await parts.next(); !next.done; next = await parts.next());
		await rig.answer();
		const [, second = 0, third = 0] = rig.sends.map(({ at }) => at);
		assert.equal(second, 60_350);
		assert.ok(third - second >= 60_000, `${third - second} ms later`);
	});

	it('is for the model alone where that is overloaded, also for whom a key met it', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth < 3 ? fails(overloaded) : answers(send)));
		const { parts } = await rig.answer();
		assert.deepEqual(
			parts.flatMap((part) => (part.type === 'waiting' ? [[part.reason, part.on]] : [])),
			[
				['overloaded', { model: 'm' }],
				['overloaded', { model: 'm' }],
			],
		);
	});

	it('backs off from an overloaded model without starving the others on another model', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(overloaded) : answers(send)));
		const first = rig.ask({ models: ['m', 'lite'] });
		const second = rig.ask({ models: ['n'] });
		await rig.clock.settle();
		assert.ok(second.done);
		await rig.clock.until(first.ended);
		assert.equal(first.done?.on.model, 'lite');
	});

	it('goes on with a fallback when waiting would never end, whatever the setting', async () => {
		const rig = new Rig(
			{ a: {} },
			(send) => {
				if (send.model === 'm') return fails({ type: 'fail', reason: 'noSuchModel' });
				return answers(send);
			},
			{ whenExhausted: 'wait' },
		);
		assert.equal((await rig.answer({ models: ['m', 'lite'] })).error?.reason, 'noSuchModel');
		assert.equal((await rig.answer({ models: ['m', 'lite'] })).done?.on.model, 'lite');
	});

	it('waits for the wanted model alone where the person wants that', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(50_000)) : answers(send)), {
			whenExhausted: 'wait',
		});
		const asked = await rig.answer({ models: ['m', 'lite'] });
		assert.equal(asked.done?.on.model, 'm');
		assert.equal(rig.elapsed, 50_000);
	});

	it('outlives a clock that goes backwards by hours', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(60_000)) : answers(send)));
		const asked = rig.ask();
		await rig.clock.advance(10_000);
		rig.clock.jump(-5 * 3_600_000);
		await rig.clock.until(asked.ended);
		assert.equal(asked.text, 'from a');
		assert.ok(rig.clock.monotonic() <= 121_000, `${rig.clock.monotonic()}`);
	});

	it('remembers over a restart with the clock set back, and is not stuck in the future', async () => {
		const rig = new Rig({ a: limited(1) }, answers);
		await rig.answer();
		const later = new Rig({ a: limited(1) }, answers, {
			store: rig.store.export(),
			start: Date.UTC(2026, 10, 24, 17),
		});
		const asked = await later.answer();
		assert.equal(asked.text, 'from a');
		assert.deepEqual(
			later.sends.map(({ at }) => at),
			[60_150],
		);
	});

	it('ends where the service asks for a longer pause than it may still wait: another key is asked at once, as after all tries', async () => {
		const slow = { ...internal, minDelaysMs: [50_000] } as FailureAction;
		const asked = async (more: Partial<PoolRequest>): Promise<readonly [string | undefined, string, number]> => {
			const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(slow) : answers(send)));
			const { error, text } = await rig.answer(more);
			return [error?.reason ?? text, rig.order, rig.elapsed];
		};
		assert.deepEqual(await asked({ maxWaitMs: 120_000 }), ['from b', 'a a a b', 100_000]);
		assert.deepEqual(await asked({ maxWaitMs: 99_000 }), ['from b', 'a a b', 50_000]);
		assert.deepEqual(await asked({ maxWaitMs: 49_000 }), ['from b', 'a b', 0]);
		const alone = new Rig({ a: {} }, () => fails({ ...internal, minDelaysMs: [600_000] } as FailureAction));
		assert.deepEqual([(await alone.answer()).error?.reason, alone.elapsed], ['internal', 0]);
	});

	it('is none for a key that rests and is too small for the request whenever it is back', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.model === 'm' ? fails({ type: 'coolDown', reason: 'tpm', limit: 1_000, delayMs: 8_000 }) : answers(send),
		);
		await rig.answer({ maxWaitMs: 0 });
		const size = { bytes: 40_000, tokens: 0 };
		const asked = await rig.answer({ models: ['m', 'lite'], size });
		assert.deepEqual([asked.types, asked.done?.on.model, rig.elapsed], ['switched output done', 'lite', 0]);
		const { error } = await rig.answer({ size });
		assert.deepEqual([error?.reason, error?.facts.limit, rig.elapsed], ['tooLargeForTier', 1_000, 0]);
	});

	it('does not count the time that the machine sleeps, which nobody waits: what is awake does', async () => {
		const rig = new Rig({ a: limited(1) }, answers, { window: 'w' });
		const asked = Array.from({ length: 5 }, () => rig.ask({ maxWaitMs: 200_000, priority: 'batch' }));
		await rig.clock.advance(20_000);
		rig.clock.sleep(8 * 3_600_000);
		const late = rig.ask({ maxWaitMs: 90_000, priority: 'batch' });
		await rig.clock.advance(200_000);
		assert.deepEqual(
			[...asked, late].map(({ error, text }) => error?.reason ?? text),
			['from a', 'from a', 'from a', 'from a', 'waitedTooLong', 'waitedTooLong'],
		);
	});

	it('says that there is no key, where the last one was removed or disabled meanwhile', async () => {
		for (const left of [{}, { a: { enabled: false } }]) {
			const rig = new Rig({ a: {} }, () => fails(rpm(30_000)));
			const asked = rig.ask();
			await rig.clock.advance(1_000);
			rig.setKeys(left);
			await rig.clock.until(asked.ended);
			assert.deepEqual([asked.error?.reason, rig.elapsed], ['noKeys', 1_000]);
		}
	});

	it('says badKey of a quarantined key only where the request met nothing itself', async () => {
		const region = { type: 'retryOtherKeyOnce', reason: 'region', paid: false } as const;
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(badKey) : fails(region)));
		rig.checking = () => undefined;
		const first = await rig.answer();
		assert.equal(rig.order, 'a b');
		assert.equal(first.error?.reason, 'region');
	});
});
