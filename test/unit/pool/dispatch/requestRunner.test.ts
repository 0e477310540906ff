import assert from 'node:assert/strict';
import type { BucketId, Chunk, KeyId, ProjectId, FailureAction } from '../../../../src/pool/pool';
import { plainCost, plainPricing } from '../../../support/pool/pricing';
import {
	answers,
	breaks,
	deadline,
	fails,
	hangs,
	internal,
	network,
	Rig,
	rpm,
	type Asked,
} from '../../../support/pool/rig';

async function* chunks(...all: readonly Chunk<string>[]): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield* all;
}
const leaseOf = (rig: Rig, key = 'a') => rig.store.replica().bucket.get(`p-${key}/m` as BucketId)?.leases[0];
const parts = <T extends Asked['parts'][number]['type']>(asked: Asked, type: T) =>
	asked.parts.filter((part): part is Extract<Asked['parts'][number], { type: T }> => part.type === type);

describe('the run of a request', () => {
	it('ends with the finish reason, the counts and the key that answered', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { done } = await rig.answer();
		assert.deepEqual(
			[done?.finishReason, done?.usage, done?.on, done?.attempt],
			['STOP', { input: 100, cached: 0, output: 10, thoughts: 0 }, { key: 'a', model: 'm' }, 1],
		);
		const bare = new Rig({ a: {} }, async function* () {
			yield await Promise.resolve({ output: 'x', finishReason: 'MAX_TOKENS' });
			yield {};
		});
		const plain = (await bare.answer()).done;
		assert.ok(plain && !('usage' in plain));
		assert.equal(plain.finishReason, 'MAX_TOKENS');
	});

	it('says why it takes something back, and what it waits for in a back-off of its own', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? breaks('half', network) : answers(send)));
		const asked = await rig.answer();
		assert.deepEqual(parts(asked, 'retract'), [{ type: 'retract', attempt: 1, reason: 'network' }]);
		assert.deepEqual(parts(asked, 'waiting'), [
			{ type: 'waiting', on: { key: 'a', model: 'm' }, reason: 'network', inMs: 1000, ahead: 0 },
		]);
		const cut = new Rig({ a: {} }, (send) => (send.nth === 1 ? breaks('half') : answers(send)));
		assert.equal(parts(await cut.answer(), 'retract')[0]?.reason, 'cutStream');
	});

	it('tells its attempts: key, model, when, how long, how it ended and what was said', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send, clock) =>
			(async function* () {
				await new Promise<void>((resolve) => clock.after(300, resolve));
				yield* send.key === 'a' ? fails(rpm(), 'slow down') : answers(send);
			})(),
		);
		const began = rig.clock.wall();
		const asked = await rig.answer();
		assert.deepEqual(asked.done?.attempts, [
			{
				...{ key: 'a', model: 'm', label: 'a', sentAt: began, ms: 300, outcome: 'rpm', serviceMessage: 'slow down' },
				...{ project: 'p-a', tier: 'free' },
			},
			{
				...{ key: 'b', model: 'm', label: 'b', sentAt: began + 300, ms: 300, outcome: 'answered' },
				...{ project: 'p-b', tier: 'free', servedModel: 'm' },
				usage: { input: 100, cached: 0, output: 10, thoughts: 0 },
			},
		]);
	});

	it('remembers the newest two hundred attempts', async () => {
		const endless: FailureAction = {
			type: 'retrySameKey',
			reason: 'network',
			scope: 'request',
			maxRetries: 1000,
			afterRetries: 'fail',
		};
		const rig = new Rig({ a: {} }, () => fails(endless), { maxRetries: 205, baseDelayMs: 0 });
		const { error } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts.limit, error?.attempts.length], ['network', 205, 200]);
	});

	it('reserves its place for the longest silence and half a minute more, twice that with more patience', async () => {
		const lease = async (idle: { firstMs: number; betweenMs: number }): Promise<number> => {
			const rig = new Rig({ a: {} }, hangs);
			rig.ask({ idle });
			await rig.clock.settle();
			return (leaseOf(rig)?.expiresAt ?? 0) - rig.clock.wall();
		};
		assert.equal(await lease({ firstMs: 60_000, betweenMs: 30_000 }), 90_000);
		assert.equal(await lease({ firstMs: 20_000, betweenMs: 40_000 }), 70_000);
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(deadline) : hangs(send)));
		rig.ask();
		await rig.clock.advance(1000);
		assert.equal((leaseOf(rig)?.expiresAt ?? 0) - rig.clock.wall(), 150_000);
	});

	it('renews that while pieces come, and not at every piece', async () => {
		const rig = new Rig({ a: {} }, (_, clock) =>
			(async function* () {
				for (let n = 0; n < 30; n++) {
					yield { output: String(n) };
					await new Promise<void>((resolve) => clock.after(10_000, resolve));
				}
				yield { finishReason: 'STOP' };
			})(),
		);
		const asked = rig.ask();
		const ends = new Set<number>();
		for (let n = 0; n < 30; n++) {
			const end = leaseOf(rig)?.expiresAt ?? 0;
			if (n > 0) assert.ok(end > rig.clock.wall(), `after ${n * 10} s`);
			ends.add(end);
			await rig.clock.advance(10_000);
		}
		await rig.clock.until(asked.ended);
		assert.ok(ends.size > 3 && ends.size < 10, `${ends.size} times`);
	});

	it('waits twice as long between pieces once the service has asked for more time', async () => {
		const slow = async (patient: boolean): Promise<string | undefined> => {
			const rig = new Rig({ a: {} }, (send, clock) =>
				send.nth === 1 && patient
					? fails(deadline)
					: (async function* () {
							yield { output: 'x' };
							await new Promise<void>((resolve) => clock.after(50_000, resolve));
							yield { finishReason: 'STOP' };
						})(),
			);
			return (await rig.answer({ recovery: 'fail' })).error?.reason;
		};
		assert.deepEqual([await slow(false), await slow(true)], ['idle', undefined]);
	});

	it('waits ten minutes for the first piece in the flex tier, whose place is reserved for as long', async () => {
		const slow = async (serviceTier: 'flex' | 'standard'): Promise<Asked> => {
			const rig = new Rig({ a: {} }, (send, clock) =>
				(async function* () {
					await new Promise<void>((resolve) => clock.after(9 * 60_000, resolve));
					yield* answers(send);
				})(),
			);
			const asked = rig.ask({ serviceTier, models: ['m'] });
			await rig.clock.settle();
			const silence = serviceTier === 'flex' ? 600_000 : 60_000;
			assert.equal((leaseOf(rig)?.expiresAt ?? 0) - rig.clock.wall(), silence + 30_000);
			await rig.clock.until(asked.ended);
			return asked;
		};
		const flex = await slow('flex');
		assert.deepEqual([flex.text, flex.done?.attempts.length], ['from a', 1]);
		assert.equal((await slow('standard')).error?.reason, 'idle');
	});

	it('is answered, and costs what the service counted, where its consumer leaves at the last piece', async () => {
		const left = async (last: Partial<Chunk<string>>): Promise<readonly (number | undefined)[]> => {
			const usage = { input: 100, cached: 0, output: 10, thoughts: 0 };
			const rig = new Rig({ a: { tier: 'paid' } }, () => chunks({ output: 'x', usage, ...last }), {
				...{ pricing: plainPricing, budgets: { pool: { day: 1_000_000 } } },
			});
			for await (const { type } of rig.pool.stream(rig.request(), rig.open)) if (type === 'output') break;
			await rig.clock.settle();
			const { spending, key } = rig.store.replica();
			return [spending.get('pool')?.day.cost, key.get('a' as KeyId)?.success];
		};
		assert.deepEqual(await left({ finishReason: 'STOP' }), [plainCost, 1]);
		assert.equal((await left({}))[1], 0, 'one piece of many');
	});

	it('counts the tokens of all its sends, as it does what they have cost', async () => {
		const usage = { input: 100, cached: 0, output: 40, thoughts: 5 };
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? chunks({ output: 'half', usage }) : answers(send)));
		const { done } = await rig.answer();
		assert.deepEqual(done?.usage, { input: 200, cached: 0, output: 50, thoughts: 5 });
	});

	it('can be cancelled in the middle of a back-off, at once and without a trace', async () => {
		for (const action of [network, internal]) {
			const rig = new Rig({ a: {} }, () => fails(action));
			const stop = new AbortController();
			const asked = rig.ask({}, stop.signal);
			await rig.clock.advance(100);
			stop.abort(new Error('mine'));
			await rig.clock.until(asked.ended);
			assert.deepEqual([asked.error?.reason, rig.sends.length, rig.clock.pending], ['cancelled', 1, 0]);
		}
	});

	it('can be cancelled by whoever hears of the back-off', async () => {
		const rig = new Rig({ a: {} }, () => fails(network));
		const stop = new AbortController();
		const stream = rig.pool.stream(rig.request(), rig.open, stop.signal)[Symbol.asyncIterator]();
		await stream.next();
		stop.abort();
		await assert.rejects(stream.next(), { reason: 'cancelled' });
		assert.equal(rig.clock.pending, 0);
	});

	it('denies nobody for what another needs: a paid key, a project', async () => {
		const project = 'p-a' as ProjectId;
		const waits = (send: { key: string }) => send.key === 'a';
		for (const needs of [{ project }, { paid: true }]) {
			const rig = new Rig({ a: { tier: 'paid' }, b: {} }, (send) => (waits(send) ? fails(rpm()) : answers(send)), {
				paidKeys: 'first',
			});
			const first = rig.ask({ needs });
			await rig.clock.settle();
			const second = rig.ask({ size: { bytes: 4000, tokens: 0 } });
			await rig.clock.settle();
			assert.equal(first.types, 'waiting');
			assert.equal(second.text, 'from b', JSON.stringify(needs));
		}
	});

	it('weighs what is known beforehand with the text', async () => {
		const rig = new Rig({ a: { limits: { m: { tpm: 1000 } } } }, answers);
		const { error } = await rig.answer({ size: { bytes: 400, tokens: 950 } });
		assert.deepEqual([error?.reason, error?.facts.size, error?.facts.limit], ['tooLargeForTier', 1050, 1000]);
		assert.ok((await rig.answer({ size: { bytes: 400, tokens: 850 } })).done);
	});

	it('counts all its waits against the time that it may wait', async () => {
		const rig = new Rig({ a: {} }, (send) => fails(rpm(send.nth * 10_000)));
		const asked = rig.ask({ maxWaitMs: 45_000 });
		await rig.clock.until(asked.ended);
		assert.equal(asked.error?.reason, 'waitedTooLong');
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 10_000, 30_000],
		);
	});
});
