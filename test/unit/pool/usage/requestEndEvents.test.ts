import assert from 'node:assert/strict';
import type { Pool } from '../../../../src/pool/pool';
import { type PoolEvent } from '../../../../src/pool/pool';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

type Ended = Extract<PoolEvent, { type: 'ended' }>;

function endings(pool: Pool): Ended[] {
	const heard: Ended[] = [];
	pool.onEvent((event) => {
		if (event.type === 'ended') heard.push(event);
	});
	return heard;
}

describe('the end of a request', () => {
	it('is told once, with its attempts, its times and its switches', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send, clock) =>
			send.key === 'a'
				? fails(rpm())
				: (async function* () {
						await new Promise<void>((resolve) => clock.after(250, resolve));
						yield* answers(send);
					})(),
		);
		const heard = endings(rig.pool);
		await rig.answer();
		assert.equal(heard.length, 1);
		const { record: attempts, in: where } = heard[0] ?? assert.fail();
		assert.deepEqual(
			[where, attempts.request, attempts.outcome, attempts.attempts.map(({ outcome }) => outcome)],
			['this window', 'r1', 'answered', ['rpm', 'answered']],
		);
		assert.deepEqual(attempts.timings, { ms: 250, firstMs: 250, waitedMs: 0, switches: ['rpm'] });
	});

	it('tells of a wait, and of a consumer that left', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(30_000)) : answers(send)));
		const heard = endings(rig.pool);
		await rig.answer();
		assert.ok((heard[0]?.record.timings?.waitedMs ?? 0) >= 30_000);
		for await (const part of rig.pool.stream(rig.request(), rig.open)) if (part.type === 'output') break;
		assert.deepEqual([heard.length, heard[1]?.record.outcome], [2, 'cancelled']);
	});

	it('is told in the other windows on the store too, once each', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer();
		const other = new Rig({}, answers, { beside: rig, window: 'other' }).pool;
		await rig.clock.advance(1);
		const [here, there] = [endings(rig.pool), endings(other)];
		await rig.answer();
		await rig.answer();
		assert.deepEqual(
			here.map((ended) => ended.in),
			['this window', 'this window'],
		);
		assert.deepEqual(
			there.map((ended) => [ended.in, ended.record.request]),
			[
				['another window', 'r2'],
				['another window', 'r3'],
			],
		);
		other.dispose();
	});
});
