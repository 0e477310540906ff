import assert from 'node:assert/strict';
import { bucketId, type Chunk, type ModelRecord, type ProjectId, type FailureAction } from '../../../../src/pool/pool';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { resolveIn } from '../../../../src/pool/health/modelRecord';
import { fails, Rig, rpd, rpm, type Send } from '../../../support/pool/rig';

/** An answer that says which model gave it. */
async function* by(servedModel: string): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: servedModel };
	yield { finishReason: 'STOP', servedModel, usage: { input: 1, cached: 0, output: 1, thoughts: 0 } };
}

const refuses = (model: string): ReturnType<typeof fails> => fails({ ...rpd, model } as FailureAction);
/** `flash` is answered by `flash-001`, and a quota of `latest` speaks of `flash`. */
const chain = (send: Send): AsyncIterable<Chunk<string>> =>
	send.model === 'latest' ? refuses('flash') : by('flash-001');
const stateOf = (rig: Rig, model: string): string | undefined =>
	rig.store.replica().bucket.get(bucketId('p-a' as ProjectId, model))?.status.state;
const sent = async (rig: Rig, model: string): Promise<number> => {
	const before = rig.sends.length;
	await rig.answer({ models: [model], maxWaitMs: 0 });
	return rig.sends.length - before;
};

describe('a model that another one stands in for', () => {
	/** What it resolves to after each of these answers. */
	const resolved = async (...served: readonly string[]): Promise<readonly string[]> => {
		const rig = new Rig({ a: {} }, (send) => by(served[send.nth - 1] ?? 'm'));
		const names: string[] = [];
		while (names.length < served.length) {
			await rig.answer();
			names.push(rig.pool.snapshot().resolvedModel);
		}
		return names;
	};

	it('is itself from its first answer in its own name on', async () => {
		assert.deepEqual(await resolved('other', 'm', 'other', 'm'), ['other', 'm', 'm', 'm']);
		assert.deepEqual(await resolved('m', 'other', 'm'), ['m', 'm', 'm']);
	});
});

describe('an alias of an alias', () => {
	it('cools down with the model at its end: nothing goes out under any of the names', async () => {
		const rig = new Rig({ a: {} }, chain);
		assert.equal(await sent(rig, 'flash'), 1);
		assert.equal(await sent(rig, 'latest'), 1);
		assert.deepEqual([await sent(rig, 'flash'), await sent(rig, 'latest'), await sent(rig, 'flash-001')], [0, 0, 0]);
		assert.equal(stateOf(rig, 'flash-001'), 'coolingDown');
	});

	it('is closed with it, too', async () => {
		const close: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 60_000, model: 'flash' };
		const rig = new Rig({ a: {} }, (send) => (send.model === 'latest' ? fails(close) : by('flash-001')));
		await sent(rig, 'flash');
		await sent(rig, 'latest');
		assert.equal(await sent(rig, 'flash'), 0);
	});

	it('brings what was counted under every name, whichever was learnt first', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.model === 'latest' && send.nth === 2
				? fails({ ...rpm(1000), model: 'flash' } as FailureAction)
				: by(served(send)),
		);
		const served = (send: Send): string => (send.model === 'flash' ? 'flash-001' : send.model);
		await rig.answer({ models: ['latest'] });
		await rig.answer({ models: ['latest'] });
		await rig.answer({ models: ['flash'] });
		await rig.answer({ models: ['latest'] });
		const models = rig.pool.snapshot().keys[0]?.models ?? [];
		assert.equal(models.find(({ model }) => model === 'flash-001')?.requestsToday, 4);
	});

	it('is seen once, by the name that answers: what it counted first is in there', async () => {
		const rig = new Rig({ a: { limits: { latest: { rpd: 20 } } } }, () => by('flash'), { model: 'latest' });
		for (let n = 0; n < 3; n++) await rig.answer({ models: ['latest'] });
		const models = rig.pool.snapshot().keys[0]?.models ?? [];
		assert.deepEqual(
			models.map(({ model, sentToday, limitUsage }) => [model, sentToday, limitUsage.rpd?.used]),
			[['flash', 3, 3]],
		);
	});

	it('follows a name that is learnt while its requests run', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'latest' ? by('flash') : by('flash-001')));
		assert.equal(await sent(rig, 'latest'), 1);
		assert.equal(await sent(rig, 'latest'), 1);
		assert.equal(await sent(rig, 'flash'), 1);
		rig.setScript(() => fails(rpd));
		assert.equal(await sent(rig, 'flash-001'), 1);
		assert.equal(await sent(rig, 'latest'), 0);
	});

	it('is not forgotten as long as the model at its end is in use', async () => {
		const rig = new Rig({ a: {} }, chain);
		await sent(rig, 'flash');
		await sent(rig, 'latest');
		await rig.clock.advance(7 * 24 * 3_600_000);
		rig.setScript(() => by('flash-001'));
		await rig.answer({ models: ['flash-001'] });
		await rig.clock.advance(5 * 24 * 3_600_000);
		await rig.maintenance.applyRetention();
		assert.deepEqual([...rig.store.replica().model.keys()].sort(), ['flash', 'flash-001', 'latest']);
	});

	it('ends where names lead back to each other, at one and the same', () => {
		const leads = (names: Readonly<Record<string, string>>): Map<string, ModelRecord> =>
			new Map(
				Object.entries(names).map(([from, model]) => [
					from,
					{ ...initialModelRecord, resolvesTo: { model, from: 'answer' } },
				]),
			);
		const round = leads({ start: 'c', c: 'b', b: 'a', a: 'c' });
		assert.deepEqual(
			['start', 'a', 'b', 'c'].map((name) => resolveIn(round, name)),
			['a', 'a', 'a', 'a'],
		);
		assert.equal(resolveIn(leads({ own: 'own' }), 'own'), 'own');
		assert.equal(resolveIn(leads({ x: 'y', y: 'z' }), 'x'), 'z');
		assert.equal(resolveIn(leads({}), 'plain'), 'plain');
	});
});

describe("a user's limit under one of a model's names", () => {
	it('holds for every name that leads to the model, before and after that is known', async () => {
		const rig = new Rig({ a: { limits: { latest: { rpm: 2 } } } }, () => by('flash'), { model: 'latest' });
		await rig.answer({ models: ['flash'], maxWaitMs: 0 });
		await rig.answer({ models: ['latest'], maxWaitMs: 0 });
		assert.equal(await sent(rig, 'flash'), 0, 'two were sent within the minute');
		assert.equal(await sent(rig, 'latest'), 0);
		const room = rig.pool.snapshot().keys[0]?.models.find(({ model }) => model === 'flash')?.limitUsage.rpm;
		assert.deepEqual(room, { used: 2, limit: 2, source: 'user' });
	});

	it('is the lower one where two names have one, each kind of limit by itself', async () => {
		const limits = { latest: { rpm: 5, rpd: 2 }, flash: { rpm: 4, tpm: 9000 } };
		const rig = new Rig({ a: { limits } }, () => by('flash'));
		await rig.answer({ models: ['latest'] });
		const rooms = rig.pool.snapshot().keys[0]?.models.find(({ model }) => model === 'flash')?.limitUsage;
		assert.deepEqual([rooms?.rpm?.limit, rooms?.tpm?.limit, rooms?.rpd?.limit], [4, 9000, 2]);
	});
});
