import assert from 'node:assert/strict';
import { initialKeyRecord } from '../../../../src/pool/health/initialRecords';
import { allowModel, denyModel } from '../../../../src/pool/health/keyRecord';
import type { KeyId, ProjectId, FailureAction } from '../../../../src/pool/pool';
import { deniedUntil } from '../../../../src/pool/quota/admissionChecks';
import { keyAfterRollback } from '../../../../src/pool/quota/clockRollback';
import { reconcile } from '../../../../src/pool/store/reconcile';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

const hour = 3_600_000;
const denied: FailureAction = { type: 'denyModel', reason: 'modelDenied', forMs: hour };

describe('a model that one key may not use', () => {
	it('is remembered until its end, and of many the last to end', () => {
		let record = denyModel(initialKeyRecord, 'm', 1000, 0);
		assert.deepEqual([deniedUntil(record, 'm', 999), deniedUntil(record, 'm', 1000)], [1000, 0]);
		assert.equal(deniedUntil(record, 'n', 0), 0);
		record = denyModel(record, 'm', 2000, 0);
		assert.deepEqual(record.deniedModels, [{ model: 'm', until: 2000 }]);
		record = denyModel(record, 'n', 3000, 2500);
		assert.deepEqual(record.deniedModels, [{ model: 'n', until: 3000 }]);
		for (let n = 0; n < 40; n++) record = denyModel(record, `m${n}`, 4000 + n, 2500);
		assert.equal(record.deniedModels?.length, 32);
		assert.equal(record.deniedModels[31]?.model, 'm39');
		assert.deepEqual(allowModel(record, 'm39').deniedModels?.length, 31);
		assert.equal(allowModel(initialKeyRecord, 'm'), initialKeyRecord);
	});

	it('comes together from two sides with the later end of each', () => {
		const of = (model: string, until: number) =>
			({ kind: 'key', id: 'k' as KeyId, doc: denyModel(initialKeyRecord, model, until, 0) }) as const;
		const both = reconcile(of('m', 1000), of('n', 2000), undefined, 0);
		assert.deepEqual(both.kind === 'key' && both.doc.deniedModels, [
			{ model: 'm', until: 1000 },
			{ model: 'n', until: 2000 },
		]);
		const same = reconcile(of('m', 1000), of('m', 2000), undefined, 0);
		assert.deepEqual(same.kind === 'key' && same.doc.deniedModels, [{ model: 'm', until: 2000 }]);
	});

	it('is denied for an hour at most by a clock that went back', () => {
		const near = denyModel(initialKeyRecord, 'm', hour, 0);
		assert.equal(keyAfterRollback(near, 0), near);
		assert.equal(
			keyAfterRollback(denyModel(initialKeyRecord, 'm', 9 * hour, 0), 0).deniedModels?.[0]?.until,
			hour + 5000,
		);
	});

	it('is asked of the next key, also of the same project, and spends nothing', async () => {
		const rig = new Rig({ a: { project: 'p' }, b: { project: 'p' } }, (send) =>
			send.key === 'a' ? fails(denied) : answers(send),
		);
		await rig.answer();
		assert.deepEqual(
			rig.sends.map(({ key }) => key),
			['a', 'b'],
		);
		const [a, b] = rig.pool.snapshot().keys;
		assert.deepEqual([a?.availability.state, b?.availability.state], ['unsupported', 'usable']);
		assert.deepEqual([a?.models[0]?.availability.state, b?.models[0]?.availability.state], ['unsupported', 'usable']);
		assert.equal(a?.models[0]?.requestsToday, 1, 'the answer alone');
		assert.deepEqual([a.fail, a.score], [1, 100], 'names nothing of the key');
		await rig.answer();
		assert.equal(rig.sends.length, 3);
	});

	it('is open again after its hour, or when a person says so', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth <= 2 ? fails(denied) : answers(send)));
		assert.equal((await rig.answer()).error?.reason, 'modelDenied');
		await rig.clock.advance(hour - 1000);
		assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason, 'modelDenied');
		assert.equal(rig.sends.length, 1);
		await rig.clock.advance(1000);
		await rig.answer();
		assert.equal(rig.sends.length, 2);
		await rig.pool.execute({
			type: 'clearCooldown',
			project: rig.pool.snapshot().keys[0]?.project.id ?? ('' as ProjectId),
			model: 'm',
		});
		assert.equal((await rig.answer()).error, undefined);
	});

	it('is heard of from another window, whose call touched the key’s record alone', async () => {
		const rig = new Rig({ a: { project: 'p' }, b: { project: 'p' }, c: {} }, answers);
		for (let n = 0; n < 3; n++) await rig.answer();
		const key = 'a' as KeyId;
		await rig.store.transact((tx, now) =>
			tx.put({ kind: 'key', id: key, doc: denyModel(tx.key(key), 'm', now + hour, now) }),
		);
		assert.equal(rig.pool.snapshot().keys[0]?.availability.state, 'unsupported');
		assert.ok((await rig.answer({ maxWaitMs: 0 })).done);
		assert.equal(rig.order, 'a b c b');
	});

	it('is shown where it outlasts what the bucket says', async () => {
		const rig = new Rig({ a: { project: 'p' }, b: { project: 'p' } }, (send) =>
			send.key === 'a' ? fails(denied) : fails(rpm(20_000)),
		);
		await rig.answer({ maxWaitMs: 0 });
		const standings = rig.pool
			.snapshot()
			.keys.map(({ availability }) => ('reason' in availability ? availability.reason : ''));
		assert.deepEqual(standings, ['modelDenied', 'rpm']);
	});
});

describe('a back-off that an action states', () => {
	const stated = (scope: 'request' | 'model', leastMs: readonly number[]): FailureAction => ({
		type: 'retrySameKey',
		reason: scope === 'model' ? 'overloaded' : 'proxy',
		scope,
		maxRetries: 4,
		afterRetries: 'fail',
		minDelaysMs: leastMs,
	});
	const after = async (action: FailureAction): Promise<readonly number[]> => {
		const rig = new Rig({ a: {} }, (send) => (send.nth <= 4 ? fails(action) : answers(send)));
		await rig.answer({ maxWaitMs: hour });
		return rig.sends.map(({ at }) => at);
	};

	it('is no shorter than stated, the last one counts for all after it', async () => {
		assert.deepEqual(await after(stated('request', [10_000, 30_000])), [0, 10_000, 40_000, 70_000, 100_000]);
		assert.deepEqual(await after(stated('request', [3_000])), [0, 3_000, 6_000, 10_000, 18_000]);
		assert.deepEqual(await after(stated('model', [20_000])), [0, 20_000, 40_000, 60_000, 80_000]);
	});

	it('is ten minutes at the longest', async () => {
		assert.deepEqual((await after(stated('request', [Infinity])))[1], 600_000);
	});
});
