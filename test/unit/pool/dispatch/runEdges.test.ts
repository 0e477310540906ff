import assert from 'node:assert/strict';
import type { BucketId, ProjectId, FailureAction } from '../../../../src/pool/pool';
import { answers, breaks, fails, network, Rig, rpm } from '../../../support/pool/rig';

const region: FailureAction = { type: 'retryOtherKeyOnce', reason: 'region', paid: false };
const limited = { limits: { m: { rpm: 1 } } };

function rest(rig: Rig, key: string, ms: number): Promise<void> {
	return rig.store.transact((tx, now) => {
		const id = `p-${key}/m` as BucketId;
		const state = { state: 'coolingDown', reason: 'rpm', since: now, until: now + ms, backoffLevel: 0 } as const;
		tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), status: state } });
	});
}

describe('a request that waits holds up none that another key could answer', () => {
	it('who needs a paid key, or one project, waits for that alone', async () => {
		for (const needs of [{ paid: true }, { project: 'p-rich' as ProjectId }]) {
			const rig = new Rig({ a: {}, rich: { tier: 'paid', ...limited } }, answers);
			await rig.answer({ needs });
			const waits = rig.ask({ needs });
			await rig.clock.settle();
			const other = rig.ask();
			const third = rig.ask({ needs });
			await rig.clock.settle();
			assert.deepEqual([other.text, rig.elapsed], ['from a', 0], JSON.stringify(needs));
			assert.ok(waits.parts.length > 0 && third.parts.length > 0);
			rig.pool.dispose();
			await rig.clock.until(Promise.all([waits.ended, third.ended]));
		}
	});

	it('who has been turned away by a key waits for another, and the next one may ask that key', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.nth === 1 && send.key === 'a' ? fails(region) : answers(send),
		);
		await rest(rig, 'b', 10_000);
		const first = rig.ask();
		await rig.clock.settle();
		assert.equal(first.parts.at(-1)?.type, 'waiting');
		const second = rig.ask();
		await rig.clock.settle();
		assert.deepEqual([second.text, rig.elapsed], ['from a', 0]);
		await rig.clock.until(first.ended);
		assert.ok(first.done);
	});

	it('who is too large for a free key waits for a paid one, and the next one may ask the free one', async () => {
		const skip: FailureAction = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 50 };
		const rig = new Rig({ a: {}, rich: { tier: 'paid' } }, (send) =>
			send.nth === 1 && send.key === 'a' ? fails(skip) : answers(send),
		);
		await rest(rig, 'rich', 10_000);
		const first = rig.ask();
		await rig.clock.settle();
		const second = rig.ask();
		await rig.clock.settle();
		assert.deepEqual([second.text, rig.elapsed], ['from a', 0]);
		await rig.clock.until(first.ended);
		assert.equal(first.text, 'from rich');
	});
});

describe('a request under way, at its edges', () => {
	it('waits no longer than it may, also where it was not known to be long', async () => {
		const rig = new Rig({ a: {} }, async function* (send, clock) {
			if (send.nth === 1) yield* fails(rpm(2_000));
			await new Promise<void>((resolve) => clock.after(30_000, resolve));
			yield* answers(send);
		});
		const first = rig.ask();
		await rig.clock.advance(2_500);
		const began = rig.elapsed;
		const second = rig.ask({ maxWaitMs: 3_000 });
		await rig.clock.until(second.ended);
		assert.deepEqual([second.error?.reason, rig.elapsed - began], ['waitedTooLong', 3_000]);
		await rig.clock.until(first.ended);
	});

	it('sends nothing, and spends nothing, where it is cancelled at the news of a switch', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const stop = new AbortController();
		const parts = rig.pool.stream(rig.request(), rig.open, stop.signal)[Symbol.asyncIterator]();
		const { value } = (await parts.next()) as { value: { type: string } };
		assert.equal(value.type, 'switched');
		stop.abort();
		await assert.rejects(parts.next(), { reason: 'cancelled' });
		await rig.clock.settle();
		assert.equal(rig.order, 'a');
		assert.equal(rig.pool.snapshot().keys[1]?.models[0]?.requestsToday, 0);
	});

	it('tells of a switch once, though its place grew old and was taken anew', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm(90_000)) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		const types: string[] = [];
		for (let next = await parts.next(); !next.done; next = await parts.next()) {
			types.push(next.value.type);
			if (next.value.type === 'switched') await rig.clock.advance(5_000);
		}
		assert.deepEqual([types, rig.order], [['switched', 'output', 'done'], 'a b']);
	});

	it('says why another model answers', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rest(rig, 'a', 60_000);
		const asked = await rig.answer({ models: ['m', 'lite'] });
		const switched = asked.parts.find((part) => part.type === 'switched');
		assert.deepEqual(switched, {
			...{
				type: 'switched',
				attempt: 1,
				from: { key: 'a', model: 'm' },
				to: { key: 'a', model: 'lite' },
				reason: 'rpm',
			},
		});
	});

	it('hands what was written on only to those that continue', async () => {
		for (const [recovery, written] of [
			['retract', []],
			['continue', ['half']],
		] as const) {
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? breaks('half', network) : answers(send)));
			await rig.answer({ recovery });
			assert.deepEqual(rig.sends[1]?.written, written, recovery);
		}
	});

	it('goes by the strategy that is set while it waits', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, answers, { strategy: 'roundRobin' });
		await rig.answer();
		rig.pool.configure({ strategy: 'primaryBackup' });
		await rig.answer();
		await rig.answer();
		assert.equal(rig.order, 'a a a');
		rig.pool.configure({ strategy: 'roundRobin' });
		await rig.answer();
		await rig.answer();
		assert.equal(rig.order, 'a a a a b');
	});

	it('is woken by another option that lets it go on', async () => {
		const rig = new Rig({ a: {} }, answers, { whenExhausted: 'wait' });
		await rest(rig, 'a', 60_000);
		const asked = rig.ask({ models: ['m', 'lite'] });
		await rig.clock.advance(1_000);
		assert.equal(asked.parts.at(-1)?.type, 'waiting');
		rig.pool.configure({ whenExhausted: 'fallbackModel' });
		await rig.clock.settle();
		assert.deepEqual([asked.done?.on.model, rig.elapsed], ['lite', 1_000]);
	});
});
