import assert from 'node:assert/strict';
import { bucketId, type Chunk, type ProjectId } from '../../../../src/pool/pool';
import { answers, fails, hangs, overloaded, Rig, rpm, type Script } from '../../../support/pool/rig';
import type { VirtualClock } from '../../../support/virtualClock';

/** As it comes where somebody else has written the call. */
const foreign: Script = () => fails({ type: 'fail', reason: 'noSuchModel', isForeign: true });
const own: Script = () => fails({ type: 'fail', reason: 'noSuchModel' });

/** What is kept of models, and of each project with one. */
function kept({ store }: Rig): { readonly models: readonly string[]; readonly buckets: readonly string[] } {
	const { model, bucket } = store.replica();
	return { models: [...model.keys()].sort(), buckets: [...bucket.keys()].sort() };
}

/** A rig that has been answered, or not, in some way before a call of somebody else is refused. */
async function refusedAfter(before: Script | undefined, model = 'm', pause = 0): Promise<Rig> {
	const rig = new Rig({ a: {} }, before ?? foreign);
	if (before) await rig.answer({ models: ['m'], maxWaitMs: 0 });
	await rig.clock.advance(pause);
	rig.setScript(foreign);
	const asked = await rig.answer({ models: [model], maxWaitMs: 0 });
	assert.equal(asked.error?.reason, 'noSuchModel');
	return rig;
}

async function* after(
	ms: number,
	clock: VirtualClock,
	then: AsyncIterable<Chunk<string>>,
): AsyncGenerator<Chunk<string>> {
	await new Promise<void>((resolve) => clock.after(ms, resolve));
	yield* then;
}

const bucketOfM = bucketId('p-a' as ProjectId, 'm');
const day = 26 * 3_600_000;

describe('a model that the service does not have', () => {
	it('is not asked for again for ten minutes, by anybody', async () => {
		const rig = new Rig({ a: {}, b: {} }, own);
		assert.equal((await rig.answer()).error?.reason, 'noSuchModel');
		rig.setScript(answers);
		assert.equal((await rig.answer()).error?.reason, 'noSuchModel');
		assert.equal(rig.sends.length, 1);
		await rig.clock.advance(10 * 60_000);
		assert.equal((await rig.answer()).text, 'from b');
	});

	it('and whose name somebody else has made up leaves nothing', async () => {
		assert.deepEqual(kept(await refusedAfter(undefined, 'made-up')), { models: [], buckets: [] });
	});

	it('for somebody else alone goes on for all others', async () => {
		const rig = await refusedAfter(answers);
		assert.deepEqual(kept(rig), { models: ['m'], buckets: ['p-a/m'] });
		rig.setScript(answers);
		assert.equal((await rig.answer()).text, 'from a');
	});

	it('for somebody else keeps what was learnt on another day: a limit, or what a minute takes', async () => {
		const limited = new Rig({ a: {} }, () => fails(rpm(1_000, 7)));
		const asked = limited.ask({ models: ['m'] });
		await limited.clock.advance(500);
		limited.setScript(answers);
		await limited.clock.until(asked.ended);
		await limited.clock.advance(day);
		limited.setScript(foreign);
		await limited.answer({ models: ['m'] });
		assert.equal(limited.store.replica().bucket.get(bucketOfM)?.limits.rpm?.value, 7);
		const answered = await refusedAfter(answers, 'm', day);
		assert.equal(answered.store.replica().bucket.get(bucketOfM)?.sustainedRpm, 1);
	});

	it('for somebody else keeps the rest of a key that has just been refused for its quota', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer({ models: ['other'] });
		rig.setScript((send, clock) =>
			send.nth === 2 ? after(100, clock, fails(rpm(600_000))) : after(200, clock, foreign(send, clock)),
		);
		const both = [rig.ask({ models: ['m'], maxWaitMs: 0 }), rig.ask({ models: ['m'], maxWaitMs: 0 })];
		await rig.clock.until(Promise.all(both.map(({ ended }) => ended)));
		assert.equal(rig.store.replica().bucket.get(bucketOfM)?.status.state, 'coolingDown');
	});

	it('for somebody else keeps that it is overloaded', async () => {
		const rig = new Rig({ a: {} }, () => fails(overloaded), { maxRetries: 1 });
		const controller = new AbortController();
		const asked = rig.ask({ models: ['m'] }, controller.signal);
		await rig.clock.advance(1);
		const { backoffLevel } = rig.store.replica().model.get('m') ?? {};
		assert.ok(backoffLevel);
		controller.abort();
		await rig.clock.until(asked.ended);
		await rig.clock.advance(day);
		rig.setScript(foreign);
		await rig.answer({ models: ['m'] });
		assert.equal(rig.store.replica().model.get('m')?.backoffLevel, backoffLevel);
	});

	it('for somebody else keeps the place of a request that is under way since yesterday', async () => {
		const midnight = Date.UTC(2026, 10, 24, 8);
		const rig = new Rig({ a: {} }, answers, { start: midnight - 2_000 });
		await rig.answer({ models: ['other'] });
		rig.setScript(hangs);
		const under = rig.ask({ models: ['m'] });
		await rig.clock.advance(3_000);
		rig.setScript(foreign);
		await rig.answer({ models: ['m'] });
		const { day: today, leases = [] } = rig.store.replica().bucket.get(bucketOfM) ?? {};
		assert.deepEqual([today?.requests, leases.length], [0, 1]);
		await rig.clock.until(Promise.all([rig.pool.cancelRequests(new Error('enough')), under.ended]));
	});
});
